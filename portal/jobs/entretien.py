"""Housekeeping: jobs of killed workers go back to the queue, the day's journal is sealed, what has expired goes."""

from procrastinate import JobContext

from portal.jobs.application import app, moyens
from portal.services import constats, entretien, exports_perimes, journal

# The heartbeat of a worker is 10 s: below this, a living one could be robbed of its job.
SILENCE_SECONDES = 30


@app.periodic(cron="* * * * *")
@app.task(name="entretien.reprendre", queueing_lock="entretien.reprendre", pass_context=True)
async def reprendre(context: JobContext, timestamp: int) -> None:
    """Put back in the queue the jobs whose worker died."""
    for travail in await context.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=SILENCE_SECONDES):
        await context.app.job_manager.retry_job(travail)


# Every hour, so that a worker that was down at midnight seals the day all the same: one root a day, whatever happens.
@app.periodic(cron="50 * * * *")
@app.task(name="entretien.sceller", queueing_lock="entretien.sceller")
def sceller(timestamp: int) -> None:
    """Write the day's root of the journal."""
    with moyens().fabrique.begin() as session:
        journal.seal_day(session)


@app.periodic(cron="17 * * * *")
@app.task(name="entretien.purger", queueing_lock="entretien.purger")
def purger(timestamp: int) -> None:
    """Forget what has expired."""
    with moyens().fabrique.begin() as session:
        entretien.purge(session)


# Bytes go after the rows that spoke of them: a row never speaks of bytes that are not there.
@app.periodic(cron="*/10 * * * *")
@app.task(name="entretien.balayer_exports", queueing_lock="entretien.balayer_exports")
def balayer_exports(timestamp: int) -> None:
    """Forget the files of exports that are over."""
    with moyens().fabrique.begin() as session:
        cles = exports_perimes.sweep(session)
    for cle in cles:
        moyens().stockage.supprimer(cle)


@app.periodic(cron="23 * * * *")
@app.task(name="entretien.clore_constats", queueing_lock="entretien.clore_constats")
def clore_constats(timestamp: int) -> None:
    """Close the statements whose delay is over, and erase their words."""
    with moyens().fabrique.begin() as session:
        constats.expire(session)
