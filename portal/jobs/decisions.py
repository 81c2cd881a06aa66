"""Each morning, looks for the decisions that nobody of the association has opened."""

from portal.jobs.application import app, moyens
from portal.services import recommandes


@app.periodic(cron="20 5 * * *")
@app.task(name="decisions.relancer", queueing_lock="decisions.relancer")
def relancer(timestamp: int) -> None:
    """One transaction a batch, until none is left."""
    dernier = 0
    while True:
        with moyens().fabrique.begin() as session:
            dernier = recommandes.remind(session, apres=dernier)
        if not dernier:
            return
