"""Reads, writes and undoes imports: at once when they are asked for, and by a sweep each minute."""

from portal.jobs.application import app, moyens
from portal.jobs.priorites import gently
from portal.services import travail_imports
from portal.services.imports import TACHE


@app.task(name=TACHE)
def traiter(lot_id: int) -> None:
    """Do what that import waits for."""
    gently("import", lambda: travail_imports.run(moyens(), lot_id))


@app.periodic(cron="* * * * *")
@app.task(name="imports.balayer", queueing_lock="imports.balayer")
def balayer(timestamp: int) -> None:
    """Take up what a killed worker left, or whose order was lost."""
    gently("imports", lambda: travail_imports.run_due(moyens()))
