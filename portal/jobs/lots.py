"""Does lots: at once when they are asked for, and by a sweep each minute."""

from portal.jobs.application import app, moyens
from portal.services import travail_lots
from portal.services.lots import TACHE


@app.task(name=TACHE)
def executer(lot_id: int) -> None:
    """Carry one lot to its end."""
    travail_lots.run(moyens(), lot_id)


@app.periodic(cron="* * * * *")
@app.task(name="lots.balayer", queueing_lock="lots.balayer")
def balayer(timestamp: int) -> None:
    """Take up what a killed worker left, or whose order was lost."""
    travail_lots.run_due(moyens())
