"""One run at a time over a démarche: a PostgreSQL advisory lock, held by a connection of its own, freed by its death."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from portal.db import Fabrique
from portal.errors import Conflict


@contextmanager
def verrou(fabrique: Fabrique, demarche_id: int) -> Iterator[None]:
    """Hold the lock for the time of the block. Raises Conflict when another run holds it."""
    with fabrique() as session:
        moteur = session.get_bind().engine
    cle = {"nom": f"synchronisation:{demarche_id}"}
    with moteur.connect().execution_options(isolation_level="AUTOCOMMIT") as connexion:
        if not connexion.scalar(text("SELECT pg_try_advisory_lock(hashtextextended(:nom, 0))"), cle):
            raise Conflict("Une synchronisation de cette démarche est déjà en cours : celle-ci n’a pas commencé.")
        try:
            yield
        finally:
            connexion.execute(text("SELECT pg_advisory_unlock(hashtextextended(:nom, 0))"), cle)
