"""Mints the secrets of a connection letter at the moment it leaves, its link and its code: no table ever holds them."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.formats import maintenant
from portal.models.connexion import LienConnexion, SessionConnexion, User
from portal.queries.connexion import hash_secret
from portal.services import codes_connexion
from portal.services.codes import draw_digits
from portal.vocabulaire import GenreUser

DUREE_LIEN = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Frappe:
    """What was just minted: the link's secret (256 bits), empty for a letter that bears a code alone, and the code."""

    genre: GenreUser
    secret: str
    code: str


def mint(session: Session, config: Config, lien_id: int) -> Frappe | None:
    """Give a link its secret, its code and their full hour; None when no letter is due (used, too late, no such account).

    A letter sent again, after a failure or because somebody asked, bears new ones: those before are dead.
    """
    lien = session.get(LienConnexion, lien_id, with_for_update=True)
    if lien is None or lien.used_at is not None or lien.expires_at <= maintenant() or not _may_receive(session, lien):
        return None
    frappe = Frappe(lien.genre, "" if lien.session_id else secrets.token_urlsafe(32), draw_digits())
    lien.secret_hash = hash_secret(frappe.secret) if frappe.secret else None
    lien.code_hash = codes_connexion.hash_code(config, lien.id, frappe.code)
    lien.expires_at = maintenant() + DUREE_LIEN
    session.flush()
    return frappe


def _may_receive(session: Session, lien: LienConnexion) -> bool:
    """An agent must have been invited; an unknown usager is a newcomer; a disabled account receives nothing."""
    if lien.session_id and not _is_open(session, lien.session_id):
        return False
    compte = session.scalars(select(User).where(User.genre == lien.genre, User.email == lien.email)).first()
    if compte is None:
        return lien.genre == GenreUser.USAGER
    return compte.disabled_at is None


def _is_open(session: Session, session_id: int) -> bool:
    return session.get_one(SessionConnexion, session_id).ended_at is None
