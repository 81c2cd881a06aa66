"""Workbooks (.xlsx): the only door to openpyxl. Text stays text: no cell that we write is ever a formula.

Importing this module loads openpyxl (0.3 s): import it where the workbook is made, `feuilles` everywhere else.
"""

import re
from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from portal.documents.feuilles import Colonne, Feuille, Genre, Lien, Valeur
from portal.formats import PARIS

FORMATS: dict[Genre, str] = {
    "texte": "@",
    "montant": '#,##0.00\u00a0"€"',
    "date": "dd/mm/yyyy",
    "instant": 'dd/mm/yyyy\u00a0hh"h"mm',
    "entier": "0",
    "lien": "@",
}
TEXTE_MAXIMAL = 32_767  # characters in a cell, a limit of Excel
COUPURE = "… (texte coupé)"


def classeur(feuilles: Sequence[Feuille]) -> bytes:
    """The .xlsx file of some sheets, with frozen headers and filters. Raises TypeError for a misplaced value."""
    livre = Workbook(write_only=True)
    for feuille in feuilles:
        with closing(livre.create_sheet(_titre(feuille.titre))) as page:  # closed early: an error leaves no open file
            _ecrire(page, feuille)
    tampon = BytesIO()
    livre.save(tampon)
    return tampon.getvalue()


def _ecrire(page: Worksheet, feuille: Feuille) -> None:
    page.freeze_panes = "A2"
    for rang, colonne in enumerate(feuille.colonnes, start=1):
        page.column_dimensions[get_column_letter(rang)].width = colonne.largeur
    page.append([_entete(page, colonne) for colonne in feuille.colonnes])
    dernier = 1
    for dernier, ligne in enumerate(feuille.lignes, start=2):  # noqa: B007  # the number of the last row is what we keep
        page.append([_cellule(page, c, valeur) for c, valeur in zip(feuille.colonnes, ligne, strict=True)])
    page.auto_filter.ref = f"A1:{get_column_letter(len(feuille.colonnes))}{dernier}"


def _titre(texte: str) -> str:
    """Excel refuses some characters in a tab's name, and more than 31 of them."""
    return re.sub(r"[\[\]:*?/\\]", " ", ILLEGAL_CHARACTERS_RE.sub("", texte))[:31]


def _entete(page: Worksheet, colonne: Colonne) -> Cell:
    cellule = _texte(page, colonne.titre)
    cellule.font = Font(bold=True)
    cellule.alignment = Alignment(wrap_text=True, vertical="top")
    return cellule


def _cellule(page: Worksheet, colonne: Colonne, valeur: Valeur) -> Cell | None:
    if valeur is None:
        return None
    if isinstance(valeur, Lien):
        return _lien(page, valeur)
    cellule = _texte(page, valeur) if isinstance(valeur, str) else _nombre(page, colonne.genre, valeur)
    cellule.number_format = FORMATS[colonne.genre]
    return cellule


def _texte(page: Worksheet, texte: str) -> Cell:
    propre = ILLEGAL_CHARACTERS_RE.sub("", texte)
    if len(propre) > TEXTE_MAXIMAL:
        propre = propre[: TEXTE_MAXIMAL - len(COUPURE)] + COUPURE
    cellule = WriteOnlyCell(page, value=propre)
    cellule.data_type = "s"  # after the value: openpyxl makes a formula of a leading « = »
    return cellule


def _lien(page: Worksheet, lien: Lien) -> Cell:
    cellule = _texte(page, lien.texte)
    if lien.adresse.startswith(("https://", "http://")):
        cellule.hyperlink = lien.adresse
        cellule.font = Font(underline="single")
    return cellule


def _nombre(page: Worksheet, genre: Genre, valeur: Decimal | int | date | datetime) -> Cell:
    """A real number or date. Excel has no time zone: instants are shown in Europe/Paris."""
    if isinstance(valeur, bool) or (genre == "texte"):
        raise TypeError(f"A column of kind {genre} cannot hold a {type(valeur).__name__}.")
    if isinstance(valeur, datetime):
        local = valeur.astimezone(PARIS)
        valeur = local.date() if genre == "date" else local.replace(tzinfo=None)
    cellule = WriteOnlyCell(page)
    cellule.value = valeur
    return cellule
