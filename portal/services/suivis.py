"""An agent follows a dossier, or no longer does."""

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.models.dossiers import Dossier
from portal.models.file_agents import Suivi
from portal.permissions import Acteur
from portal.permissions.attributions import can_follow
from portal.services import journal


def follow(session: Session, *, by: Acteur, dossier: Dossier) -> Dossier:
    """The actor follows a dossier that she reads; done already, nothing changes. Raises Forbidden."""
    _check(by, dossier, suivi=False)
    nouveau = insert(Suivi).values(user_id=by.user_id, dossier_id=dossier.id).on_conflict_do_nothing()
    if session.scalar(nouveau.returning(Suivi.dossier_id)):
        journal.record(session, by=by, action="dossier_suivi", objet=f"dossier:{dossier.id}")
    return dossier


def unfollow(session: Session, *, by: Acteur, dossier: Dossier) -> Dossier:
    """The actor follows it no longer; done already, nothing changes. Raises Forbidden for whoever instructs it."""
    _check(by, dossier, suivi=True)
    retire = delete(Suivi).where(Suivi.user_id == by.user_id, Suivi.dossier_id == dossier.id)
    if session.scalar(retire.returning(Suivi.dossier_id)):
        journal.record(session, by=by, action="dossier_plus_suivi", objet=f"dossier:{dossier.id}")
    return dossier


def _check(by: Acteur, dossier: Dossier, *, suivi: bool) -> None:
    verdict = can_follow(by, dossier, suivi=suivi)
    if not verdict:
        raise Forbidden(verdict.raison)
