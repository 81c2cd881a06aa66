"""Closes the days of signatures and issues the receipts with proof: what a stopped worker has missed is caught up in order."""

from portal.jobs.application import app, moyens
from portal.services import arbres_cer


@app.periodic(cron="5 * * * *")
@app.task(name="arbres_cer.fermer", queueing_lock="arbres_cer.fermer")
def fermer(timestamp: int) -> None:
    """Close every day that is over, one transaction each, then issue what is missing, some at a time."""
    while _close():
        pass
    while _issue():
        pass


def _close() -> bool:
    with moyens().fabrique.begin() as session:
        return arbres_cer.close_next_day(session) is not None


def _issue() -> int:
    with moyens().fabrique.begin() as session:
        return arbres_cer.issue_proofs(session, adresse=moyens().config.portal_url)
