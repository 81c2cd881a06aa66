"""Keeps what an agent writes on a dossier for nobody else."""

from sqlalchemy import Executable, delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Conflict
from portal.formats import maintenant
from portal.models.dossiers import Dossier
from portal.models.taches import NotePersonnelle
from portal.permissions import Acteur

AILLEURS = (
    "Vous avez changé cette note ailleurs, dans un autre onglet ou sur un autre appareil\u00a0: rien n’est remplacé. Copiez ce "
    "que vous venez d’écrire, puis rechargez le dossier."
)


def save(session: Session, *, by: Acteur, dossier: Dossier, texte: str, version: int) -> None:
    """Write the note of the agent, or erase it when `texte` is empty. No journal: it is nobody else's.

    `version` is the one that the page showed, 0 when there was none. Raises Conflict when it has changed since.
    """
    if version == 0 and not texte:
        return
    if session.scalar(_ordre(by, dossier, texte, version)) is None:
        raise Conflict(AILLEURS)


def _ordre(by: Acteur, dossier: Dossier, texte: str, version: int) -> Executable:
    """The statement that writes, changes or erases, and returns nothing when the note is not as the page showed it."""
    sienne = (
        NotePersonnelle.user_id == by.user_id,
        NotePersonnelle.dossier_id == dossier.id,
        NotePersonnelle.version == version,
    )
    if version == 0:
        nouvelle = insert(NotePersonnelle).values(user_id=by.user_id, dossier_id=dossier.id, texte=texte, version=1)
        return nouvelle.on_conflict_do_nothing(index_elements=["user_id", "dossier_id"]).returning(NotePersonnelle.id)
    if not texte:
        return delete(NotePersonnelle).where(*sienne).returning(NotePersonnelle.id)
    changee = {"texte": texte, "version": version + 1, "updated_at": maintenant()}
    return update(NotePersonnelle).where(*sienne).values(**changee).returning(NotePersonnelle.id)
