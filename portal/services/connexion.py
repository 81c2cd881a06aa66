"""Opens and ends login sessions, asks for and claims magic links."""

import secrets
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.connexion import SessionConnexion, User
from portal.permissions import SYSTEME, Acteur
from portal.queries.connexion import hash_secret
from portal.services import journal
from portal.vocabulaire import GenreUser

DUREE_SESSION = timedelta(hours=12)


def open_session(session: Session, user: User, *, affectation_id: int | None = None) -> str:
    """Create a login session for that account and return its secret, which only the browser keeps."""
    secret = secrets.token_urlsafe(32)
    session.add(
        SessionConnexion(
            secret_hash=hash_secret(secret),
            user_id=user.id,
            affectation_id=affectation_id,
            expires_at=maintenant() + DUREE_SESSION,
        )
    )
    journal.record(session, by=SYSTEME, action="connexion_ouverte", objet=f"user:{user.id}")
    session.flush()
    return secret


def end_session(session: Session, *, by: Acteur) -> None:
    """End the login session of this request, here and at once."""
    session.execute(update(SessionConnexion).where(SessionConnexion.id == by.session_id).values(ended_at=maintenant()))
    journal.record(session, by=by, action="connexion_fermee", objet=f"user:{by.user_id}")


def get_or_create_usager(session: Session, email: str) -> User:
    """The usager account of that address, created at the first claimed link."""
    user = session.scalars(select(User).where(User.genre == GenreUser.USAGER, User.email == email)).first()
    if user is None:
        user = User(genre=GenreUser.USAGER, email=email)
        session.add(user)
        session.flush()
        journal.record(session, by=SYSTEME, action="compte_cree", objet=f"user:{user.id}")
    return user
