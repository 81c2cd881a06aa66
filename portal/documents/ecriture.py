"""Writes sheets to a file in the format asked for. Importing this module loads what each needs: import it in a job."""

from collections.abc import Sequence
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile

from portal.documents import liste_csv, ods, tableur
from portal.documents.feuilles import Feuille
from portal.vocabulaire_imports import FormatExport

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
CSV = "text/csv"
ZIP = "application/zip"


def ecrire(cible: IO[bytes], forme: FormatExport, feuilles: Sequence[Feuille]) -> str:
    """Write them, row after row, and say what the file is. In CSV a list is one file, and several lists are an archive.

    Raises TypeError for a misplaced value.
    """
    if forme == FormatExport.XLSX:
        tableur.ecrire(cible, feuilles)
        return XLSX
    if forme == FormatExport.ODS:
        ods.ecrire(cible, feuilles)
        return ODS
    listes = [feuille for feuille in feuilles if not feuille.annexe]
    if len(listes) == 1:
        liste_csv.ecrire(cible, listes[0])
        return CSV
    with ZipFile(cible, "w", ZIP_DEFLATED) as archive:
        for feuille in listes:
            with archive.open(f"{feuille.nom}.csv", "w") as fichier:
                liste_csv.ecrire(fichier, feuille)
    return ZIP
