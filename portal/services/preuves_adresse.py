"""Proves again, by a code mailed to it, the address of somebody who is already logged in: asked before what commits."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.config import Config
from portal.db import Fabrique
from portal.errors import Invalid
from portal.formats import maintenant
from portal.models.connexion import LienConnexion, SessionConnexion
from portal.permissions import Acteur
from portal.queries.connexion import code_attendu
from portal.services import codes_connexion, courriels, journal, traces
from portal.services.codes_connexion import Essai
from portal.services.jetons import DUREE_LIEN
from portal.services.lettres import CODE_CONFIRMATION
from portal.vocabulaire import GenreUser

CODES_PAR_HEURE = 5
LONGUEUR_SUITE = 300
SANS_CODE = "Aucun code n’est attendu. Demandez d’abord qu’un code vous soit envoyé."


def order_code(session: Session, fabrique: Fabrique, *, by: Acteur, suite: str = "") -> None:
    """Owe the person who acts a letter with a code. One that was asked for before dies when the new letter leaves.

    `suite`: the path of ours to go on with once it is given.

    The attempt is counted by `fabrique`, in a transaction of its own. Raises Invalid at the sixth in an hour.
    """
    heure = timedelta(hours=1)
    if not traces.count_attempt(fabrique, "preuve", str(by.user_id), maximum=CODES_PAR_HEURE, fenetre=heure):
        raise Invalid(
            "",
            f"{CODES_PAR_HEURE}\u00a0codes ont déjà été demandés depuis une heure. Cherchez le plus récent dans votre "
            "messagerie, courriers indésirables compris, ou recommencez dans une heure.",
        )
    attendu = code_attendu(session, by)
    if attendu is None:
        attendu = LienConnexion(
            genre=GenreUser(by.genre), email=by.email, session_id=by.session_id, expires_at=maintenant() + DUREE_LIEN
        )
        session.add(attendu)
        session.flush()
    attendu.essais = 0
    attendu.expires_at = maintenant() + DUREE_LIEN
    attendu.suite = suite if len(suite) <= LONGUEUR_SUITE else ""
    courriels.enqueue(session, CODE_CONFIRMATION, destinataire=by.email, lien_id=attendu.id)


def prove(session: Session, fabrique: Fabrique, config: Config, *, by: Acteur, code: str) -> str:
    """The login session is proved anew, for 12 hours, by the code that was mailed; returns the path to go on with, if any.

    Raises Invalid (field `code`) when it is not the right one, or not any more.
    """
    attendu = code_attendu(session, by)
    if attendu is None:
        raise Invalid("code", SANS_CODE)
    essai, essais = traces.try_login_code(fabrique, config, lien=attendu, code=code)
    if essai != Essai.JUSTE:
        raise Invalid("code", codes_connexion.expliquer(essai, essais))
    instant = maintenant()
    pris = session.scalar(
        update(LienConnexion)
        .where(LienConnexion.id == attendu.id, LienConnexion.used_at.is_(None))
        .values(used_at=instant)
        .returning(LienConnexion.id)
    )
    if pris is None:
        raise Invalid("code", codes_connexion.expliquer(Essai.PERDU, essais))
    note_proof(session, by=by)
    journal.record(session, by=by, action="adresse_confirmee", objet=f"user:{by.user_id}")
    return attendu.suite


def note_proof(session: Session, *, by: Acteur) -> None:
    """A code mailed to the person who acts has just been given back: her login session is proved anew."""
    session.execute(
        update(SessionConnexion).where(SessionConnexion.id == by.session_id).values(prouvee_at=maintenant())
    )
