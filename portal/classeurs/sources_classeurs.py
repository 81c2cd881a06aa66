"""Excel and LibreOffice workbooks: the door to calamine, which may abort its process. Runs in the child process alone."""

import struct
import zipfile
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from portal.classeurs import archives
from portal.classeurs.feuilles import Feuille
from portal.classeurs.reperes import Reperes, reperer_xlsx
from portal.classeurs.reperes_ods import reperer_ods
from portal.classeurs.reperes_xls import reperer_xls
from portal.classeurs.resultats import ClasseurRefuse
from portal.classeurs.source import Source

CELLULES = 60_000_000
NUL, ILLISIBLE = "\x00", "\ufffd"


def lire_classeur(fichier: BinaryIO, genre: str) -> Source:
    """Its sheets. Raises ClasseurRefuse when the file does not open."""
    try:
        reperes = _reperes(fichier, genre)
        fichier.seek(0)
        with CalamineWorkbook.from_filelike(fichier) as livre:
            return _source(livre, genre, reperes)
    except PasswordError as faute:
        raise ClasseurRefuse(archives.PROTEGE) from faute
    except (
        CalamineError,
        zipfile.BadZipFile,
        ValueError,
        LookupError,
        OSError,
        EOFError,
        TypeError,
        struct.error,
    ) as faute:
        if isinstance(faute, ClasseurRefuse):
            raise
        raise ClasseurRefuse(archives.ILLISIBLE) from faute
    except BaseException as faute:  # a panic of the library is no Exception
        if faute.__class__.__name__ != "PanicException":
            raise
        raise ClasseurRefuse(archives.ILLISIBLE) from faute


def _reperes(fichier: BinaryIO, genre: str) -> Reperes:
    """What calamine does not tell: errors, formulas that were never computed, hidden rows, the base of days."""
    if genre == archives.XLS:
        return reperer_xls(fichier.read())
    with zipfile.ZipFile(fichier) as archive:
        return reperer_xlsx(archive) if genre == archives.XLSX else reperer_ods(archive)


def _source(livre: CalamineWorkbook, genre: str, reperes: Reperes) -> Source:
    source = Source(genre, [], base_1904=reperes.base_1904)
    for place, vue in enumerate(livre.sheets_metadata):
        if vue.typ != SheetTypeEnum.WorkSheet:
            continue
        page = livre.get_sheet_by_index(place)
        if page.total_height * page.total_width > CELLULES:
            etendue = f"{page.total_height}\u00a0lignes de {page.total_width}\u00a0cellules"
            raise ClasseurRefuse(
                f"La feuille «\u00a0{vue.name}\u00a0» s’étend sur {etendue}, presque toutes vides. Copiez le tableau dans un "
                "classeur neuf."
            )
        rangees = page.to_python(skip_empty_area=False)
        _purger(rangees)
        marques = reperes.de(vue.name, place)
        marques.poser(rangees)
        source.feuilles.append(Feuille(vue.name, vue.visible != SheetVisibleEnum.Visible, rangees))
        source.par_feuille[vue.name] = [*marques.dites(), *_fusions(marques.fusions, page.merged_cell_ranges or [])]
    if not source.feuilles:
        raise ClasseurRefuse("Ce classeur n’a aucune feuille de calcul.")
    return source


def _purger(rangees: list[list[Any]]) -> None:
    """A NUL, that no text of ours holds, is shown as an unreadable character."""
    for rangee in rangees:
        for rang, brut in enumerate(rangee):
            if brut.__class__ is str and NUL in brut:
                rangee[rang] = brut.replace(NUL, ILLISIBLE)


def _fusions(reperees: int, fusions: list[tuple[tuple[int, int], tuple[int, int]]]) -> list[str]:
    """`reperees`: those of an .ods, that its reader does not tell."""
    verticales = reperees or sum(1 for (haut, _), (bas, _) in fusions if bas > haut)
    if not verticales:
        return []
    combien = (
        f"{verticales}\u00a0groupes de cellules fusionnées" if verticales > 1 else "un groupe de cellules fusionnées"
    )
    seule = "seule la première ligne de chacun porte la valeur, les autres sont lues comme vides"
    return [f"Cette feuille a {combien} sur plusieurs lignes\u00a0: {seule}."]
