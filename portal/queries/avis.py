"""Avis on a dossier: who was asked, what may be read, who would read."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.models.avis import Avis, DemandeAvis
from portal.models.dossiers import Dossier
from portal.models.services import Service
from portal.permissions import Acteur, can_read_avis
from portal.vocabulaire import Audience


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
    """The avis that the viewer may read, and the services whose avis exists but is not for it."""

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
    lisibles = tuple(avis for avis in tous if can_read_avis(viewer, avis, demandes))
    return AvisDuDossier(
        lisibles=lisibles,
        reserves=tuple(avis.service.sigle for avis in tous if avis not in lisibles),
        mien=next((avis for avis in tous if avis.service_id == viewer.service_id), None),
    )


def services_a_saisir(session: Session, dossier: Dossier, demandes: list[DemandeAvis]) -> list[Service]:
    """Services that may still be asked, by name."""
    exclus = {dossier.service_id} | {demande.service_id for demande in demandes}
    return list(session.scalars(select(Service).where(Service.id.not_in(exclus)).order_by(Service.sigle, Service.id)))


def lecteurs(viewer: Acteur, dossier: Dossier, demandes: list[DemandeAvis]) -> dict[Audience, str]:
    """For each audience, « voici qui lira ceci »: the services of today, by name."""
    service = viewer.libelle_service or ""
    demandeurs = {d.demandeur_service.sigle for d in demandes if d.service_id == viewer.service_id}
    saisis = {dossier.service.sigle} | {d.service.sigle for d in demandes}
    entre_nous = _enumerer({service} | demandeurs)
    tous = _enumerer({service} | demandeurs | saisis)
    return {
        Audience.SERVICE: f"Liront cet avis : {entre_nous}.",
        Audience.SERVICES_SAISIS: f"Liront cet avis : {tous}, et tout service saisi ensuite sur ce dossier.",
        Audience.PARTAGE: (
            f"Liront cet avis : {tous}, et les agents des autres services qui instruisent un dossier "
            "de la même association."
        ),
    }


def _enumerer(sigles: set[str]) -> str:
    *premiers, dernier = sorted(sigle for sigle in sigles if sigle)
    return f"{', '.join(premiers)} et {dernier}" if premiers else dernier
