"""The workbook (.xlsx) that gives a file back with what is wrong in it: bad cells coloured and commented, nothing changed.

A sibling of `tableur`, and like it a door to openpyxl: import it where the workbook is made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO
from typing import Any, NamedTuple

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from portal.documents.feuilles import Feuille
from portal.vocabulaire_imports import VerdictLigne

COULEURS = {
    VerdictLigne.REJETE: PatternFill("solid", fgColor="FFF8C9C9"),
    VerdictLigne.AVERTISSEMENT: PatternFill("solid", fgColor="FFFCE8B2"),
}
AUTEUR = "Portail"
TITRE_VERDICT, TITRE_RAISON, TITRE_LIGNE = "Verdict", "Ce qui ne va pas", "Ligne du fichier"
TEXTE_MAXIMAL = 32_767
# Whole numbers that a spreadsheet would show as « 7,33E+13 », and the first day that it counts without a fault.
LONG, PREMIER_JOUR = 10**11, date(1900, 3, 1)


@dataclass(frozen=True, slots=True)
class LigneAnnotee:
    """A line as it was read. `remarques`: by column (from 0), the gravest verdict and what is said of the cell."""

    numero: int
    lu: Sequence[str]
    verdict: str
    raison: str
    remarques: Mapping[int, tuple[VerdictLigne, str]]


class Page(NamedTuple):
    """A sheet of the file, its cells as they were read."""

    nom: str
    cachee: bool
    rangees: Sequence[Sequence[Any]]


def classeur_entier(pages: Sequence[Page], *, choisie: int, entete: int, annotees: Mapping[int, LigneAnnotee]) -> bytes:
    """The .xlsx file of all the sheets, row for row. `choisie`: the rank of the one that was read; `entete`: the last row of its
    header, 0 for none; `annotees`: what is to be said of its rows, by their number."""
    livre = Workbook(write_only=True)
    for rang, page in enumerate(pages):
        feuille = livre.create_sheet(Feuille(page.nom, (), ()).nom.strip() or "Feuille")
        feuille.sheet_state = "hidden" if page.cachee and rang != choisie else "visible"
        if rang == choisie:
            _annoter(feuille, page.rangees, entete, annotees)
        else:
            for rangee in page.rangees:
                feuille.append([_cellule(feuille, brut) for brut in rangee])
    livre.active = choisie
    tampon = BytesIO()
    livre.save(tampon)
    return tampon.getvalue()


def _annoter(
    feuille: Worksheet, rangees: Sequence[Sequence[Any]], entete: int, annotees: Mapping[int, LigneAnnotee]
) -> None:
    largeur = max(map(len, rangees), default=0)
    feuille.freeze_panes = f"A{entete + 1}" if entete else None
    for rang in range(1, largeur + 2):
        feuille.column_dimensions[get_column_letter(rang)].width = 22
    feuille.column_dimensions[get_column_letter(largeur + 2)].width = 80
    for numero, rangee in enumerate(rangees, start=1):
        cellules = [_cellule(feuille, brut) for brut in (*rangee, *([None] * (largeur - len(rangee))))]
        dite = annotees.get(numero)
        if dite:
            _marquer(cellules, dite)
            cellules += [_texte(feuille, dite.verdict), _texte(feuille, dite.raison)]
        elif numero == entete:
            cellules += [_texte(feuille, titre, gras=True) for titre in (TITRE_VERDICT, TITRE_RAISON)]
        feuille.append(cellules)


def _cellule(feuille: Worksheet, brut: Any) -> Cell:
    """A cell of the type that it had: a text is no formula, a long number keeps its digits in sight."""
    if brut is None or isinstance(brut, str):
        return _texte(feuille, brut or "")
    if isinstance(brut, date) and (brut.date() if isinstance(brut, datetime) else brut) < PREMIER_JOUR:
        return _texte(feuille, f"{brut:%d/%m/%Y}")
    cellule = WriteOnlyCell(feuille, value=brut)
    if isinstance(brut, date):
        heure = isinstance(brut, datetime) and brut.time() != time()
        cellule.number_format = "dd/mm/yyyy hh:mm:ss" if heure else "dd/mm/yyyy"
    elif isinstance(brut, int | float) and abs(brut) >= LONG and float(brut).is_integer():
        cellule.number_format = "0"
    return cellule


def _marquer(cellules: Sequence[Cell], ligne: LigneAnnotee) -> None:
    for rang, (verdict, raison) in ligne.remarques.items():
        if 0 <= rang < len(cellules) and verdict in COULEURS:
            cellules[rang].fill = COULEURS[verdict]
            cellules[rang].comment = Comment(raison, AUTEUR, height=120, width=320)


def classeur(titres: Sequence[str], lignes: Iterable[LigneAnnotee]) -> bytes:
    """The .xlsx file: the columns of the file in their order, then what is thought of each line."""
    livre = Workbook(write_only=True)
    page = livre.create_sheet("Lignes annotées")
    page.freeze_panes = "A2"
    for rang in range(1, len(titres) + 3):
        page.column_dimensions[get_column_letter(rang)].width = 22
    page.column_dimensions[get_column_letter(len(titres) + 3)].width = 80
    entetes = [*titres, TITRE_LIGNE, TITRE_VERDICT, TITRE_RAISON]
    page.append([_texte(page, titre, gras=True) for titre in entetes])
    dernier = 1
    for dernier, ligne in enumerate(lignes, start=2):  # noqa: B007  # the number of the last row is what we keep
        page.append(_rangee(page, ligne, len(titres)))
    page.auto_filter.ref = f"A1:{get_column_letter(len(entetes))}{dernier}"
    tampon = BytesIO()
    livre.save(tampon)
    return tampon.getvalue()


def _rangee(page: Worksheet, ligne: LigneAnnotee, largeur: int) -> list[Cell]:
    lus = [*ligne.lu[:largeur], *([""] * (largeur - len(ligne.lu)))]
    cellules = [_texte(page, lu) for lu in lus]
    _marquer(cellules, ligne)
    return [*cellules, _texte(page, str(ligne.numero)), _texte(page, ligne.verdict), _texte(page, ligne.raison)]


def _texte(page: Worksheet, texte: str, *, gras: bool = False) -> Cell:
    cellule = WriteOnlyCell(page, value=ILLEGAL_CHARACTERS_RE.sub("", texte)[:TEXTE_MAXIMAL] or None)
    if cellule.value is not None:
        cellule.data_type = "s"  # after the value: openpyxl makes a formula of a leading « = »
    cellule.number_format = "@"
    if gras:
        cellule.font = Font(bold=True)
    return cellule
