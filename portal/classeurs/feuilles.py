"""Raw sheets as a reader gives them, what a person sees in their cells, and which rows are not empty."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from typing import Any

Brut = str | int | float | bool | date | datetime | time | timedelta | None
Rangee = Sequence[Brut]

# Rows and columns that are looked at to find the table: the lines themselves are all read.
APERCU = 2_000


@dataclass(frozen=True, slots=True)
class Feuille:
    """A sheet: `lignes[0]` is its first row, empty ones included; rows may be of unequal lengths."""

    nom: str
    cachee: bool
    lignes: Sequence[Rangee]


def texte_vu(brut: Brut) -> str:
    """A cell as a person sees it: whole numbers without « .0 », a decimal comma, days as « 31/01/2026 »."""
    return VUES.get(brut.__class__, str)(brut)


def nombre_vu(nombre: float) -> str:
    """A number of a cell: « 1234,5 », « 21060004500012 »; beyond what a double holds exactly, as it is written."""
    if nombre.is_integer() and abs(nombre) < 2**53:
        return str(int(nombre))
    return repr(nombre).replace(".", ",").replace("e", "E")


def _instant_vu(instant: datetime) -> str:
    return f"{instant:%d/%m/%Y}" if instant.time() == time() else f"{instant:%d/%m/%Y %H:%M:%S}"


VUES: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "",
    str: str.strip,
    bool: lambda vrai: "VRAI" if vrai else "FAUX",
    float: nombre_vu,
    datetime: _instant_vu,
    date: lambda jour: f"{jour:%d/%m/%Y}",
}


def pleine(rangee: Rangee) -> bool:
    """Whether a row holds something: a zero is something, spaces are not."""
    return any(brut is not None and brut != "" and not (isinstance(brut, str) and brut.isspace()) for brut in rangee)


def pleines(feuille: Feuille) -> int:
    """How many rows hold something."""
    return sum(map(pleine, feuille.lignes))


def largeur(feuille: Feuille) -> int:
    """How many columns the first rows use, up to the last that holds something."""
    return max(map(_derniere, feuille.lignes[:APERCU]), default=0)


def _derniere(rangee: Rangee) -> int:
    vides = sum(1 for _ in takewhile(lambda brut: brut is None or brut == "", reversed(rangee)))
    return len(rangee) - vides
