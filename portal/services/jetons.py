"""Mints the secret of a magic link at the moment its letter leaves: no table ever holds it."""

import secrets
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.connexion import LienConnexion, User
from portal.queries.connexion import hash_secret
from portal.vocabulaire import GenreUser

DUREE_LIEN = timedelta(minutes=60)


def mint(session: Session, lien_id: int) -> tuple[GenreUser, str] | None:
    """Give a link its secret (256 bits) and its full hour; None when no letter is due (used, too late, no such account).

    A letter sent again after a failure bears a new secret: the one before is dead.
    """
    lien = session.get(LienConnexion, lien_id, with_for_update=True)
    if lien is None or lien.used_at is not None or lien.expires_at <= maintenant() or not _may_receive(session, lien):
        return None
    secret = secrets.token_urlsafe(32)
    lien.secret_hash = hash_secret(secret)
    lien.expires_at = maintenant() + DUREE_LIEN
    session.flush()
    return lien.genre, secret


def _may_receive(session: Session, lien: LienConnexion) -> bool:
    """An agent must have been invited; an unknown usager is a newcomer; a disabled account receives nothing."""
    compte = session.scalars(select(User).where(User.genre == lien.genre, User.email == lien.email)).first()
    if compte is None:
        return lien.genre == GenreUser.USAGER
    return compte.disabled_at is None
