"""Puts off the closing of a campaign, for all: said on its page, and to whoever has begun a request."""

from datetime import datetime

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from portal.errors import Invalid
from portal.formats import aujourdhui, maintenant
from portal.forms.echeances import echeance_fr
from portal.models.associations import Mandat
from portal.models.campagnes import Prolongation
from portal.models.connexion import User
from portal.models.demandes import Demande, SectionSaisie
from portal.models.demarches import Demarche
from portal.permissions import Acteur
from portal.services import courriels, journal
from portal.services.campagnes import lock
from portal.vocabulaire_demandes import SectionDemande


def extend(
    session: Session, *, by: Acteur, campagne: Demarche, version: int, cloture: datetime, motif: str
) -> Prolongation | None:
    """Close later. None when the campaign has changed since `version`: nothing is written then.

    A campaign that has closed may open again so. The author of each draft is written to once. Raises Forbidden, Invalid.
    """
    lock(session, by=by, campagne=campagne)
    if campagne.version != version:
        return None
    ancienne = campagne.cloture
    if campagne.publiee_at is None or ancienne is None:
        raise Invalid(
            "cloture", "Cette campagne n’a pas encore de clôture annoncée\u00a0: modifiez simplement sa date."
        )
    if cloture <= ancienne or cloture <= maintenant():
        raise Invalid(
            "cloture",
            f"La clôture est fixée au {echeance_fr(ancienne, campagne.fuseau)}. Elle ne peut être que repoussée, "
            "à une date qui n’est pas passée. Rien n’a changé.",
        )
    if by.user_id is None:
        raise Invalid("cloture", "Une prolongation porte le nom de la personne qui l’a décidée.")
    prolongation = Prolongation(
        demarche_id=campagne.id, ancienne=ancienne, nouvelle=cloture, motif=motif.strip(), by_id=by.user_id
    )
    session.add(prolongation)
    campagne.cloture, campagne.version = cloture, campagne.version + 1
    valeurs = {"ancienne": ancienne.isoformat(), "cloture": cloture.isoformat(), "motif": prolongation.motif}
    journal.record(session, by=by, action="campagne_prolongee", objet=f"demarche:{campagne.id}", valeurs=valeurs)
    _tell(session, campagne, prolongation)
    return prolongation


def _tell(session: Session, campagne: Demarche, prolongation: Prolongation) -> None:
    """Write to the author of each draft, once."""
    for destinataire in _authors(session, campagne):
        courriels.enqueue(
            session,
            "cloture_repoussee",
            destinataire=destinataire,
            demarche_id=campagne.id,
            campagne=campagne.titre,
            service=campagne.service.nom,
            ancienne=echeance_fr(prolongation.ancienne, campagne.fuseau),
            nouvelle=echeance_fr(prolongation.nouvelle, campagne.fuseau),
        )


def _authors(session: Session, campagne: Demarche) -> list[str]:
    """Addresses of those who have begun a request that is not filed yet, and still act for its association, each once.

    A request begun with another campaign may be addressed to this one too.
    """
    adressee_aussi = exists().where(
        SectionSaisie.demande_id == Demande.id,
        SectionSaisie.section == SectionDemande.DEMANDE,
        SectionSaisie.valeurs[f"destinataire-{campagne.id}"].astext != "",
    )
    return list(
        session.scalars(
            select(User.email)
            .join(Demande, Demande.created_by_id == User.id)
            .join(Mandat, and_(Mandat.user_id == User.id, Mandat.association_id == Demande.association_id))
            .where(or_(Demande.demarche_id == campagne.id, adressee_aussi), Demande.deposee_at.is_(None))
            .where(Mandat.valant_le(aujourdhui()), User.disabled_at.is_(None))
            .group_by(User.email)
            .order_by(User.email)
        )
    )
