"""Sends the letters that the outbox owes: each as soon as its transaction commits, and every minute what was left."""

from portal.jobs.application import app, moyens
from portal.services import courriels


@app.task(name="courriels.envoyer")
def envoyer(courriel_id: int) -> None:
    """Send that letter if nobody has yet."""
    courriels.send_due(moyens(), courriel_id=courriel_id)


@app.periodic(cron="* * * * *")
@app.task(name="courriels.balayer", queueing_lock="courriels.balayer")
def balayer(timestamp: int) -> None:
    """Send every letter that is due: those of killed workers and of a carrier that was down."""
    while courriels.send_due(moyens()):
        pass
