"""The rate at which all workers ask DS with a token, and what DS says of that token, of which only a hash is kept."""

import hashlib
import random
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.formats import maintenant
from portal.models.debit import DebitDS, JetonDS

MINUTE = timedelta(minutes=1)
MEMOIRE = timedelta(days=1)
# Within a minute, requests may run ahead of their share by this much: a page is not slowed, and nobody takes it all.
AVANCE = timedelta(seconds=10)
# DS counts by the minute (ds/api §2): its clock may be wrong, but never makes us wait longer than this.
ATTENTE_MAXIMALE = timedelta(minutes=2)
REFUS_MAXIMAL = 300


class DebitPartage:
    """Keeps `api.Debit`: at most `par_minute` requests a minute for a token, whoever sends them, spread over the minute.

    Each turn is asked for in a short transaction of its own; those who wait sleep outside of it and come back in any order, so
    that no worker is served before another. Threads may share one.
    """

    def __init__(self, fabrique: Fabrique, token: str, par_minute: int) -> None:
        self.fabrique, self.jeton, self.par_minute = fabrique, token_hash(token), par_minute

    def attendre(self) -> None:
        """Return when a request may leave. See api.Debit."""
        while (attente := self._ask()) > 0:
            time.sleep(attente * random.uniform(1, 1.5))  # noqa: S311  # so that those who wait do not all come back at once

    def ralentir(self, reprise: datetime | None) -> None:
        """DS throttles the token until `reprise`, for a minute when it does not say. See api.Debit."""
        borne = maintenant() + ATTENTE_MAXIMALE
        jusqu_a = min(reprise, borne) if reprise else maintenant() + MINUTE
        ligne = insert(JetonDS).values(jeton=self.jeton, ralenti_jusqu_a=jusqu_a)
        suite = {"ralenti_jusqu_a": jusqu_a, "updated_at": func.now()}
        with self.fabrique.begin() as session:
            session.execute(ligne.on_conflict_do_update(index_elements=["jeton"], set_=suite))

    def _ask(self) -> float:
        """Take a turn; 0, or how many seconds to wait before asking again."""
        instant = maintenant()
        with self.fabrique.begin() as session:
            ralenti = session.scalar(select(JetonDS.ralenti_jusqu_a).where(JetonDS.jeton == self.jeton))
            if ralenti is not None and ralenti > instant:
                return min(ralenti - instant, ATTENTE_MAXIMALE).total_seconds()
            return 0 if self._take(session, instant) else MINUTE.total_seconds() / self.par_minute

    def _take(self, session: Session, instant: datetime) -> bool:
        """One more request in this minute, unless the share of the time elapsed is spent."""
        minute = instant.replace(second=0, microsecond=0)
        part = min((instant - minute + AVANCE) / MINUTE, 1.0)
        une = insert(DebitDS).values(jeton=self.jeton, minute=minute.astimezone(UTC), requetes=1)
        encore = une.on_conflict_do_update(
            index_elements=["jeton", "minute"],
            set_={"requetes": DebitDS.requetes + 1},
            where=DebitDS.requetes < max(1, int(self.par_minute * part)),
        )
        return session.scalar(encore.returning(DebitDS.requetes)) is not None


def token_hash(token: str) -> str:
    """What names a token in our tables."""
    return hashlib.sha256(f"jeton-ds:{token}".encode()).hexdigest()


def note_answer(fabrique: Fabrique, token: str, refus: str) -> None:
    """Keep why DS refuses our token (French), "" once it accepts it again: the page of the synchronisation tells it."""
    ligne = insert(JetonDS).values(
        jeton=token_hash(token), refus=refus[:REFUS_MAXIMAL], refus_at=maintenant() if refus else None
    )
    suite = {"refus": ligne.excluded.refus, "refus_at": ligne.excluded.refus_at, "updated_at": func.now()}
    change = JetonDS.refus.is_distinct_from(ligne.excluded.refus)
    with fabrique.begin() as session:
        session.execute(ligne.on_conflict_do_update(index_elements=["jeton"], set_=suite, where=change))


def purge(session: Session) -> None:
    """Forget the minutes that no longer count."""
    session.execute(delete(DebitDS).where(DebitDS.minute < maintenant() - MEMOIRE))
