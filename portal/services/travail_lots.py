"""Carries lots to their end in a worker: one transaction for each dossier."""

from datetime import datetime, timedelta

from portal.services import lots
from portal.services.moyens import Moyens


def run(moyens: Moyens, lot_id: int, *, bail: timedelta = lots.BAIL) -> None:
    """Do that lot, if nobody else is doing it. A dossier on which the database gives up is put off, the others go on.

    A database that does not answer at all stops the lot, which is taken up again once the lease has ended.
    """
    with moyens.fabrique.begin() as session:
        marque = lots.take(session, lot_id, bail=bail)
    while marque is not None:
        try:
            with moyens.fabrique.begin() as session:
                suivante = lots.advance(session, lot_id, marque)
        except Exception as faute:
            suivante = _put_off(moyens, lot_id, marque, faute)
            if suivante is None:
                raise
        marque = suivante


def _put_off(moyens: Moyens, lot_id: int, marque: datetime, faute: Exception) -> datetime | None:
    """Go on after a failure on one line; without a line to blame, let somebody else take the lot at once."""
    with moyens.fabrique.begin() as session:
        suivante = lots.put_off(session, lot_id, marque, faute)
        if suivante is None:
            lots.release(session, lot_id, marque)
    return suivante


def run_due(moyens: Moyens, *, bail: timedelta = lots.BAIL) -> int:
    """Take up the lots that nobody is doing, oldest first; how many there were."""
    with moyens.fabrique() as session:
        dus = lots.due(session, bail=bail)
    for lot_id in dus:
        run(moyens, lot_id, bail=bail)
    return len(dus)
