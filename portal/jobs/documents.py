"""Makes the bytes of documents: each as soon as its transaction commits, and every minute what was left."""

import atexit
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from integrations.cachet.api import Certificat
from integrations.cachet.pyhanko_cachet import CachetPyhanko
from integrations.stockage.api import Stockage
from portal.documents.atelier import Atelier
from portal.documents.rendu import nommer_certificat
from portal.jobs import exports
from portal.jobs.application import app, moyens
from portal.models.documents import Document
from portal.services import (
    cahiers,
    documents,
    donnees_essentielles,
    erreurs_imports,
    feuilles_travail,
    fichiers,
    lectures_parapheur,
)
from portal.services.documents import SCELLES
from portal.vocabulaire import GenreDocument

# 500 pages take a minute on one core, and half a gigabyte.
DELAI_CAHIER, MEMOIRE_CAHIER, PAGES_PAR_NOUVELLE = 1_200.0, 3 << 30, 10
# Made whole from `parametres` when the job runs: kind -> bytes, and what they are. Exports are written row by row (jobs/exports).
FABRICANTS: dict[GenreDocument, tuple[Callable[[Session, Document], bytes], str]] = {
    GenreDocument.FEUILLE_TRAVAIL: (feuilles_travail.workbook, documents.XLSX),
    GenreDocument.DONNEES_ESSENTIELLES: (donnees_essentielles.open_data, documents.CSV),
}


class _Place:
    """The workshop of this process, opened at the first document and closed with the process."""

    def __init__(self) -> None:
        self._verrou = threading.Lock()
        self._atelier: Atelier | None = None

    def grand_atelier(self) -> Atelier:
        """For a cahier of 500 pages: its child lives as long as it."""
        return Atelier(delai=DELAI_CAHIER, memoire=MEMOIRE_CAHIER)

    def atelier(self) -> Atelier:
        with self._verrou:
            if self._atelier is None:
                self._atelier = Atelier()
                atexit.register(self._atelier.fermer)
            return self._atelier


_place = _Place()


@app.task(name="documents.produire")
def produire(document_id: int) -> None:
    """Make that document if it still waits. Its bytes are stored before any row speaks of them."""
    fabrique, stockage = moyens().fabrique, moyens().stockage
    with fabrique.begin() as session:
        pris = documents.take(session, document_id, cachet=_cachet() is not None)
    if pris is None:
        return
    try:
        valeurs, cachet = _stored(stockage, pris)
    except Exception:
        with fabrique.begin() as session:
            documents.release(session, pris)
        raise
    with fabrique.begin() as session:
        garde = documents.finish(session, pris, valeurs, cachet=cachet)
    if not garde:
        stockage.supprimer(valeurs["cle_stockage"])


def _stored(stockage: Stockage, pris: Document) -> tuple[dict[str, Any], str | None]:
    """Make the bytes and store them: the values of their row to come, and the certificate that sealed them."""
    if pris.genre in exports.VUES and pris.genre not in FABRICANTS:
        return exports.produce(pris), None
    octets, type_mime, cachet = _octets(pris)
    return fichiers.store(stockage, octets, type_mime), cachet


def _cachet() -> Certificat | None:
    """The certificate that seals, None while there is no key."""
    return moyens().trousseau.courant


def _octets(document: Document) -> tuple[bytes, str, str | None]:
    """The bytes, their type, and the certificate that sealed them."""
    certificat = _cachet()
    if document.html is not None and certificat is not None and document.genre in SCELLES:
        html = nommer_certificat(document.html, certificat.empreinte)
        return _scelle(_pdf(document, html), motif=document.nom), documents.PDF, certificat.empreinte
    if document.html is not None:
        return _pdf(document, document.html), documents.PDF, None
    if document.genre == GenreDocument.CAHIER:
        return _cahier(document), documents.PDF, None
    if document.genre == GenreDocument.PARAPHEUR:
        return lectures_parapheur.archive(moyens(), document), documents.ZIP, None
    if document.genre == GenreDocument.ERREURS_IMPORT:
        return erreurs_imports.annotated_workbook(moyens(), document), documents.XLSX, None
    with moyens().fabrique() as session:
        session.execute(text("SET TRANSACTION READ ONLY"))
        fabriquer, type_mime = FABRICANTS[document.genre]
        return fabriquer(session, document), type_mime, None


def _cahier(document: Document) -> bytes:
    """One page per dossier, in one file that keeps its tags: laid out at once, page after page, as the document's page says."""
    with moyens().fabrique() as session:
        session.execute(text("SET TRANSACTION READ ONLY"))
        page, total = cahiers.page(session, document)

    def suivre(faite: int) -> None:
        if faite % PAGES_PAR_NOUVELLE == 0:
            with moyens().fabrique.begin() as session:
                documents.note_progress(session, document, min(99, 100 * faite // total))

    with _place.grand_atelier() as atelier:
        return atelier.pdf(page, suivre=suivre)


def _pdf(document: Document, html: str) -> bytes:
    return _place.atelier().pdf(html, (document.parametres or {}).get("jointes"))


def _scelle(pdf: bytes, *, motif: str) -> bytes:
    return CachetPyhanko(moyens().trousseau).sceller(pdf, motif=motif)


@app.periodic(cron="* * * * *")
@app.task(name="documents.balayer", queueing_lock="documents.balayer")
def balayer(timestamp: int) -> None:
    """Order again the documents that wait: those of killed workers, and those whose last try failed."""
    with moyens().fabrique.begin() as session:
        for document_id in documents.due(session, cachet=_cachet() is not None):
            documents.order(session, document_id)
