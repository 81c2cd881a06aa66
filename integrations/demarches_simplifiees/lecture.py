"""Reading DS's JSON without ever tripping: what is absent, null or of another shape reads as nothing."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

Noeud = Mapping[str, Any]
PARIS = ZoneInfo("Europe/Paris")
MOIS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


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


def date_francaise(iso: str) -> str:
    """ "2026-03-01" as « 1er mars 2026 »; "" when it is no date."""
    try:
        jour = date.fromisoformat(iso)
    except ValueError:
        return ""
    return f"{'1er' if jour.day == 1 else jour.day} {MOIS[jour.month - 1]} {jour.year}"


def nombre_francais(nombre: str) -> str:
    """ "1234.50" as « 1 234,50 » (no-break spaces); the text itself when it is no plain number."""
    entiers, _, decimales = nombre.partition(".")
    if not entiers.removeprefix("-").isdecimal() or (decimales and not decimales.isdecimal()):
        return nombre
    groupes = f"{int(entiers):,}".replace(",", "\N{NO-BREAK SPACE}")
    signe = "-" if entiers.startswith("-") and not groupes.startswith("-") else ""
    return f"{signe}{groupes},{decimales}" if decimales else f"{signe}{groupes}"
