"""Carries lots to their end in a worker: one transaction for each dossier."""

from datetime import timedelta

from portal.services import lots
from portal.services.moyens import Moyens
from portal.services.pas_a_pas import Etapes, carry

ETAPES = Etapes(lots.advance, lots.put_off, lots.release)


def run(moyens: Moyens, lot_id: int, *, bail: timedelta = lots.BAIL) -> None:
    """Do that lot, if nobody else is doing it."""
    with moyens.fabrique.begin() as session:
        marque = lots.take(session, lot_id, bail=bail)
    carry(moyens, ETAPES, lot_id, marque)


def run_due(moyens: Moyens, *, bail: timedelta = lots.BAIL) -> int:
    """Take up the lots that nobody is doing, oldest first; how many there were."""
    with moyens.fabrique() as session:
        dus = lots.due(session, bail=bail)
    for lot_id in dus:
        run(moyens, lot_id, bail=bail)
    return len(dus)
