"""Opens at DS the drafts that people ask for, at once; a sweep each minute takes up the rest and follows them."""

from portal.jobs.application import app, moyens
from portal.services import envoi_preremplissages


@app.task(name="preremplissages.envoyer")
def envoyer(preremplissage_id: int) -> None:
    """Ask for one draft: somebody waits on its page."""
    envoi_preremplissages.run_one(moyens(), preremplissage_id)


@app.periodic(cron="* * * * *")
@app.task(name="preremplissages.balayer", queueing_lock="preremplissages.balayer")
def balayer(timestamp: int) -> None:
    """Take up what is due: after an outage, a killed worker, or a wait; and recognise the dossiers that were filed."""
    if moyens().ds is not None:
        envoi_preremplissages.run_due(moyens())
