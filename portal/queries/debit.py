"""What we ask of DS with our token: how fast, and for how long it is still good."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.formats import PARIS, aujourdhui, date_fr, instant_fr, maintenant
from portal.models.debit import DebitDS, JetonDS

ATTENTION_JOURS = 30
ALERTE_JOURS = 7
A_FAIRE = (
    "un administrateur de la démarche en crée un autre sur Démarches Simplifiées, puis l’exploitant du portail le met "
    "en place (DS_TOKEN, DS_TOKEN_EXPIRATION)."
)


@dataclass(frozen=True, slots=True)
class Debit:
    """Requests to DS, by every worker: in the present minute, out of `limite` (0: none), and since midnight (Paris)."""

    minute: int
    jour: int
    limite: int
    ralenti_jusqu_a: datetime | None


@dataclass(frozen=True, slots=True)
class AlerteJeton:
    """What people must know of the token. `genre`: attention or erreur, as `composants/alerte` names them."""

    genre: str
    titre: str
    texte: str


def read(session: Session, *, limite: int) -> Debit:
    """How fast DS is asked. `limite`: requests a minute that this portal allows itself."""
    instant = maintenant()
    minute = instant.replace(second=0, microsecond=0)
    minuit = instant.astimezone(PARIS).replace(hour=0, minute=0, second=0, microsecond=0)
    present = func.coalesce(func.sum(DebitDS.requetes).filter(DebitDS.minute >= minute), 0)
    comptes = session.execute(
        select(present, func.coalesce(func.sum(DebitDS.requetes), 0)).where(DebitDS.minute >= minuit)
    ).one()
    ralenti = session.scalar(select(func.max(JetonDS.ralenti_jusqu_a)).where(JetonDS.ralenti_jusqu_a > instant))
    return Debit(minute=int(comptes[0]), jour=int(comptes[1]), limite=limite, ralenti_jusqu_a=ralenti)


def alertes(session: Session, *, expiration: date | None, succes_at: datetime | None) -> tuple[AlerteJeton, ...]:
    """The token's end when it is near, and its last refusal unless DS has answered since (`succes_at`)."""
    trouvees = (_fin(expiration), _refus(session, succes_at))
    return tuple(une for une in trouvees if une is not None)


def _fin(expiration: date | None) -> AlerteJeton | None:
    if expiration is None:
        return None
    jours = (expiration - aujourdhui()) // timedelta(days=1)
    if jours >= ATTENTION_JOURS:
        return None
    return AlerteJeton(
        "erreur" if jours < ALERTE_JOURS else "attention",
        "Le jeton de Démarches Simplifiées a expiré"
        if jours < 0
        else "Le jeton de Démarches Simplifiées expire bientôt",
        f"Le jeton {_quand(jours)} ({date_fr(expiration)})\u00a0: {A_FAIRE} Passé ce jour, plus rien n’est lu ni envoyé.",
    )


def _quand(jours: int) -> str:
    if jours < 0:
        return "a expiré"
    return {0: "expire aujourd’hui", 1: "expire demain"}.get(jours, f"expire dans {jours}\u00a0jours")


def _refus(session: Session, succes_at: datetime | None) -> AlerteJeton | None:
    refuses = select(JetonDS).where(JetonDS.refus != "", JetonDS.refus_at.is_not(None))
    refuse = session.scalars(refuses.order_by(JetonDS.refus_at.desc()).limit(1)).first()
    # A token that was replaced keeps its refusal for ever: what DS answers to its successor tells that it is over.
    if refuse is None or refuse.refus_at is None or (succes_at is not None and succes_at > refuse.refus_at):
        return None
    titre = "Démarches Simplifiées a refusé le jeton du portail"
    return AlerteJeton("erreur", titre, f"Le {instant_fr(refuse.refus_at)}\u00a0: {refuse.refus}")
