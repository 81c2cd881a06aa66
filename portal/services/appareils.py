"""Closes the login sessions that a person has left open elsewhere."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.connexion import SessionConnexion
from portal.permissions import Acteur
from portal.queries import appareils
from portal.services import journal


def close(session: Session, *, by: Acteur, session_id: int) -> None:
    """End one of one's own sessions, at once. Raises NotFound when it is somebody else's, or over."""
    ouverte = appareils.get(session, by, session_id)
    ouverte.ended_at = maintenant()
    _record(session, by, 1)


def close_others(session: Session, *, by: Acteur) -> int:
    """End every session of the person who acts but this one, at once; returns how many there were."""
    fermees = session.scalars(
        update(SessionConnexion)
        .where(
            SessionConnexion.user_id == by.user_id,
            SessionConnexion.id != by.session_id,
            SessionConnexion.ended_at.is_(None),
            SessionConnexion.expires_at > maintenant(),
        )
        .values(ended_at=maintenant())
        .returning(SessionConnexion.id)
    ).all()
    _record(session, by, len(fermees))
    return len(fermees)


def _record(session: Session, by: Acteur, nombre: int) -> None:
    valeurs = {"nombre": nombre}
    journal.record(session, by=by, action="connexions_fermees", objet=f"user:{by.user_id}", valeurs=valeurs)
