"""Migrations are one line of history, go back, and say what the models say."""

from collections.abc import Iterator

import pytest
from alembic import command
from alembic.config import Config as ConfigAlembic
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect

from integrations.postgresql.grappe import Grappe
from portal.cli.base import config_alembic


@pytest.fixture
def vide(grappe: Grappe) -> Iterator[ConfigAlembic]:
    """Alembic on a database of this test alone, with nothing in it."""
    grappe.creer_base("migrations")
    yield config_alembic(grappe.url("migrations"))
    moteur = create_engine(grappe.url("postgres"), isolation_level="AUTOCOMMIT")
    with moteur.connect() as connexion:
        connexion.exec_driver_sql("DROP DATABASE migrations WITH (FORCE)")
    moteur.dispose()


def _restes(config: ConfigAlembic) -> dict[str, list[str]]:
    """Tables, views, sequences, functions and types of the schema, but for Alembic's own table."""
    moteur = create_engine(config.get_main_option("sqlalchemy.url") or "")
    with moteur.connect() as connexion:
        tables = [t for t in inspect(connexion).get_table_names() if t != "alembic_version"]
        sequences = inspect(connexion).get_sequence_names()
        fonctions = connexion.exec_driver_sql("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")
        types = connexion.exec_driver_sql(
            "SELECT typname FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')"
        )
        restes = {
            "tables": sorted(tables),
            "sequences": sorted(sequences),
            "fonctions": sorted(fonctions.scalars()),
            "types": sorted(types.scalars()),
        }
    moteur.dispose()
    return restes


def test_migrations_are_one_line() -> None:
    suite = ScriptDirectory.from_config(config_alembic("postgresql://"))
    revisions = list(suite.walk_revisions())
    assert len(suite.get_heads()) == 1
    assert len(suite.get_bases()) == 1
    assert [r.revision for r in revisions if r.is_merge_point or r.is_branch_point] == []
    assert [r.revision for r in reversed(revisions)] == [f"{rang:04d}" for rang in range(1, len(revisions) + 1)]


def test_migrations_go_back_to_nothing_and_forward_again(vide: ConfigAlembic) -> None:
    command.upgrade(vide, "head")
    aller = _restes(vide)
    command.downgrade(vide, "base")
    assert not any(_restes(vide).values())
    command.upgrade(vide, "head")
    assert _restes(vide) == aller


def test_models_and_migrations_agree(vide: ConfigAlembic) -> None:
    command.upgrade(vide, "head")
    command.check(vide)
