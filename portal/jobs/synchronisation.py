"""Runs over the démarches of Démarches Simplifiées: every five minutes, in full at night, or as soon as somebody asks."""

from datetime import UTC, datetime

import structlog

from portal.errors import Conflict, Invalid
from portal.jobs.application import app, moyens
from portal.services import debit_ds, synchronisation
from portal.services.synchronisation.demarches import commander_passage
from portal.vocabulaire_ds import GenreRun

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


@app.periodic(cron="20 1 * * *")
@app.task(name="synchronisation.verifier", queueing_lock="synchronisation.verifier")
def verifier(timestamp: int) -> None:
    """Order the full comparison of each configured démarche, and forget what was counted of DS's requests."""
    with moyens().fabrique.begin() as session:
        debit_ds.purge(session)
        for number in moyens().config.ds_demarches:
            commander_passage(session, number, suppressions=True, complet=True)


@app.task(name="synchronisation.lancer")
def lancer(number: int, suppressions: bool, complet: bool = False) -> None:
    """One run. A démarche that no service has, or a run already under way, is told in the logs and on the page."""
    genre = GenreRun.COMPLET if complet else GenreRun.COURANT
    try:
        run = synchronisation.sync(moyens(), number, genre=genre, suppressions_aussi=suppressions)
    except (Invalid, Conflict) as raison:
        journal.warning("passage_refuse", demarche=number, genre=type(raison).__name__)
    else:
        journal.info("passage", demarche=number, lus=run.lus, changes=run.changes, panne=bool(run.erreur))
