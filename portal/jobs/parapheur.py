"""Reads what came back from the parapheur: as soon as it is sent, and every minute what was left."""

from portal.jobs.application import app, moyens
from portal.services import lectures_parapheur, parapheur


@app.task(name="parapheur.lire")
def lire(retour_id: int) -> None:
    """Read the pages of one sending, and tie each signed copy to its letter."""
    lectures_parapheur.read(moyens(), retour_id)


@app.periodic(cron="* * * * *")
@app.task(name="parapheur.balayer", queueing_lock="parapheur.balayer")
def balayer(timestamp: int) -> None:
    """Order again what is still to be read."""
    with moyens().fabrique.begin() as session:
        for retour_id in lectures_parapheur.due(session):
            parapheur.order(session, retour_id)
