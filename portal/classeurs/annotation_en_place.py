"""Marks an Excel workbook where it stands, so that its formats, widths and merged cells stay. Runs in the child process alone.

Formulas leave as the values that they had, and macros not at all. What openpyxl would have changed is not given back: the cells
are read again, and compared.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from portal.classeurs.annotation import (
    COULEURS,
    LARGEUR,
    LARGEUR_RAISON,
    TITRE_RAISON,
    TITRE_VERDICT,
    ecrire_texte,
    marquer,
)
from portal.classeurs.archives import XLSX
from portal.classeurs.feuilles import Brut, Feuille, Rangee
from portal.classeurs.resultats import Annotations
from portal.classeurs.source import Source
from portal.classeurs.sources_classeurs import lire_classeur


def annoter(chemin: Path, source: Source, annotations: Annotations) -> bytes | None:
    """The workbook that was read as `source`, marked; None when it is no .xlsx, or would not come back the same."""
    if source.format != XLSX:
        return None
    lue = next(une for une in source.feuilles if une.nom == annotations.feuille)
    largeur = max((len(_sans_fin(rangee)) for rangee in lue.lignes), default=0)
    try:
        octets = _marque(chemin, annotations, largeur)
        rendu = lire_classeur(BytesIO(octets), XLSX)
    except Exception:  # noqa: BLE001  # openpyxl fails in many ways on what others read: the file is then written anew
        return None
    return octets if _visibles(rendu, annotations, largeur) == _visibles(source, annotations, largeur) else None


def _marque(chemin: Path, annotations: Annotations, largeur: int) -> bytes:
    with chemin.open("rb") as fichier:
        livre = load_workbook(fichier, data_only=True, keep_links=False)
    livre.template = False
    page = livre[annotations.feuille]
    page.sheet_state = "visible"
    livre.active = livre.index(page)
    _annoter(page, annotations, largeur)
    tampon = BytesIO()
    livre.save(tampon)
    return tampon.getvalue()


def _annoter(page: Worksheet, annotations: Annotations, largeur: int) -> None:
    fusions = [fusion.max_col for fusion in page.merged_cells.ranges]
    apres, entete = max([largeur, *fusions]) + 1, annotations.entete
    if entete and page.freeze_panes is None:
        page.freeze_panes = f"A{entete + 1}"
    for rang, en_caracteres in ((apres, LARGEUR), (apres + 1, LARGEUR_RAISON)):
        page.column_dimensions[get_column_letter(rang)].width = en_caracteres
    if entete:
        _dire(page, entete, apres, (TITRE_VERDICT, TITRE_RAISON), gras=True)
    for numero, ligne in annotations.lignes.items():
        _dire(page, numero, apres, (ligne.verdict, ligne.raison))
        for rang, (verdict, raison) in ligne.remarques.items():
            if 0 <= rang < largeur and verdict in COULEURS:
                marquer(_tete(page, page.cell(numero, rang + 1)), verdict, raison)


def _dire(page: Worksheet, numero: int, apres: int, dits: Sequence[str], *, gras: bool = False) -> None:
    for rang, dit in enumerate(dits, start=apres):
        ecrire_texte(_tete(page, page.cell(numero, rang)), dit, gras=gras)


def _tete(page: Worksheet, cellule: Cell | MergedCell) -> Cell:
    """The cell that holds what merged ones show. Raises TypeError where merges overlap, which no spreadsheet writes."""
    if isinstance(cellule, MergedCell):
        fusion = next(une for une in page.merged_cells.ranges if cellule.coordinate in une)
        cellule = page.cell(fusion.min_row, fusion.min_col)
    if isinstance(cellule, MergedCell):
        raise TypeError("Merged cells overlap.")
    return cellule


def _visibles(source: Source, annotations: Annotations, largeur: int) -> list[tuple[str, list[tuple[Brut, ...]]]]:
    """What each sheet holds, but for what was written beside the one that is annotated."""
    return [
        (une.nom, list(_rangees(une, largeur if une.nom == annotations.feuille else None))) for une in source.feuilles
    ]


def _rangees(feuille: Feuille, largeur: int | None) -> Iterator[tuple[Brut, ...]]:
    rangees = [_sans_fin(rangee[:largeur]) for rangee in feuille.lignes]
    while rangees and not rangees[-1]:
        rangees.pop()
    yield from rangees


def _sans_fin(rangee: Rangee) -> tuple[Brut, ...]:
    """A row without the empty cells that end it."""
    fin = len(rangee)
    while fin and rangee[fin - 1] in {None, ""}:
        fin -= 1
    return tuple(None if brut == "" else brut for brut in rangee[:fin])
