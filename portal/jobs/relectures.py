"""Reads again the DS dossiers that webhooks announced: soon after, and by a sweep each minute."""

from portal.jobs.application import app, moyens
from portal.services import relectures


@app.task(name=relectures.TACHE, queueing_lock=relectures.TACHE)
def lire() -> None:
    """Read what is due."""
    relectures.run_due(moyens())


@app.periodic(cron="* * * * *")
@app.task(name="relectures.balayer", queueing_lock="relectures.balayer")
def balayer(timestamp: int) -> None:
    """Take up what failed, and what a killed worker left."""
    if moyens().ds is not None:
        relectures.run_due(moyens())
