"""Runs the migrations alone (advisory lock), one transaction each, with short lock times: the site never waits long."""

from alembic import context
from sqlalchemy import Connection, text

import portal.models as tables
from portal.db import make_engine

VERROU = 7_301_922
DELAI_REQUETE_MS = 300_000
DELAI_VERROU_MS = 4_000

cible = tables.associations.Association.metadata


def migrer(connexion: Connection) -> None:
    """Apply what is asked on that connection."""
    context.configure(
        connection=connexion,
        target_metadata=cible,
        transaction_per_migration=True,
        compare_type=True,
        include_name=lambda nom, genre, _parents: not (genre == "table" and str(nom).startswith("procrastinate_")),
    )
    with context.begin_transaction():
        context.run_migrations()


def en_ligne() -> None:
    """Open a connection from the `sqlalchemy.url` option and migrate under the lock."""
    url = context.config.get_main_option("sqlalchemy.url") or ""
    moteur = make_engine(url, delai_requete_ms=DELAI_REQUETE_MS, delai_verrou_ms=DELAI_VERROU_MS)
    with moteur.connect() as connexion:
        connexion.execute(text("SELECT pg_advisory_lock(:verrou)"), {"verrou": VERROU})
        connexion.commit()
        migrer(connexion)
        connexion.execute(text("SELECT pg_advisory_unlock(:verrou)"), {"verrou": VERROU})
        connexion.commit()
    moteur.dispose()


en_ligne()
