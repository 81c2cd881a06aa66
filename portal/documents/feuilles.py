"""What a workbook holds: sheets, columns, and the values of their cells. Light: those that write it load what they need."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from portal.excel import nom_d_onglet
from portal.formats import PARIS

Genre = Literal["texte", "montant", "date", "instant", "entier", "lien"]
# What XML refuses in a text, whatever the format.
REFUSES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FINS_DE_LIGNE = re.compile("\r\n?")
LIENS_MAXIMAUX = 65_000  # Excel calls « damaged » a sheet that has more than 65,530


class Lien(NamedTuple):
    """A text that leads to a web address."""

    texte: str
    adresse: str

    @property
    def mene(self) -> bool:
        """Only web addresses become links."""
        return self.adresse.startswith(("https://", "http://"))


Valeur = str | Decimal | int | date | datetime | Lien | None


@dataclass(frozen=True, slots=True)
class Colonne:
    """A column: its header, what its cells hold, and its width in characters."""

    titre: str
    genre: Genre = "texte"
    largeur: int = 20


@dataclass(frozen=True, slots=True)
class Feuille:
    """A sheet. `lignes` is read once, so that it may come straight from the database.

    `annexe`: it tells what the others are, and is left out of a file that holds one list (CSV).
    """

    titre: str
    colonnes: tuple[Colonne, ...]
    lignes: Iterable[tuple[Valeur, ...]]
    annexe: bool = False

    @property
    def nom(self) -> str:
        """Its tab's."""
        return nom_d_onglet(self.titre)


@dataclass(frozen=True, slots=True)
class Vue:
    """What leaves: sheets, and how many rows the first one holds, None when nobody counted them."""

    feuilles: tuple[Feuille, ...]
    total: int | None = None


def propre(texte: str) -> str:
    """The text without what a file cannot hold; lines end in one way."""
    if REFUSES.search(texte):
        texte = REFUSES.sub("", texte)
    return FINS_DE_LIGNE.sub("\n", texte) if "\r" in texte else texte


def number_of(genre: Genre, valeur: Decimal | int | date | datetime) -> Decimal | int | date | datetime:
    """A real number, date, or instant of Paris without zone: files have none. Raises TypeError for a misplaced value."""
    if isinstance(valeur, bool) or genre in ("texte", "lien"):
        raise TypeError(f"A column of kind {genre} cannot hold a {type(valeur).__name__}.")
    if isinstance(valeur, datetime):
        local = valeur.astimezone(PARIS)
        return local.date() if genre == "date" else local.replace(tzinfo=None, microsecond=0)
    return valeur
