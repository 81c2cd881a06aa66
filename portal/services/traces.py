"""The one door for what must survive a refusal or happen on a GET: short transactions of their own."""

import hashlib
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update

from portal.config import Config
from portal.db import Fabrique
from portal.formats import maintenant
from portal.models.connexion import SaisieParquee, SessionConnexion, Tentative
from portal.models.souscriptions import SignaturePreparee
from portal.permissions import Acteur
from portal.services import codes_signature, journal

PAS_DES_PASSAGES = timedelta(minutes=5)


def mark_seen(fabrique: Fabrique, session_id: int | None) -> None:
    """Note that a login session is in use, at most every five minutes."""
    instant = maintenant()
    with fabrique.begin() as session:
        session.execute(
            update(SessionConnexion)
            .where(SessionConnexion.id == session_id, SessionConnexion.last_seen_at < instant - PAS_DES_PASSAGES)
            .values(last_seen_at=instant)
        )


def count_attempt(fabrique: Fabrique, genre: str, cle: str, *, maximum: int, fenetre: timedelta) -> bool:
    """Count one attempt and tell whether it stays within `maximum` per `fenetre`. `cle` is hashed: an address never stays here.

    Counted under a lock on the key, so that parallel attempts cannot slip past the limit.
    """
    empreinte = hashlib.sha256(f"{genre}:{cle}".encode()).hexdigest()
    debut = maintenant() - fenetre
    with fabrique.begin() as session:
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(empreinte))))
        session.execute(
            delete(Tentative).where(Tentative.genre == genre, Tentative.cle == empreinte, Tentative.at < debut)
        )
        deja = session.scalar(
            select(func.count()).select_from(Tentative).where(Tentative.genre == genre, Tentative.cle == empreinte)
        )
        if (deja or 0) >= maximum:
            return False
        session.add(Tentative(genre=genre, cle=empreinte, at=maintenant()))
        return True


def try_code(
    fabrique: Fabrique, config: Config, *, preparee_id: int, code: str
) -> tuple[codes_signature.Essai, int] | None:
    """Try the code of a signature: what it is worth, and how many wrong ones so far. None when it was signed meanwhile.

    Judged and counted under a lock on its row, so that neither parallel tries nor a refusal of the rest go uncounted.
    """
    with fabrique.begin() as session:
        preparee = session.get(SignaturePreparee, preparee_id, with_for_update=True)
        if preparee is None:
            return None
        return codes_signature.attempt(config, preparee, code), preparee.essais


def note_reading(fabrique: Fabrique, *, by: Acteur, action: str, objet: str, valeurs: dict[str, Any]) -> None:
    """Tell the journal that somebody has taken what is shown under trace: called before it is shown, and never after."""
    with fabrique.begin() as session:
        journal.record(session, by=by, action=action, objet=objet, valeurs=valeurs)


def park(fabrique: Fabrique, *, user_id: int, chemin: str, champs: list[list[str]]) -> None:
    """Keep what a known person had typed when the login session ended; offered to that person only, for 24 hours."""
    with fabrique.begin() as session:
        session.add(SaisieParquee(user_id=user_id, chemin=chemin, champs=champs))
