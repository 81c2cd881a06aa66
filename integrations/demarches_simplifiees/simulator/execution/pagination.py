"""Pages as DS makes them: opaque cursors « timestamp;id », exclusive bounds, a silent ceiling of 100."""

import base64
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from graphql import GraphQLError

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.pannes.catalogue import Pannes

Cle = tuple[datetime, int]
PLAFOND = 100


def connexion(
    cles: Sequence[Cle],
    noeud: Callable[[int], Json],
    *,
    first: int | None,
    after: str | None,
    pannes: Pannes,
    depuis: datetime | None = None,
) -> Json:
    """A DS connection: at most `first` elements after the cursor, from `depuis` on; no cursor on an empty page.

    `cles` are the instants and numbers of all elements, in order; `noeud` gives the element of a number.
    """
    if first is not None and first < 0:
        raise GraphQLError("first must not be negative", extensions={"code": "bad_request"})
    taille = min(PLAFOND if first is None else first, PLAFOND)
    premier = debut = bisect_left(cles, (depuis, 0)) if depuis else 0
    if after:
        debut = max(premier, bisect_right(cles, _lire_curseur(after, pannes)))
        if debut > premier and pannes.frappe("page_repetee"):
            debut = max(premier, debut - taille)
    page = cles[debut : debut + taille]
    aretes = [{"cursor": curseur(cle), "node": noeud(cle[1])} for cle in page]
    return {
        "nodes": [une["node"] for une in aretes],
        "edges": aretes,
        "pageInfo": {
            "hasNextPage": debut + len(page) < len(cles),
            "hasPreviousPage": after is not None,
            "startCursor": aretes[0]["cursor"] if aretes else None,
            "endCursor": aretes[-1]["cursor"] if aretes else None,
        },
    }


def curseur(cle: Cle) -> str:
    """The opaque cursor of an element."""
    moment, numero = cle
    return base64.b64encode(f"{moment.astimezone(UTC).isoformat(timespec='microseconds')};{numero}".encode()).decode()


def _lire_curseur(texte: str, pannes: Pannes) -> Cle:
    try:
        if pannes.frappe("curseur_refuse"):
            raise ValueError
        moment, _, numero = base64.b64decode(texte, validate=True).decode().partition(";")
        return datetime.fromisoformat(moment), int(numero)
    except ValueError as erreur:
        raise GraphQLError("Invalid cursor", extensions={"code": "bad_request"}) from erreur
