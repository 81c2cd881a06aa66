"""Avis on a dossier: who was asked, what may be read, who would read."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden
from portal.formats import montant_a_saisir
from portal.models.avis import Avis, DemandeAvis
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.permissions import Acteur, can_give_avis, can_instruct, can_read_avis
from portal.vocabulaire import Audience

AUTRES_DOSSIERS = (
    "Le liront aussi les agents des services qui instruisent un autre dossier de la même association, "
    "ou qui sont saisis sur un tel dossier."
)
SANS_PARTAGE = "Cette démarche est confidentielle : l’avis n’est pas montré sur les autres dossiers de l’association."


def list_demandes(session: Session, dossier: Dossier) -> list[DemandeAvis]:
    """Every avis asked on this dossier, in the order in which they were."""
    return list(
        session.scalars(
            select(DemandeAvis)
            .where(DemandeAvis.dossier_id == dossier.id)
            .options(
                joinedload(DemandeAvis.service),
                joinedload(DemandeAvis.demandeur_service),
                joinedload(DemandeAvis.demandeur),
            )
            .order_by(DemandeAvis.created_at, DemandeAvis.id)
        )
    )


@dataclass(frozen=True, slots=True)
class AvisDuDossier:
    """The avis that the viewer may read, the services asked whose answer is not for it, and its own service's avis."""

    lisibles: tuple[Avis, ...]
    reserves: tuple[str, ...]
    mien: Avis | None


def list_avis(session: Session, viewer: Acteur, dossier: Dossier, demandes: list[DemandeAvis]) -> AvisDuDossier:
    """Avis of a dossier that the viewer may already read, sorted by `can_read_avis`."""
    tous = session.scalars(
        select(Avis)
        .where(Avis.dossier_id == dossier.id)
        .options(joinedload(Avis.service), joinedload(Avis.auteur))
        .order_by(Avis.created_at, Avis.id)
    ).all()
    saisis = {demande.service_id for demande in demandes}
    lisibles = tuple(avis for avis in tous if can_read_avis(viewer, avis, demandes))
    return AvisDuDossier(
        lisibles=lisibles,
        reserves=tuple(avis.service.sigle for avis in tous if avis not in lisibles and avis.service_id in saisis),
        mien=next((avis for avis in tous if avis.service_id == viewer.service_id), None),
    )


def services_a_saisir(session: Session, viewer: Acteur, dossier: Dossier) -> list[Service]:
    """Services that may still be asked, by name. Raises Forbidden when the viewer may not ask."""
    verdict = can_instruct(viewer, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    exclus = {dossier.service_id} | {demande.service_id for demande in list_demandes(session, dossier)}
    return list(session.scalars(select(Service).where(Service.id.not_in(exclus)).order_by(Service.sigle, Service.id)))


@dataclass(frozen=True, slots=True)
class PourRepondre:
    """What the page of an avis shows beside its form: what was asked of the service, what it said, who would read it."""

    demandes: tuple[DemandeAvis, ...]
    mien: Avis | None
    lecteurs: dict[str, str]


def pour_repondre(session: Session, viewer: Acteur, dossier: Dossier) -> PourRepondre:
    """Raises Forbidden when the viewer may not give an avis on this dossier."""
    demandes = list_demandes(session, dossier)
    verdict = can_give_avis(viewer, dossier, demandes)
    if not verdict:
        raise Forbidden(verdict.raison)
    return PourRepondre(
        demandes=tuple(demande for demande in demandes if demande.service_id == viewer.service_id),
        mien=list_avis(session, viewer, dossier, demandes).mien,
        lecteurs=lecteurs(viewer, dossier, demandes),
    )


def a_ecrire(mien: Avis | None) -> dict[str, Any]:
    """What the form begins with: the service's avis as it stands, or the widest usual audience."""
    if mien is None:
        return {"version": 0, "audience": Audience.SERVICES_SAISIS.value}
    return {
        "version": mien.version,
        "sens": mien.sens.value,
        "montant_propose": montant_a_saisir(mien.montant_propose),
        "texte": mien.texte,
        "audience": mien.audience.value,
    }


def lecteurs(viewer: Acteur, dossier: Dossier, demandes: list[DemandeAvis]) -> dict[str, str]:
    """For each audience, « voici qui lira ceci » : the services of today, by name (model.md §3)."""
    service = viewer.libelle_service or ""
    demandeurs = {d.demandeur_service.sigle for d in demandes if d.service_id == viewer.service_id}
    saisis = {dossier.service.sigle} | {d.service.sigle for d in demandes}
    entre_nous = _enumerer({service} | demandeurs)
    tous = _enumerer({service} | demandeurs | saisis)
    ensuite = f"Liront cet avis : {tous}, et tout service saisi ensuite sur ce dossier."
    au_dela = SANS_PARTAGE if dossier.demarche.confidentielle else AUTRES_DOSSIERS
    return {
        Audience.SERVICE.value: f"Liront cet avis : {entre_nous}.",
        Audience.SERVICES_SAISIS.value: ensuite,
        Audience.PARTAGE.value: f"{ensuite} {au_dela}",
    }


def _enumerer(sigles: set[str]) -> str:
    *premiers, dernier = sorted(sigle for sigle in sigles if sigle)
    return f"{', '.join(premiers)} et {dernier}" if premiers else dernier
