"""Orders a job by name on the session's own connection: a rollback leaves no job, a commit leaves exactly one."""

from typing import Any

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy.orm import Session

# Never opened: every order is given on the connection of the session that asks for it.
_commandes = App(connector=SyncPsycopgConnector())


def commander(
    session: Session, nom: str, *, verrou: str | None = None, unique: str | None = None, **arguments: Any
) -> None:
    """Queue the job `nom` in the session's transaction.

    `verrou`: jobs of the same lock run one after the other. `unique`: nothing is queued while such a job still waits.
    The outboxes are swept besides, so that an order is only the quick way, never the only one.
    """
    session.flush()
    connexion = session.connection().connection.driver_connection
    tache = _commandes.configure_task(nom, connection=connexion, lock=verrou, queueing_lock=unique)
    if unique is None:
        tache.defer(**arguments)
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
