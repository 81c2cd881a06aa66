"""What would stop the portal from serving."""

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError
from sqlalchemy.orm import Session

REQUETE_REFUSEE = ProgrammingError  # what a statement raises on a schema that has not, or no longer, what it names
MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


@cache
def schema_attendu() -> str:
    """The revision that this code expects."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def defauts(session: Session) -> list[str]:
    """French sentences, one per reason not to serve; an empty list when all is well."""
    try:
        actuelle = session.scalar(text("SELECT version_num FROM alembic_version"))
    except REQUETE_REFUSEE:  # the table of versions is not there: an empty database
        actuelle = None
    except SQLAlchemyError:
        return ["La base de données ne répond pas."]
    if actuelle != schema_attendu():
        return ["Le schéma de la base n’est pas celui de ce code\u00a0: lancez «\u00a0portal base migrer\u00a0»."]
    return []
