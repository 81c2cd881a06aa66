"""Several small selections read in one statement: each module says its own, they travel together."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Enum, Numeric, Select, Text, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

Lignes = list[tuple[Any, ...]]


def read_together(session: Session, **lots: Select[*tuple[Any, ...]]) -> dict[str, Lignes]:
    """The rows of each selection, by its name, in its own order.

    For selections of a few rows and of plain columns, with their ORDER BY: neither entities nor DISTINCT nor aggregates. Enums,
    instants, days and amounts come back as they would alone.
    """
    ligne = session.execute(select(*(as_column(lot) for lot in lots.values()))).one()
    return {nom: read_column(lues, lot) for (nom, lot), lues in zip(lots.items(), ligne, strict=True)}


def read_column(lues: list[list[Any]], lot: Select[*tuple[Any, ...]]) -> Lignes:
    """The rows of a selection that travelled as a column of another statement, see `as_column`."""
    return [_typer(valeurs, lot) for valeurs in lues]


def as_column(lot: Select[*tuple[Any, ...]]) -> Any:
    """A selection as one column of another statement: an array whose elements are its rows; ARRAY(SELECT …) keeps their order.

    A table of the outer statement that the selection names in its conditions is that of the outer statement.
    """
    valeurs = (cast(une, Text) if isinstance(une.type, Numeric) else une for une in lot.selected_columns)
    lignes = lot.with_only_columns(func.jsonb_build_array(*valeurs))
    return func.array(lignes.scalar_subquery(), type_=ARRAY(JSONB))


def _typer(valeurs: list[Any], lot: Select[*tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(_valeur(une, colonne.type) for une, colonne in zip(valeurs, lot.selected_columns, strict=True))


def _valeur(valeur: Any, genre: TypeEngine[Any]) -> Any:
    """What JSON wrote as a text, as the column holds it."""
    if valeur is None:
        return None
    if isinstance(genre, Enum) and genre.enum_class is not None:
        return genre.enum_class(valeur)
    if isinstance(genre, Numeric):
        return Decimal(valeur)
    if genre.python_type is datetime:
        return datetime.fromisoformat(valeur)
    return date.fromisoformat(valeur) if genre.python_type is date else valeur
