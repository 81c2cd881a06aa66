"""`portal base`: the schema of the database."""

from pathlib import Path

import click
from alembic import command
from alembic.config import Config as ConfigAlembic

from portal.cli.transaction import base_joignable
from portal.config import Config

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def config_alembic(url: str) -> ConfigAlembic:
    """Alembic's configuration for that database (no ini file)."""
    config = ConfigAlembic()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


@click.group()
def base() -> None:
    """Schéma de la base de données."""


@base.command()
def migrer() -> None:
    """Amène le schéma à la version de ce code."""
    with base_joignable():
        command.upgrade(config_alembic(Config.from_env().database_url), "head")
    click.echo("Base de données à jour.")
