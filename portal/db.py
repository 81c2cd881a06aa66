"""The declarative base, the naming of constraints, the engine and the session factory. No Flask."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Enum,
    MetaData,
    Numeric,
    Text,
    TypeDecorator,
    create_engine,
    event,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker

from portal.texte_json import ecrire, lire

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

type_montant = Numeric(14, 2)
cle = Annotated[int, mapped_column(BigInteger, primary_key=True)]
Fabrique = sessionmaker[Session]
# Execution options of a statement that PostgreSQL is to plan for its very values each time: prepared, it would be planned once
# for any value, and what a search finds cannot be guessed so.
POUR_CES_VALEURS = {"pour_ces_valeurs": True}


class JsonTexte(TypeDecorator[Any]):
    """JSON that we keep and give back whole, as text: PostgreSQL neither parses it nor looks inside."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _: Dialect) -> str:
        """Text on its way to the database."""
        return ecrire(value).decode()

    def process_result_value(self, value: str | None, _: Dialect) -> Any:
        """A value on its way back."""
        return None if value is None else lire(value)


class Base(DeclarativeBase):
    """Every table's base: amounts are Numeric(14, 2), instants are timezone-aware, dicts are JSONB."""

    metadata = MetaData(naming_convention=CONVENTION)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        Decimal: type_montant,
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        int: BigInteger,
    }


def enum_texte(genre: type[StrEnum]) -> Enum:
    """A StrEnum stored as text with a CHECK that lists its values."""
    return Enum(
        genre,
        native_enum=False,
        create_constraint=True,
        length=40,
        name=genre.__name__.lower(),
        values_callable=lambda e: [membre.value for membre in e],
    )


def make_engine(url: str, *, delai_requete_ms: int = 10_000, delai_verrou_ms: int = 3_000, reserve: int = 5) -> Engine:
    """An engine on psycopg with the time limits of the place that uses it (web 10 s / 3 s, jobs longer).

    Its errors never quote parameters: they are what people have typed, and errors end up in logs.
    """
    options = f"-c statement_timeout={delai_requete_ms} -c lock_timeout={delai_verrou_ms} -c timezone=UTC"
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=reserve,
        max_overflow=reserve,
        hide_parameters=True,
        connect_args={"options": options},
    )
    event.listen(engine, "do_execute", _execute_unprepared)
    return engine


def _execute_unprepared(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
    """Whether it was executed here: a statement of POUR_CES_VALEURS, which psycopg is told not to prepare."""
    if not context or not context.execution_options.get("pour_ces_valeurs"):
        return False
    cursor.execute(statement, parameters, prepare=False)
    return True


def make_fabrique(engine: Engine) -> Fabrique:
    """The session factory of a process. Objects stay readable after the commit."""
    return sessionmaker(bind=engine, expire_on_commit=False)
