"""Reading DS's JSON without ever tripping: what is absent, null or of another shape reads as nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from integrations.demarches_simplifiees.francais import PARIS

Noeud = Mapping[str, Any]  # what is read
Json = dict[str, Any]  # what is made


def texte(noeud: Noeud, cle: str) -> str:
    """The text under `cle`; "" when absent or null."""
    valeur = noeud.get(cle)
    return "" if valeur is None else str(valeur)


def entier(noeud: Noeud, cle: str) -> int | None:
    """The integer under `cle`, sent as a number or (BigInt) as text; None when there is none."""
    try:
        return int(texte(noeud, cle))
    except ValueError:
        return None


def booleen(noeud: Noeud, cle: str) -> bool | None:
    """The boolean under `cle`, sent as such or as "true"/"false"; None otherwise."""
    return {"true": True, "false": False}.get(texte(noeud, cle).lower())


def objet(noeud: Noeud, cle: str) -> Noeud:
    """The object under `cle`; an empty one when absent or null."""
    valeur = noeud.get(cle)
    return valeur if isinstance(valeur, Mapping) else {}


def objets(noeud: Noeud, cle: str) -> list[Noeud]:
    """The objects of the list under `cle`, nulls left out."""
    valeur = noeud.get(cle)
    return [un for un in valeur if isinstance(un, Mapping)] if isinstance(valeur, list) else []


def textes(noeud: Noeud, cle: str) -> tuple[str, ...]:
    """The texts of the list under `cle`, nulls left out."""
    valeur = noeud.get(cle)
    return tuple(str(un) for un in valeur if un is not None) if isinstance(valeur, list) else ()


def instant(noeud: Noeud, cle: str) -> datetime | None:
    """The ISO 8601 instant under `cle` as aware UTC (DS sends its offset; without one, Paris is meant)."""
    try:
        lu = datetime.fromisoformat(texte(noeud, cle))
        return (lu if lu.tzinfo else lu.replace(tzinfo=PARIS)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
