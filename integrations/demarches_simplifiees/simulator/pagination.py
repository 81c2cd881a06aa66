"""Pages as DS makes them: opaque cursors « timestamp;id », exclusive bounds, a silent ceiling of 100."""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLError

Json = dict[str, Any]
Cle = tuple[datetime, int]
PLAFOND = 100


@dataclass(frozen=True, slots=True)
class Element:
    """A node and what it is sorted by."""

    cle: Cle
    noeud: Json


def connexion(elements: Iterable[Element], *, first: int | None, after: str | None) -> Json:
    """A DS connection: at most `first` elements after the cursor, oldest first; no cursor on an empty page."""
    if first is not None and first < 0:
        raise GraphQLError("first must not be negative", extensions={"code": "bad_request"})
    bas = _lire_curseur(after) if after else None
    suivants = sorted((un for un in elements if bas is None or un.cle > bas), key=lambda un: un.cle)
    page = suivants[: min(PLAFOND if first is None else first, PLAFOND)]
    aretes = [{"cursor": curseur(un.cle), "node": un.noeud} for un in page]
    return {
        "nodes": [un.noeud for un in page],
        "edges": aretes,
        "pageInfo": {
            "hasNextPage": len(suivants) > len(page),
            "hasPreviousPage": after is not None,
            "startCursor": aretes[0]["cursor"] if aretes else None,
            "endCursor": aretes[-1]["cursor"] if aretes else None,
        },
    }


def curseur(cle: Cle) -> str:
    """The opaque cursor of an element."""
    moment, numero = cle
    return base64.b64encode(f"{moment.astimezone(UTC).isoformat(timespec='microseconds')};{numero}".encode()).decode()


def _lire_curseur(texte: str) -> Cle:
    try:
        moment, _, numero = base64.b64decode(texte, validate=True).decode().partition(";")
        return datetime.fromisoformat(moment), int(numero)
    except ValueError as erreur:
        raise GraphQLError("Invalid cursor", extensions={"code": "bad_request"}) from erreur
