"""Sends to Démarches Simplifiées what we owe it: at once when ordered, and by a sweep each minute."""

from portal.jobs.application import app, moyens
from portal.services import envoi_ds


@app.task(name="operations_ds.executer")
def executer(operation_id: int) -> None:
    """Carry one operation as far as it can go now."""
    envoi_ds.run_one(moyens(), operation_id)


@app.periodic(cron="* * * * *")
@app.task(name="operations_ds.balayer", queueing_lock="operations_ds.balayer")
def balayer(timestamp: int) -> None:
    """Take up what is due: after a wait, a killed worker, or an order that was lost."""
    if moyens().ds is not None:
        envoi_ds.run_due(moyens())
