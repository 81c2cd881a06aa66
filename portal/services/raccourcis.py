"""Switches an agent's keyboard shortcuts on or off."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.models.file_agents import PreferenceAgent
from portal.permissions import Acteur, may_be_agent


def switch(session: Session, *, by: Acteur, actifs: bool) -> None:
    """For oneself alone; the other choices of the agent stay as they are. A comfort: the journal does not tell it.

    Raises Forbidden.
    """
    verdict = may_be_agent(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    choix = insert(PreferenceAgent).values(
        user_id=by.user_id, colonnes=[], notifications={}, version=1, raccourcis=actifs
    )
    session.execute(choix.on_conflict_do_update(index_elements=["user_id"], set_={"raccourcis": actifs}))
