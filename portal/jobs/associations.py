"""Completes the associations typed by hand, every hour, and reminds people of the end of their mandat."""

from portal.jobs.application import app, moyens
from portal.services import completions, rappels_mandats


@app.periodic(cron="37 * * * *")
@app.task(name="associations.completer", queueing_lock="associations.completer")
def completer(timestamp: int) -> None:
    """Ask the register again about those that are due."""
    completions.complete_due(moyens())


@app.periodic(cron="42 * * * *")
@app.task(name="associations.rappeler", queueing_lock="associations.rappeler")
def rappeler(timestamp: int) -> None:
    """Tell those whose last day comes, some at a time."""
    while _remind():
        pass


def _remind() -> int:
    with moyens().fabrique.begin() as session:
        return rappels_mandats.remind_due(session)
