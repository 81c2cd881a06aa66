"""One run at a time over a démarche: a PostgreSQL advisory lock, held by a connection of its own, freed by its death."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from portal.db import Fabrique
from portal.errors import Conflict

TENU = text("SELECT pg_backend_pid()")
PERDU = (
    "La connexion qui réservait cette démarche à ce passage s’est rompue. "
    "Ce qui était lu est conservé, le passage suivant reprendra la suite."
)


class VerrouPerdu(Conflict):
    """The connection that held the lock has died: another run may have begun."""


@contextmanager
def verrou(fabrique: Fabrique, demarche_id: int) -> Iterator[Callable[[], None]]:
    """Hold the lock for the time of the block, and give what checks that it is still held (it raises VerrouPerdu otherwise).

    Raises Conflict when another run holds it.
    """
    with fabrique() as session:
        moteur = session.get_bind().engine
    cle = {"nom": f"synchronisation:{demarche_id}"}
    with moteur.connect().execution_options(isolation_level="AUTOCOMMIT") as connexion:
        if not connexion.scalar(text("SELECT pg_try_advisory_lock(hashtextextended(:nom, 0))"), cle):
            raise Conflict("Une synchronisation de cette démarche est déjà en cours\u00a0: celle-ci n’a pas commencé.")
        titulaire = connexion.scalar(TENU)
        try:
            yield lambda: _check(connexion, titulaire)
        finally:
            if _holder(connexion) == titulaire:
                connexion.execute(text("SELECT pg_advisory_unlock(hashtextextended(:nom, 0))"), cle)


def _check(connexion: Connection, titulaire: int) -> None:
    # SQLAlchemy opens a new connection in the place of a dead one, which holds nothing.
    if _holder(connexion) != titulaire:
        raise VerrouPerdu(PERDU)


def _holder(connexion: Connection) -> int | None:
    try:
        lu: int | None = connexion.scalar(TENU)
    except SQLAlchemyError:
        return None
    return lu
