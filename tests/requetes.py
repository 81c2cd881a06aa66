"""Counts the statements that a page sends."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine


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
