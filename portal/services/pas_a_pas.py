"""Carries long work to its end in a worker, one transaction for each step: killed anywhere, it goes on from the last one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.services.moyens import Moyens


@dataclass(frozen=True, slots=True)
class Etapes:
    """How a kind of work goes forward. `marque`: the lease that its worker holds.

    `advance`: do the next step; the new mark, None when all is done or the lease is somebody else's.
    Raises what the database raises.
    `put_off`: after such a failure, go on without what failed; the new mark, None when nothing is to blame.
    `release`: let somebody else take it at once.
    """

    advance: Callable[[Session, int, datetime], datetime | None]
    put_off: Callable[[Session, int, datetime, Exception], datetime | None]
    release: Callable[[Session, int, datetime], None]


def carry(moyens: Moyens, etapes: Etapes, ident: int, marque: datetime | None) -> None:
    """Do step after step while the lease is held. One on which the database gives up is put off, the others go on.

    A database that does not answer at all stops the work, which is taken up again by the next sweep. Raises what it raised.
    """
    while marque is not None:
        try:
            with moyens.fabrique.begin() as session:
                suivante = etapes.advance(session, ident, marque)
        except Exception as faute:
            suivante = _put_off(moyens, etapes, ident, marque, faute)
            if suivante is None:
                raise
        marque = suivante


def _put_off(moyens: Moyens, etapes: Etapes, ident: int, marque: datetime, faute: Exception) -> datetime | None:
    with moyens.fabrique.begin() as session:
        suivante = etapes.put_off(session, ident, marque, faute)
        if suivante is None:
            etapes.release(session, ident, marque)
    return suivante
