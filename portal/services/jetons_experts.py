"""Mints what the letters to experts take away, a link or a code, at the moment they leave: no table ever holds them."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from portal.config import Config
from portal.formats import maintenant
from portal.models.experts import LienExpert
from portal.queries.connexion import hash_secret
from portal.queries.experts import last_awaited
from portal.services.codes import ESSAIS, are_right, draw_digits, hash_digits

DUREE_LIEN = timedelta(days=30)
DUREE_CODE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Frappe:
    """A link, and the secret of its address, or the code, that was just minted for it."""

    lien: LienExpert
    secret: str


def mint_link(session: Session, lien_id: int) -> Frappe | None:
    """Give a link its secret and its full 30 days; None when it was revoked, or when its letter could not leave in time.

    A letter sent again after a failure bears a new secret: the one before is dead.
    """
    lien = session.get(LienExpert, lien_id, with_for_update=True)
    if lien is None or not is_open(lien):
        return None
    frappe = Frappe(lien, secrets.token_urlsafe(32))
    lien.secret_hash = hash_secret(frappe.secret)
    lien.expires_at = maintenant() + DUREE_LIEN
    session.flush()
    return frappe


def mint_lost_link(session: Session, email: str) -> Frappe | None:
    """A new link, minted, to what that address was last asked and still waits; None when nothing is asked of it."""
    attendue = last_awaited(session, email)
    if attendue is None:
        return None
    lien = LienExpert(
        expert_id=attendue.expert_id, saisine_id=attendue.saisine_id, expires_at=maintenant() + DUREE_LIEN
    )
    session.add(lien)
    session.flush()
    return mint_link(session, lien.id)


def mint_code(session: Session, config: Config, lien_id: int) -> Frappe | None:
    """Draw the code that another browser asked for, with its full quarter of an hour; None when the link is dead."""
    lien = session.get(LienExpert, lien_id, with_for_update=True)
    if lien is None or not is_open(lien):
        return None
    frappe = Frappe(lien, draw_digits())
    lien.code_hash = hash_digits(config, _sujet(lien), frappe.secret)
    lien.code_expire_at, lien.essais = maintenant() + DUREE_CODE, 0
    session.flush()
    return frappe


def is_open(lien: LienExpert) -> bool:
    """Neither revoked nor expired."""
    return lien.revoque_at is None and lien.expires_at > maintenant()


def attempt(config: Config, lien: LienExpert, code: str) -> bool:
    """Whether a try is right; counted when it is not, and used up when it is. The row is locked.

    A code that is used, too old, tried too often or that never left is wrong, in the same time.
    """
    juste = are_right(config, _sujet(lien), code, lien.code_hash)
    vivant = lien.code_expire_at is not None and lien.code_expire_at > maintenant() and lien.essais < ESSAIS
    if not (juste and vivant and is_open(lien)):
        lien.essais += 1
        return False
    lien.code_hash = lien.code_expire_at = None
    return True


def _sujet(lien: LienExpert) -> str:
    return f"code-expert:{lien.id}"
