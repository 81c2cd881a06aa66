"""What an agent wrote on a dossier for nobody else."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.dossiers import Dossier
from portal.models.taches import NotePersonnelle
from portal.permissions import Acteur


def of_dossier(session: Session, viewer: Acteur, dossier: Dossier) -> NotePersonnelle | None:
    """This agent's own note, None when there is none. The caller has checked that the dossier may be read."""
    return session.scalars(
        select(NotePersonnelle).where(
            NotePersonnelle.user_id == viewer.user_id, NotePersonnelle.dossier_id == dossier.id
        )
    ).first()
