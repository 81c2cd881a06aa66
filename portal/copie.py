"""Writes many new rows at once, through PostgreSQL's COPY: a page of dossiers costs a tenth of what the ORM would.

The door to psycopg's own interface. Triggers, constraints and savepoints work as for any INSERT.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

import psycopg
from psycopg.types.json import Jsonb
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Numeric,
    String,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.db import Base, JsonTexte
from portal.texte_json import canonique, ecrire

Ligne = Mapping[str, Any]
TIRER = text("SELECT nextval(CAST(:suite AS regclass)) FROM generate_series(1, :combien)")
# How PostgreSQL calls, in COPY's binary format, what our columns hold.
GENRES: tuple[tuple[type[Any], str], ...] = (
    (BigInteger, "int8"),
    (JsonTexte, "bytea"),  # the same bytes as a text: nothing is decoded to be encoded again
    (String, "text"),
    (DateTime, "timestamptz"),
    (Date, "date"),
    (Numeric, "numeric"),
    (Boolean, "bool"),
    (JSONB, "jsonb"),
)


def copy_rows(session: Session, modele: type[Base], lignes: Sequence[Ligne]) -> None:
    """Insert these rows, that name the same columns; one that they leave out takes its default, as with the ORM.

    Nothing is read back, no object is made. Raises what an INSERT would (sqlalchemy.exc.DBAPIError).
    """
    if not lignes:
        return
    session.flush()
    plan = _plan(modele, tuple(lignes[0]))
    connexion: Any = session.connection().connection.driver_connection
    try:
        with connexion.cursor() as curseur, curseur.copy(plan.ordre) as copie:
            copie.set_types(plan.genres)
            for ligne in lignes:
                copie.write_row(plan.valeurs(ligne))
    except psycopg.Error as cause:
        raise DBAPIError.instance(plan.ordre, None, cause, psycopg.Error, hide_parameters=True) from None


def among(colonne: InstrumentedAttribute[Any], valeurs: Iterable[Any]) -> ColumnElement[bool]:
    """The column holds one of these values. The statement is the same for two and for fifty: it is prepared once.

    As a set to join: against « = ANY(array) » a plan made while the table was small would compare each row with each value.
    """
    return colonne.in_(select(func.unnest(literal(list(valeurs), ARRAY(colonne.type)))))


def draw_ids(session: Session, modele: type[Base], combien: int) -> list[int]:
    """That many ids of a table, never given again, in ascending order."""
    tirage = {"suite": f"{modele.__tablename__}_id_seq", "combien": combien}
    return list(session.scalars(TIRER, tirage))


@dataclass(frozen=True)
class _Plan:
    """How the rows of a table are written when they name these columns: `tournures` by place, for the few that need one."""

    ordre: str
    genres: list[str]
    lire: Callable[[Ligne], tuple[Any, ...]]
    tournures: list[tuple[int, Callable[[Any], Any]]]
    defauts: list[Any]

    def valeurs(self, ligne: Ligne) -> list[Any]:
        valeurs = [*self.lire(ligne), *self.defauts]
        for place, tourner in self.tournures:
            valeurs[place] = tourner(valeurs[place])
        return valeurs


@cache
def _plan(modele: type[Base], noms: tuple[str, ...]) -> _Plan:
    colonnes = modele.__table__.columns
    defauts = {un.name: un.default for un in colonnes if un.default is not None and un.name not in noms}
    ecrites = [colonnes[nom] for nom in (*noms, *defauts)]
    return _Plan(
        ordre=f"COPY {modele.__tablename__} ({', '.join(un.name for un in ecrites)}) FROM STDIN (FORMAT BINARY)",
        genres=[_genre(un.type) for un in ecrites],
        lire=itemgetter(*noms),
        tournures=[(place, tourner) for place, une in enumerate(ecrites) if (tourner := _tournure(une.type))],
        defauts=[_defaut(defaut) for defaut in defauts.values()],
    )


def _genre(genre: Any) -> str:
    return next(nom for classe, nom in GENRES if isinstance(genre, classe))


def _tournure(genre: Any) -> Callable[[Any], Any] | None:
    if isinstance(genre, JsonTexte):
        return ecrire
    return _jsonb if isinstance(genre, JSONB) else None


def _jsonb(valeur: Any) -> Jsonb | None:
    return None if valeur is None else Jsonb(valeur, canonique)


def _defaut(defaut: Any) -> Any:
    """What the ORM would write: a value, or what a function such as `dict` makes."""
    return defaut.arg(None) if defaut.is_callable else defaut.arg
