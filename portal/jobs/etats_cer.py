"""Once an hour, where associations stand with the CER is written again on the dossiers that say otherwise."""

import structlog

from portal.jobs.application import app, moyens
from portal.services import etats_cer

journal_technique = structlog.get_logger("portal.etats_cer")


@app.periodic(cron="41 * * * *")
@app.task(name="etats_cer.rafraichir", queueing_lock="etats_cer.rafraichir")
def rafraichir(timestamp: int) -> None:
    """Write what differs."""
    with moyens().fabrique.begin() as session:
        ecrits = etats_cer.refresh_all(session)
    journal_technique.info("etats_cer_rafraichis", dossiers=ecrits)
