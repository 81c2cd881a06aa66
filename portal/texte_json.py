"""JSON as compact text, quickly: a first pull writes tens of kilobytes for each dossier. The door to orjson."""

import re
from typing import Any

import orjson

NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class Ecrit(str):
    """A JSON value written already."""

    __slots__ = ()


def ecrire(valeur: Any) -> str:
    """The compact text of a JSON value.

    Raises ValueError for a NUL character, which no text of PostgreSQL holds, and TypeError for what is not JSON.
    """
    if isinstance(valeur, Ecrit):
        return valeur
    octets = orjson.dumps(valeur)
    if b"\\u0000" in octets and NUL.search(octets):
        raise ValueError("A NUL character cannot be kept")
    return octets.decode()


def lire(texte: str) -> Any:
    """The value of a JSON text. Raises ValueError when it is none."""
    return orjson.loads(texte)
