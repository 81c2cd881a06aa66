"""Orders a job by name on the session's own connection: a rollback leaves no job, a commit leaves exactly one."""

from datetime import timedelta
from typing import Any

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.types import TimeDeltaParams
from sqlalchemy import text
from sqlalchemy.orm import Session

ATTENDU = text("SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE queueing_lock = :unique AND status = 'todo')")
URGENT = 10
# Never opened: every order is given on the connection of the session that asks for it.
_commandes = App(connector=SyncPsycopgConnector())


def commander(
    session: Session,
    nom: str,
    *,
    verrou: str | None = None,
    unique: str | None = None,
    dans: timedelta = timedelta(),
    urgent: bool = False,
    **arguments: Any,
) -> None:
    """Queue the job `nom` in the session's transaction.

    `verrou`: jobs of the same lock run one after the other. `unique`: nothing is queued while such a job still waits. `dans`: not
    before that delay. `urgent`: before those that are not, because somebody waits at a page.
    The outboxes are swept besides, so that an order is only the quick way, never the only one.
    """
    session.flush()
    connexion = session.connection().connection.driver_connection
    quand: TimeDeltaParams | None = {"seconds": int(dans.total_seconds())} if dans else None
    rang = URGENT if urgent else None
    tache = _commandes.configure_task(
        nom, connection=connexion, lock=verrou, queueing_lock=unique, schedule_in=quand, priority=rang
    )
    if unique is None:
        tache.defer(**arguments)
        return
    # An order that is refused would make the connection forget all that it has prepared: a pull gives the same one every lot.
    if session.scalar(ATTENDU, {"unique": unique}):
        return
    point = session.begin_nested()
    # The savepoint is sent only when the session next asks for its connection, and procrastinate uses the driver's own.
    session.connection()
    try:
        tache.defer(**arguments)
    except AlreadyEnqueued:
        point.rollback()
    else:
        point.commit()
