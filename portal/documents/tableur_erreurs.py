"""The workbook (.xlsx) that gives a file back with what is wrong in it: bad cells coloured and commented, nothing changed.

A sibling of `tableur`, and like it a door to openpyxl: import it where the workbook is made.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from portal.vocabulaire_imports import VerdictLigne

COULEURS = {
    VerdictLigne.REJETE: PatternFill("solid", fgColor="FFF8C9C9"),
    VerdictLigne.AVERTISSEMENT: PatternFill("solid", fgColor="FFFCE8B2"),
}
AUTEUR = "Portail"
TITRE_VERDICT, TITRE_RAISON, TITRE_LIGNE = "Verdict", "Ce qui ne va pas", "Ligne du fichier"
TEXTE_MAXIMAL = 32_767


@dataclass(frozen=True, slots=True)
class LigneAnnotee:
    """A line as it was read. `remarques`: by column (from 0), the gravest verdict and what is said of the cell."""

    numero: int
    lu: Sequence[str]
    verdict: str
    raison: str
    remarques: Mapping[int, tuple[VerdictLigne, str]]


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
    for rang, (verdict, raison) in ligne.remarques.items():
        if 0 <= rang < largeur and verdict in COULEURS:
            cellules[rang].fill = COULEURS[verdict]
            cellules[rang].comment = Comment(raison, AUTEUR, height=120, width=320)
    return [*cellules, _texte(page, str(ligne.numero)), _texte(page, ligne.verdict), _texte(page, ligne.raison)]


def _texte(page: Worksheet, texte: str, *, gras: bool = False) -> Cell:
    cellule = WriteOnlyCell(page, value=ILLEGAL_CHARACTERS_RE.sub("", texte)[:TEXTE_MAXIMAL] or None)
    if cellule.value is not None:
        cellule.data_type = "s"  # after the value: openpyxl makes a formula of a leading « = »
    cellule.number_format = "@"
    if gras:
        cellule.font = Font(bold=True)
    return cellule
