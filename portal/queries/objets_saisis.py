"""What a demande d'avis is about: a dossier, or an association itself."""

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.models.associations import Association
from portal.models.avis import DemandeAvis
from portal.models.dossiers import AccesDossier, Dossier
from portal.permissions import Acteur
from portal.queries.recusations import open_to


def is_tied(session: Session, viewer: Acteur, association_id: int) -> bool:
    """The viewer's service reads a dossier of that association, or is asked for an avis on it."""
    lu = exists().where(
        AccesDossier.service_id == viewer.service_id,
        AccesDossier.dossier_id == Dossier.id,
        Dossier.association_id == association_id,
        open_to(viewer, Dossier.id),
    )
    saisi = exists().where(
        DemandeAvis.association_id == association_id,
        DemandeAvis.service_id == viewer.service_id,
        DemandeAvis.close_at.is_(None),
    )
    return bool(session.scalar(select(or_(lu, saisi))))


def get_association(session: Session, viewer: Acteur, association_id: int) -> Association:
    """One about which the viewer's service may ask. Raises NotFound."""
    association = session.get(Association, association_id)
    if association is None or association_id in viewer.associations_recusees:
        raise NotFound
    if not is_tied(session, viewer, association_id):
        raise NotFound
    return association


def journal_key(demande: DemandeAvis) -> str:
    """The object in the journal: « dossier:12 » or « association:3 »."""
    if demande.dossier_id is not None:
        return f"dossier:{demande.dossier_id}"
    return f"association:{demande.association_id}"
