"""Reminds those who are asked for an avis, one party in one transaction."""

from portal.formats import maintenant
from portal.jobs.application import app, moyens
from portal.services import rappels_avis


# Every ten minutes rather than at eight: a worker that was down then makes up for it, and nothing is sent twice.
@app.periodic(cron="*/10 * * * *")
@app.task(name="avis.rappeler", queueing_lock="avis.rappeler")
def rappeler(timestamp: int) -> None:
    """Owe the reminders of the day."""
    while _remind_one():
        pass


def _remind_one() -> int:
    with moyens().fabrique.begin() as session:
        return rappels_avis.send_due(session, maintenant())
