"""Copies the files of DS dossiers: when a page that names them is stored, when an agent asks, and by a sweep each minute."""

from portal.jobs.application import app, moyens
from portal.services import antivirus, fichiers_ds


@app.task(name="fichiers_ds.chercher")
def chercher() -> None:
    """Copy what is due for half a minute, then leave the place to others and wait in the queue again."""
    if fichiers_ds.copy_due(moyens()):
        with moyens().fabrique.begin() as session:
            fichiers_ds.order(session)


@app.task(name="fichiers_ds.copier")
def copier(dossier_id: int) -> None:
    """Copy the files of one dossier, before all that waits: an agent is looking at the page."""
    fichiers_ds.copy_one(moyens(), dossier_id)


@app.periodic(cron="* * * * *")
@app.task(name="fichiers_ds.balayer", queueing_lock="fichiers_ds.balayer")
def balayer(timestamp: int) -> None:
    """Take up what is due: after a wait, a killed worker, or an order that was lost."""
    if moyens().ds is not None:
        with moyens().fabrique.begin() as session:
            fichiers_ds.order_due(session)


@app.periodic(cron="*/5 * * * *")
@app.task(name="fichiers_ds.analyser", queueing_lock="fichiers_ds.analyser")
def analyser(timestamp: int) -> None:
    """Ask the antivirus again about what it could not scan."""
    antivirus.scan_due(moyens())
