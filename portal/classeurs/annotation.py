"""The workbook (.xlsx) that tells what is wrong in a file: bad cells coloured and commented, nothing changed.

A door to openpyxl: import it where the workbook is made.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from portal.classeurs.feuilles import Feuille
from portal.classeurs.resultats import Annotations, LigneAnnotee
from portal.excel import litteral, nom_d_onglet
from portal.vocabulaire_imports import VerdictLigne

COULEURS = {
    VerdictLigne.REJETE: PatternFill("solid", fgColor="FFF8C9C9"),
    VerdictLigne.AVERTISSEMENT: PatternFill("solid", fgColor="FFFCE8B2"),
}
AUTEUR = "Portail"
TITRE_VERDICT, TITRE_RAISON, TITRE_LIGNE = "Verdict", "Ce qui ne va pas", "Ligne du fichier"
TEXTE_MAXIMAL = 32_767
LARGEUR, LARGEUR_RAISON = 22, 80
# Whole numbers that a spreadsheet would show as « 7,33E+13 », and the first day that it counts without a fault.
LONG, PREMIER_JOUR = 10**11, date(1900, 3, 1)


def classeur_entier(pages: Sequence[Feuille], annotations: Annotations) -> bytes:
    """The .xlsx file of all these sheets, row for row, without the formats that their file gave them."""
    livre = Workbook(write_only=True)
    choisie = next(rang for rang, page in enumerate(pages) if page.nom == annotations.feuille)
    for rang, page in enumerate(pages):
        feuille = livre.create_sheet(nom_d_onglet(page.nom).strip() or "Feuille")
        feuille.sheet_state = "hidden" if page.cachee and rang != choisie else "visible"
        if rang == choisie:
            _annoter(feuille, page.lignes, annotations.entete, annotations.lignes)
        else:
            for rangee in page.lignes:
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
        feuille.column_dimensions[get_column_letter(rang)].width = LARGEUR
    feuille.column_dimensions[get_column_letter(largeur + 2)].width = LARGEUR_RAISON
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
            marquer(cellules[rang], verdict, raison)


def marquer(cellule: Cell, verdict: VerdictLigne, raison: str) -> None:
    """Colour a cell and say why in a comment, after the one that it had."""
    deja = f"{cellule.comment.text.rstrip()}\n\n" if cellule.comment else ""
    cellule.fill = COULEURS[verdict]
    cellule.comment = Comment(deja + raison, AUTEUR, height=120, width=320)


def ecrire_texte(cellule: Cell, texte: str, *, gras: bool = False) -> None:
    """Give a cell a text, which is no formula whatever it begins with."""
    cellule.value = litteral(ILLEGAL_CHARACTERS_RE.sub("", texte)[:TEXTE_MAXIMAL]) or None
    if cellule.value is not None:
        cellule.data_type = "s"  # after the value: openpyxl makes a formula of a leading « = »
    cellule.number_format = "@"
    if gras:
        cellule.font = Font(bold=True)


def classeur(titres: Sequence[str], lignes: Iterable[LigneAnnotee]) -> bytes:
    """The .xlsx file: the columns of the file in their order, then what is thought of each line."""
    livre = Workbook(write_only=True)
    page = livre.create_sheet("Lignes annotées")
    page.freeze_panes = "A2"
    for rang in range(1, len(titres) + 3):
        page.column_dimensions[get_column_letter(rang)].width = LARGEUR
    page.column_dimensions[get_column_letter(len(titres) + 3)].width = LARGEUR_RAISON
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
    cellule = WriteOnlyCell(page)
    ecrire_texte(cellule, texte, gras=gras)
    return cellule
