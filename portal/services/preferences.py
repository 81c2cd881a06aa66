"""Keeps the columns that an agent gives to her queue."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.models.file_agents import PreferenceAgent
from portal.permissions import Acteur, may_be_agent
from portal.vocabulaire_file import ColonneFile


def choose_columns(session: Session, *, by: Acteur, colonnes: Sequence[ColonneFile]) -> None:
    """For oneself alone, in this order; none besides the dossier: those that everybody begins with. The journal does not tell it.

    Raises Forbidden.
    """
    verdict = may_be_agent(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    choisies = [colonne.value for colonne in colonnes if colonne != ColonneFile.DOSSIER]
    choix = insert(PreferenceAgent).values(
        user_id=by.user_id, colonnes=choisies, notifications={}, version=1, raccourcis=True
    )
    session.execute(choix.on_conflict_do_update(index_elements=["user_id"], set_={"colonnes": choisies}))
