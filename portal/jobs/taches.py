"""Tells agents by mail of what is addressed to them: every minute what they want at once, in the morning the rest."""

from portal.formats import maintenant
from portal.jobs.application import app, moyens
from portal.services import abonnements, notifications


@app.periodic(cron="* * * * *")
@app.task(name="taches.prevenir", queueing_lock="taches.prevenir")
def prevenir(timestamp: int) -> None:
    """Owe the mails that are wanted at once, a lot of agents at a time."""
    while _tell_now():
        pass


# Every ten minutes rather than at 7:30: a worker that was down then makes up for it, and nothing is sent twice.
@app.periodic(cron="*/10 * * * *")
@app.task(name="taches.resumer", queueing_lock="taches.resumer")
def resumer(timestamp: int) -> None:
    """Owe the digests of the morning, a lot of agents at a time."""
    while _send_digests():
        pass


@app.periodic(cron="*/10 * * * *")
@app.task(name="taches.suivre_associations", queueing_lock="taches.suivre_associations")
def suivre_associations(timestamp: int) -> None:
    """Inform those who follow an association of what has happened there."""
    with moyens().fabrique.begin() as session:
        abonnements.tell(session, maintenant())


def _tell_now() -> int:
    with moyens().fabrique.begin() as session:
        return notifications.tell_now(session, maintenant())


def _send_digests() -> int:
    with moyens().fabrique.begin() as session:
        return notifications.send_digests(session, maintenant())
