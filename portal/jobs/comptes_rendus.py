"""Owes the comptes rendus of notified grants, and reminds of those that are due: what was missed is caught up."""

from portal.formats import aujourdhui
from portal.jobs.application import app, moyens
from portal.services import comptes_rendus, rappels


@app.periodic(cron="35 * * * *")
@app.task(name="comptes_rendus.suivre", queueing_lock="comptes_rendus.suivre")
def suivre(timestamp: int) -> None:
    """Create what is missing, then remind, one transaction a batch."""
    while _create():
        pass
    while _remind():
        pass


def _create() -> int:
    with moyens().fabrique.begin() as session:
        return comptes_rendus.create_missing(session)


def _remind() -> int:
    with moyens().fabrique.begin() as session:
        return rappels.remind(session, aujourdhui())
