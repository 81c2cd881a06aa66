"""Replays ordered by administrators: what DS had sent is read again by the mappings in force."""

import structlog

from portal.errors import Conflict, NotFound
from portal.jobs.application import app, moyens
from portal.services import rejeu

journal = structlog.get_logger("portal.jobs.rejeu")


@app.task(name="rejeu.lancer")
def lancer(demarche_id: int) -> None:
    """One replay. A synchronisation under way holds the démarche: the order is given again for later."""
    try:
        run = rejeu.replay(moyens(), demarche_id)
    except NotFound:
        journal.warning("rejeu_sans_objet", demarche=demarche_id)
    except Conflict:
        rejeu.postpone(moyens(), demarche_id)
        journal.info("rejeu_reporte", demarche=demarche_id)
    else:
        journal.info("rejeu", demarche=demarche_id, lus=run.lus, changes=run.changes)
