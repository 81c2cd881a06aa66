"""What commands share: the means of the environment, one transaction, and errors told in French with exit code 1."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.cli.francais import Refus
from portal.config import Config
from portal.errors import PortalError
from portal.services.moyens import Moyens, make_moyens

BASE_INJOIGNABLE = (
    "La base de données ne répond pas ou refuse la connexion\u00a0: "
    "vérifiez DATABASE_URL, et que PostgreSQL est en marche."
)


@contextmanager
def base_joignable() -> Iterator[None]:
    """A database that cannot be reached becomes a Refus."""
    try:
        yield
    except OperationalError as panne:
        if getattr(panne.orig, "sqlstate", None):  # PostgreSQL answered: it is not unreachable, something else is wrong
            raise
        raise Refus(BASE_INJOIGNABLE) from panne


@contextmanager
def commande(*, delai_requete_ms: int = 10_000) -> Iterator[Moyens]:
    """The means that the environment describes, given back at the end; no query lasts longer than `delai_requete_ms`.

    An expected error becomes a Refus, and so does a database that cannot be reached.
    """
    moyens = make_moyens(Config.from_env(), delai_requete_ms=delai_requete_ms)
    try:
        with base_joignable():
            yield moyens
    except PortalError as refus:
        raise Refus(refus.message) from refus
    finally:
        moyens.fabrique.kw["bind"].dispose()


@contextmanager
def transaction() -> Iterator[Session]:
    """One transaction on the database of the environment: all or nothing."""
    with commande() as moyens, moyens.fabrique.begin() as session:
        yield session
