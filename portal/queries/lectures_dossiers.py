"""What an agent may read of a dossier of another service, asked of the database where the page has not read it already."""

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.models.avis import DemandeAvis, Saisine
from portal.models.dossiers import AccesDossier, Dossier
from portal.permissions import Acteur
from portal.permissions.lectures import ENTIERE, Lecture, lecture
from portal.vocabulaire import MotifAcces
from portal.vocabulaire_demandes import SectionDemande


def get(session: Session, viewer: Acteur, dossier: Dossier) -> Lecture:
    """Of a dossier that the viewer reads; one statement for a service that does not own it, none for its owner."""
    if viewer.service_id is not None and viewer.service_id == dossier.service_id:
        return ENTIERE
    sienne = (
        DemandeAvis.expert_id == viewer.expert_id if viewer.est_expert else DemandeAvis.service_id == viewer.service_id
    )
    demandes = session.scalars(
        select(DemandeAvis).where(DemandeAvis.dossier_id == dossier.id, sienne).order_by(DemandeAvis.id)
    )
    return lecture(viewer, dossier, demandes)


def check_files(session: Session, viewer: Acteur, dossier: Dossier) -> None:
    """Raise NotFound when the files of the dossier are closed to this viewer."""
    if not get(session, viewer, dossier).pieces:
        raise NotFound


def check_whole(session: Session, viewer: Acteur, dossier: Dossier) -> None:
    """Raise NotFound when some of the dossier is closed to this viewer."""
    if not get(session, viewer, dossier).entiere:
        raise NotFound


def reads_all() -> ColumnElement[bool]:
    """About an AccesDossier of the statement: its service reads the whole dossier, as its owner or as it was asked."""
    return reads(None)


def reads(section: SectionDemande | None) -> ColumnElement[bool]:
    """The same of one section; None: of all of them."""
    ouverte = func.jsonb_array_length(Saisine.sections) == 0
    if section is not None:
        ouverte = or_(ouverte, Saisine.sections.contains([section.value]))
    entiere = exists().where(
        DemandeAvis.dossier_id == AccesDossier.dossier_id,
        DemandeAvis.service_id == AccesDossier.service_id,
        DemandeAvis.close_at.is_(None),
        Saisine.id == DemandeAvis.saisine_id,
        ouverte,
    )
    return or_(AccesDossier.motif == MotifAcces.PROPRIETAIRE, entiere)
