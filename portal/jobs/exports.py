"""Writes exports to a file, row after row, at a priority that gives way to whoever waits for a page."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.documents.ecriture import ecrire
from portal.documents.feuilles import Valeur, Vue
from portal.jobs.application import moyens
from portal.jobs.priorites import gently
from portal.models.documents import Document
from portal.services import documents, exports, fiches_exportees, fichiers, registre_cer, versements_exportes
from portal.vocabulaire import GenreDocument
from portal.vocabulaire_imports import FormatExport

# What each kind of export holds, read when the job runs.
VUES: dict[GenreDocument, Callable[[Session, Document, str], Vue]] = {
    GenreDocument.FILE_DOSSIERS: exports.queue_view,
    GenreDocument.REGISTRE_CER: registre_cer.registry_view,
    GenreDocument.BILAN_CER: registre_cer.return_view,
    GenreDocument.FICHE_ASSOCIATION: fiches_exportees.sheet_view,
    GenreDocument.VERSEMENTS: versements_exportes.payments_view,
}
SECONDES_PAR_NOUVELLE = 2.0


def produce(document: Document) -> dict[str, Any]:
    """Write the file of an export and store it; returns the values of its Fichier row to come.

    Raises Forbidden when its author has left the service since, StockageIndisponible.
    """
    return gently("export", lambda: _produce(document))


def _produce(document: Document) -> dict[str, Any]:
    forme = FormatExport((document.parametres or {}).get("format", FormatExport.XLSX))
    with TemporaryDirectory() as dossier, moyens().fabrique() as session:
        session.execute(text("SET TRANSACTION READ ONLY"))
        vue = VUES[document.genre](session, document, moyens().config.portal_url)
        chemin = Path(dossier) / "export"
        premiere = replace(vue.feuilles[0], lignes=_followed(document, vue))
        with chemin.open("wb") as cible:
            type_mime = ecrire(cible, forme, (premiere, *vue.feuilles[1:]))
        session.rollback()
        return fichiers.store_file(moyens().stockage, chemin, type_mime)


def _followed(document: Document, vue: Vue) -> Iterator[tuple[Valeur, ...]]:
    """The rows of the first sheet; how far they are is told meanwhile, which keeps the lease of a long export."""
    dite = time.monotonic()
    for faites, ligne in enumerate(vue.feuilles[0].lignes):
        if time.monotonic() - dite > SECONDES_PAR_NOUVELLE:
            dite = time.monotonic()
            with moyens().fabrique.begin() as autre:
                documents.note_progress(autre, document, min(99, 100 * faites // vue.total) if vue.total else 0)
        yield ligne
