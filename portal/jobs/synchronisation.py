"""Runs over the démarches of Démarches Simplifiées: every five minutes, or as soon as somebody asks."""

from datetime import UTC, datetime

import structlog

from portal.errors import Conflict, Invalid
from portal.jobs.application import app, moyens
from portal.services import synchronisation
from portal.services.synchronisation.demarches import commander_passage

journal = structlog.get_logger("portal.jobs.synchronisation")
PAS_MINUTES = 5


@app.periodic(cron=f"*/{PAS_MINUTES} * * * *")
@app.task(name="synchronisation.balayer", queueing_lock="synchronisation.balayer")
def balayer(timestamp: int) -> None:
    """Order a run over each configured démarche; its deletions, slow to list at DS, are asked for once an hour."""
    suppressions = datetime.fromtimestamp(timestamp, UTC).minute < PAS_MINUTES
    with moyens().fabrique.begin() as session:
        for number in moyens().config.ds_demarches:
            commander_passage(session, number, suppressions=suppressions)


@app.task(name="synchronisation.lancer")
def lancer(number: int, suppressions: bool) -> None:
    """One run. A démarche that no service has, or a run already under way, is told in the logs and on the page."""
    try:
        run = synchronisation.sync(moyens(), number, suppressions_aussi=suppressions)
    except (Invalid, Conflict) as raison:
        journal.warning("passage_refuse", demarche=number, genre=type(raison).__name__)
    else:
        journal.info("passage", demarche=number, lus=run.lus, changes=run.changes, panne=bool(run.erreur))
