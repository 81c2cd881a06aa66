"""Opens and ends the browsers of experts: by the link of a letter the first time, then with a code that is mailed to them."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.config import Config
from portal.db import Fabrique
from portal.errors import Invalid
from portal.formats import maintenant
from portal.models.experts import LienExpert, SessionExpert
from portal.permissions import SYSTEME, Acteur
from portal.queries.connexion import hash_secret
from portal.queries.experts import open_link
from portal.services import courriels, journal, traces
from portal.services.codes_connexion import FENETRES
from portal.services.connexion import reseau
from portal.services.jetons_experts import is_open
from portal.services.lettres import CODE_EXPERT, NOUVEAU_LIEN_EXPERT

DUREE_SESSION = timedelta(hours=12)
CODES_PAR_HEURE = 5
LIENS_PAR_HEURE = 5
DEMANDES_PAR_RESEAU = 30
CODE_REFUSE = (
    "Ce code n’est pas le bon, ou ne sert plus. Prenez celui du courriel le plus récent\u00a0; s’il n’est pas encore arrivé, "
    "attendez-le. Après cinq essais ou un quart d’heure, demandez-en un autre."
)
TROP_D_ESSAIS = (
    "Trop de codes ont été essayés. Reprenez dans le navigateur où vous avez ouvert ce lien la première fois, ou recommencez "
    "dans une heure\u00a0; demain si ce message reste."
)
TROP_DE_CODES = (
    "Trop de codes ont déjà été demandés depuis une heure. Cherchez le plus récent dans votre messagerie, courriers "
    "indésirables compris, ou recommencez dans une heure."
)
TROP_DE_LIENS = (
    "Trop de liens ont déjà été demandés depuis une heure. Cherchez le plus récent dans votre messagerie, courriers "
    "indésirables compris, ou recommencez dans une heure."
)


@dataclass(frozen=True, slots=True)
class Ouverture:
    """What a link opens: the secret that the browser keeps, and until when."""

    secret: str
    fin_at: datetime


def needs_code(lien: LienExpert, viewer: Acteur) -> bool:
    """Whether this browser must give a code: another one has opened the link, and it is not one of this expert's."""
    return lien.ouvert_at is not None and viewer.expert_id != lien.expert_id


def open_by_link(session: Session, *, by: Acteur, secret: str, durable: bool = False) -> Ouverture | None:
    """Open a session in the browser of `by`; None when the link is dead, or when this browser must give a code.

    The row is locked: of two browsers that press the button at once, one opens it.
    """
    lien = _lock(session, secret)
    if lien is None or needs_code(lien, by):
        return None
    return _open(session, lien, durable=durable)


def order_code(session: Session, fabrique: Fabrique, *, secret: str) -> None:
    """Owe the code of that link to the address that it was mailed to; nothing when the link is dead.

    Raises Invalid (field `code`) past the limit of an hour.
    """
    lien = open_link(session, secret)
    if lien is None:
        return
    heure = timedelta(hours=1)
    if not traces.count_attempt(fabrique, "code_expert", str(lien.id), maximum=CODES_PAR_HEURE, fenetre=heure):
        raise Invalid("code", TROP_DE_CODES)
    courriels.enqueue(session, CODE_EXPERT, destinataire=lien.expert.email, lien_id=lien.id)


def open_by_code(
    session: Session, fabrique: Fabrique, config: Config, *, secret: str, code: str, durable: bool = False
) -> Ouverture:
    """Open a session in another browser with the code that was mailed. A wrong try is counted by `fabrique`, for good.

    Raises Invalid (field `code`): the same words whether the code is wrong, used, too old or was never sent.
    """
    lien = open_link(session, secret)
    if lien is None:
        raise Invalid("code", CODE_REFUSE)
    for maximum, fenetre in FENETRES:
        qui = str(lien.expert_id)
        if not traces.count_attempt(fabrique, f"essai_expert_{maximum}", qui, maximum=maximum, fenetre=fenetre):
            raise Invalid("code", TROP_D_ESSAIS)
    juste = traces.try_expert_code(fabrique, config, lien_id=lien.id, code=code)
    verrouille = _lock(session, secret) if juste else None
    if verrouille is None:
        raise Invalid("code", CODE_REFUSE)
    return _open(session, verrouille, durable=durable)


def request_link(session: Session, fabrique: Fabrique, *, email: str, ip: str = "") -> None:
    """Owe a new link to that address, if it is asked anything: that is looked up when the letter leaves, not here.

    `email` is normalised, `ip` where it is asked from. Raises Invalid (field `email`) past the limits of an hour.
    """
    heure = timedelta(hours=1)
    d_ici = traces.count_attempt(fabrique, "expert_ip", reseau(ip), maximum=DEMANDES_PAR_RESEAU, fenetre=heure)
    if not d_ici or not traces.count_attempt(fabrique, "lien_expert", email, maximum=LIENS_PAR_HEURE, fenetre=heure):
        raise Invalid("email", TROP_DE_LIENS)
    courriels.enqueue(session, NOUVEAU_LIEN_EXPERT, destinataire=email, email=email)


def close(session: Session, *, by: Acteur) -> None:
    """End the session of this browser, here and at once. Nothing happens when it is no expert's."""
    if not by.est_expert:
        return
    session.execute(update(SessionExpert).where(SessionExpert.id == by.session_id).values(ended_at=maintenant()))
    journal.record(session, by=by, action="session_expert_fermee", objet=f"expert:{by.expert_id}")


def _lock(session: Session, secret: str) -> LienExpert | None:
    """The link, as it is now, until the end of the transaction."""
    lien = session.scalars(
        select(LienExpert)
        .where(LienExpert.secret_hash == hash_secret(secret))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    return lien if lien is not None and is_open(lien) else None


def _open(session: Session, lien: LienExpert, *, durable: bool) -> Ouverture:
    instant = maintenant()
    ouverture = Ouverture(
        secret=secrets.token_urlsafe(32),
        fin_at=lien.expires_at if durable else min(lien.expires_at, instant + DUREE_SESSION),
    )
    lien.ouvert_at = lien.ouvert_at or instant
    session.add(SessionExpert(secret_hash=hash_secret(ouverture.secret), lien_id=lien.id, expires_at=ouverture.fin_at))
    journal.record(
        session,
        by=SYSTEME,
        action="session_expert_ouverte",
        objet=f"expert:{lien.expert_id}",
        valeurs={"saisine": lien.saisine_id},
    )
    return ouverture
