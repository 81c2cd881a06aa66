"""Counts the statements that a page sends."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

# How the protocol says « run this »: without and with parameters.
EXECUTIONS = ("Query", "Execute")


@contextmanager
def requetes() -> Iterator[list[str]]:
    """Statements sent meanwhile, the savepoints of the tests left out."""
    vues: list[str] = []

    def noter(_connexion: Connection, _curseur: object, texte: str, *_reste: object) -> None:
        if "SAVEPOINT" not in texte:
            vues.append(texte)

    event.listen(Engine, "before_cursor_execute", noter)
    try:
        yield vues
    finally:
        event.remove(Engine, "before_cursor_execute", noter)


@contextmanager
def ordres(connexion: psycopg.Connection[Any]) -> Iterator[list[str]]:
    """What a connection really sends to PostgreSQL meanwhile, COPY included, one entry a statement: libpq's own trace."""
    envoyes: list[str] = []
    with tempfile.TemporaryFile("w+") as trace:
        connexion.pgconn.trace(trace.fileno())
        try:
            yield envoyes
        finally:
            connexion.pgconn.untrace()
            trace.seek(0)
            envoyes += [
                ligne for ligne in trace if ligne.split("\t")[1:2] == ["F"] and ligne.split("\t")[3] in EXECUTIONS
            ]
