"""The open login sessions of a person, for that person alone."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.formats import maintenant
from portal.models.connexion import SessionConnexion
from portal.permissions import Acteur

# Nobody has more; whoever has closes « toutes les autres ».
LIMITE = 50


def list_open(session: Session, viewer: Acteur) -> Sequence[SessionConnexion]:
    """Those in force, the most lately used first, fifty at most."""
    return session.scalars(
        _ouvertes(viewer).order_by(SessionConnexion.last_seen_at.desc(), SessionConnexion.id.desc()).limit(LIMITE)
    ).all()


def get(session: Session, viewer: Acteur, session_id: int) -> SessionConnexion:
    """One of them. Raises NotFound when it is somebody else's, or over."""
    ouverte = session.scalars(_ouvertes(viewer).where(SessionConnexion.id == session_id)).first()
    if ouverte is None:
        raise NotFound
    return ouverte


def _ouvertes(viewer: Acteur) -> Select[SessionConnexion]:
    return select(SessionConnexion).where(
        SessionConnexion.user_id == viewer.user_id,
        SessionConnexion.ended_at.is_(None),
        SessionConnexion.expires_at > maintenant(),
    )
