"""The database session of a request: GET reads only, POST commits when its view returns and rolls back when it raises."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import current_app, g, request
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from portal.services.moyens import Moyens

BASE_INDISPONIBLE: tuple[type[Exception], ...] = (OperationalError, InterfaceError, PoolTimeout)
METHODES_DE_LECTURE = frozenset({"GET", "HEAD", "OPTIONS"})


def moyens() -> Moyens:
    """What the process was given: configuration, session factory, remote machines."""
    return cast("Moyens", current_app.extensions["moyens"])


def session() -> Session:
    """The session of this request, opened at its first use: read only on a GET."""
    if "session" not in g:
        g.session = moyens().fabrique()
        if request.method in METHODES_DE_LECTURE:
            g.session.connection().exec_driver_sql("SET TRANSACTION READ ONLY")
    return cast("Session", g.session)


@contextmanager
def unit_of_work() -> Iterator[None]:
    """Around a view: commit before the answer leaves, whatever its status; roll back when it raises."""
    try:
        yield
        rendre()
    finally:
        fermer()


def rendre() -> None:
    """Commit, and give the connection back.

    A reading ends so too: a rollback makes psycopg forget every prepared statement of the connection, and PostgreSQL would
    plan each page anew. But within a larger transaction (a test), it leaves that one as it was: it would stay read only.
    """
    ouverte: Session | None = g.get("session")
    if ouverte is None:
        return
    if request.method not in METHODES_DE_LECTURE or not ouverte.connection().in_nested_transaction():
        ouverte.commit()
    fermer()


def fermer() -> None:
    """Give the connection back; what was not committed is rolled back."""
    ouverte: Session | None = g.pop("session", None)
    if ouverte is not None:
        ouverte.close()
