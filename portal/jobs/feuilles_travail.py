"""Reads and applies working sheets that came back: at once when they are given, and by a sweep each minute."""

from portal.jobs.application import app, moyens
from portal.services import travail_retours
from portal.services.retours_feuilles import TACHE


@app.task(name=TACHE)
def traiter(retour_id: int) -> None:
    """Read that return, or apply it."""
    travail_retours.run(moyens(), retour_id)


@app.periodic(cron="* * * * *")
@app.task(name="feuilles_travail.balayer", queueing_lock="feuilles_travail.balayer")
def balayer(timestamp: int) -> None:
    """Take up what a killed worker left, or whose order was lost."""
    travail_retours.run_due(moyens())
