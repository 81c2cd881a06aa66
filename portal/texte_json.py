"""JSON as compact text, quickly: a first pull writes tens of kilobytes for each dossier. The door to orjson."""

import json
import re
from typing import Any

import orjson

_CANONIQUE = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def ecrire(valeur: Any) -> bytes:
    """The compact UTF-8 text of a JSON value. Bytes are such a text already.

    Raises ValueError for a NUL character, which no text of PostgreSQL holds, and TypeError for what is not JSON.
    """
    if isinstance(valeur, bytes):
        return valeur
    ecrit = orjson.dumps(valeur)
    if b"\\u0000" in ecrit and NUL.search(ecrit):
        raise ValueError("A NUL character cannot be kept")
    return ecrit


def canonique(valeur: Any) -> bytes:
    """The one form of a JSON value, that the journal hashes: compact UTF-8, keys sorted, as `json` writes it.

    Raises TypeError for what is not JSON.
    """
    try:
        return orjson.dumps(valeur, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # an integer of more than 64 bits
        return _CANONIQUE(valeur).encode()


def lire(texte: str) -> Any:
    """The value of a JSON text. Raises ValueError when it is none."""
    return orjson.loads(texte)
