"""An avis on an association answers later requests by itself, for the services that its author allows, while it is valid."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden, Invalid
from portal.formats import aujourdhui, maintenant
from portal.models.avis import Avis, DemandeAvis, RevisionAvis, ServicePermis
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.permissions import ROLES_ACTIFS, Acteur
from portal.permissions.avis import is_author
from portal.queries import avis_perimes
from portal.services import avis as services
from portal.services import journal
from portal.vocabulaire_avis import narrowest


def check_last_day(jour: date | None) -> None:
    """Raise Invalid(valable_jusqu_au) when that day is past: the avis would answer nobody."""
    if jour is not None and jour < aujourdhui():
        raise Invalid("valable_jusqu_au", "Cette date est passée. Donnez un jour à venir, ou aujourd’hui.")


def allow(session: Session, *, by: Acteur, avis: Avis, service_ids: Collection[int]) -> None:
    """The services whose later requests the avis answers from now on; none takes it back. Raises Forbidden, Invalid."""
    if avis.association_id is None or not is_author(by, avis) or by.role not in ROLES_ACTIFS:
        raise Forbidden("Seul le service qui a donné cet avis sur l’association choisit à qui il répond.")
    permis = sorted(session.scalars(select(Service.id).where(Service.id.in_(service_ids), Service.id != by.service_id)))
    if len(permis) != len(set(service_ids)):
        raise Invalid("permis", "Choisissez les services dans la liste.")
    session.execute(delete(ServicePermis).where(ServicePermis.avis_id == avis.id))
    session.add_all(ServicePermis(avis_id=avis.id, service_id=ident) for ident in permis)
    session.flush()
    valeurs = {"service": avis.de_qui, "avis": avis.id, "services": permis}
    journal.record(session, by=by, action="avis_permis", objet=f"association:{avis.association_id}", valeurs=valeurs)


def answer(session: Session, *, by: Acteur, demandes: Sequence[DemandeAvis]) -> list[Avis]:
    """Answer at once those of the requests that a valid avis on the association may; the avis made, or taken again.

    `by`: who has just asked. An avis that the service gave on the dossier itself is never replaced by it.
    """
    rendus = []
    for demande in demandes:
        if demande.service_id is None or not demande.attendue:
            continue
        dossier = session.get(Dossier, demande.dossier_id) if demande.dossier_id is not None else None
        association_id = dossier.association_id if dossier is not None else demande.association_id
        valable = _valid(session, demande, association_id) if association_id is not None else None
        if valable is None or (dossier is not None and _specific(session, demande)):
            continue
        rendus.append(_take_up(session, by, demande, dossier, valable))
    return rendus


def _valid(session: Session, demande: DemandeAvis, association_id: int) -> Avis | None:
    return session.scalars(
        select(Avis)
        .join(ServicePermis, ServicePermis.avis_id == Avis.id)
        .where(
            Avis.association_id == association_id,
            Avis.service_id == demande.service_id,
            Avis.valable_jusqu_au >= aujourdhui(),
            ServicePermis.service_id == demande.demandeur_service_id,
        )
        .options(joinedload(Avis.service))
    ).first()


def _specific(session: Session, demande: DemandeAvis) -> bool:
    donne = select(Avis.id).where(Avis.dossier_id == demande.dossier_id, Avis.service_id == demande.service_id)
    return session.scalar(donne) is not None


def _take_up(session: Session, by: Acteur, demande: DemandeAvis, dossier: Dossier | None, valable: Avis) -> Avis:
    """The avis on the association, copied on the dossier and dated; on the association itself, it answers as it is."""
    demande.repondue_at = maintenant()
    if dossier is None:
        valable.demande_avis_id = demande.id
        objet, avis = f"association:{demande.association_id}", valable
    else:
        objet, avis = f"dossier:{dossier.id}", _copy(session, demande, dossier, valable)
        services.recount(session, dossier)
    session.flush()
    valeurs = {"service": valable.de_qui, "avis": valable.id, "version": valable.version}
    journal.record(session, by=by, action="avis_repris", objet=objet, valeurs=valeurs)
    return avis


def _copy(session: Session, demande: DemandeAvis, dossier: Dossier, valable: Avis) -> Avis:
    avis = Avis(
        dossier_id=dossier.id,
        service_id=valable.service_id,
        demande_avis_id=demande.id,
        repris_de_id=valable.id,
        contenu_version=dossier.contenu_version,
        empreintes=dict(avis_perimes.RIEN_LU),
    )
    revision = RevisionAvis(
        version=1,
        auteur_id=valable.auteur_id,
        sens=valable.sens,
        montant_propose=valable.montant_propose,
        texte=valable.texte,
        audience=narrowest(valable.audience, demande.saisine.audience),
        fichier_id=valable.fichier_id,
        fichier_nom=valable.fichier_nom,
        valable_jusqu_au=valable.valable_jusqu_au,
        at=maintenant(),
    )
    services.keep(session, avis, revision)
    return avis
