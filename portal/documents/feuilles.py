"""What a workbook holds: sheets, columns, and the values of their cells. Light: `tableur` alone loads openpyxl."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

Genre = Literal["texte", "montant", "date", "instant", "entier", "lien"]


class Lien(NamedTuple):
    """A text that leads to a web address."""

    texte: str
    adresse: str


Valeur = str | Decimal | int | date | datetime | Lien | None


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column: its header, what its cells hold, and its width in characters."""

    titre: str
    genre: Genre = "texte"
    largeur: int = 20


@dataclass(frozen=True, slots=True)
class Feuille:
    """A sheet. `lignes` is read once, so that it may come straight from the database."""

    titre: str
    colonnes: tuple[Colonne, ...]
    lignes: Iterable[tuple[Valeur, ...]]
