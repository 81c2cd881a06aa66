"""Looks again, every minute, at the associations whose dossiers have changed; every night, at those that wait for a decision."""

import structlog

from portal.jobs.application import app, moyens
from portal.services import recoupements

journal_technique = structlog.get_logger("portal.recoupements")


@app.periodic(cron="* * * * *")
@app.task(name="recoupements.calculer", queueing_lock="recoupements.calculer", lock="recoupements")
def calculer(timestamp: int) -> None:
    """A lot of associations at a time, each in its transaction."""
    associations = 0
    while lot := _sweep():
        associations += lot
    if associations:
        journal_technique.info("recoupements_calcules", associations=associations)


@app.periodic(cron="17 2 * * *")
@app.task(name="recoupements.reprendre", queueing_lock="recoupements.reprendre")
def reprendre(timestamp: int) -> None:
    """What changes by the mere passing of days."""
    with moyens().fabrique.begin() as session:
        recoupements.order_open(session)


def _sweep() -> int:
    with moyens().fabrique.begin() as session:
        return recoupements.sweep(session)
