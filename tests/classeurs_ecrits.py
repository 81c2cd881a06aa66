"""Workbooks as people make them, written by the tests, and their raw sheets as the reader of the portal gives them."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO, StringIO

from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from portal.classeurs.feuilles import Feuille
from portal.classeurs.moteur import examiner, lignes
from portal.classeurs.resultats import Consigne, Constat, LigneLue
from portal.vocabulaire_imports import GenreImport

Cellule = str | int | float | bool | date | datetime | time | None
Rangees = Sequence[Sequence[Cellule]]


@dataclass(frozen=True)
class Ecrit:
    """A file that was written. `feuilles`: as its reader gives them."""

    feuilles: list[Feuille]
    genre_de_fichier: str = "xlsx"
    base_1904: bool = False
    octets: bytes = b""


def xlsx(
    feuilles: Mapping[str, Rangees],
    *,
    cachees: Sequence[str] = (),
    fusions: Mapping[str, Sequence[str]] | None = None,
    base_1904: bool = False,
) -> Ecrit:
    """An Excel workbook of these sheets, hidden ones and merged cells included."""
    livre = Workbook()
    livre.remove(livre.active)
    if base_1904:
        livre.epoch = CALENDAR_MAC_1904
    for nom, rangees in feuilles.items():
        page = livre.create_sheet(nom)
        page.sheet_state = "hidden" if nom in cachees else "visible"
        for rang, rangee in enumerate(rangees, start=1):
            for colonne, valeur in enumerate(rangee, start=1):
                if valeur not in {None, ""}:
                    cellule = page.cell(rang, colonne, valeur)
                    cellule.data_type = "s" if isinstance(valeur, str) else cellule.data_type
        for plage in (fusions or {}).get(nom, ()):
            page.merge_cells(plage)
    tampon = BytesIO()
    livre.save(tampon)
    return Ecrit(lues(tampon.getvalue()), "xlsx", base_1904, tampon.getvalue())


def lues(octets: bytes) -> list[Feuille]:
    """The raw sheets of a workbook, empty rows and columns included."""
    livre = CalamineWorkbook.from_filelike(BytesIO(octets))
    return [
        Feuille(
            une.name,
            une.visible != SheetVisibleEnum.Visible,
            livre.get_sheet_by_name(une.name).to_python(skip_empty_area=False),
        )
        for une in livre.sheets_metadata
    ]


def texte(contenu: str, separateur: str = ";") -> Ecrit:
    """A CSV file, once its bytes are characters."""
    return Ecrit([Feuille("", False, list(csv.reader(StringIO(contenu), delimiter=separateur)))], "csv")


@dataclass
class Lecture:
    """What the engine understood of a file."""

    constat: Constat
    lignes: list[LigneLue] = field(default_factory=list)

    @property
    def champs(self) -> dict[str, str]:
        """The titles of the columns that give a field, by field."""
        return {une.champ: une.titre for une in self.constat.colonnes if une.champ}

    @property
    def gardees(self) -> list[LigneLue]:
        """The lines of the table: what was left out is not among them."""
        return [une for une in self.lignes if not any(remarque.champ == "hors_tableau" for remarque in une.remarques)]

    @property
    def dehors(self) -> list[int]:
        """The rows that were left out, each with its reason."""
        return [
            une.numero for une in self.lignes if any(remarque.champ == "hors_tableau" for remarque in une.remarques)
        ]


def comprendre(ecrit: Ecrit, genre: GenreImport, **choix: object) -> Lecture:
    """The file, read by the engine."""
    consigne = Consigne(genre, **choix)
    constat = examiner(ecrit.feuilles, consigne, format_lu=ecrit.genre_de_fichier, base_1904=ecrit.base_1904)
    feuille = next(une for une in ecrit.feuilles if une.nom == constat.feuille)
    return Lecture(constat, list(lignes(feuille, constat, [])))
