"""Makes the bytes of documents: each as soon as its transaction commits, and every minute what was left."""

import atexit
import threading
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session

from integrations.cachet.api import Certificat
from integrations.cachet.pyhanko_cachet import CachetPyhanko
from portal.documents.atelier import Atelier
from portal.documents.rendu import nommer_certificat
from portal.jobs.application import app, moyens
from portal.models.documents import Document
from portal.services import documents, exports, fichiers, registre_cer
from portal.services.documents import SCELLES
from portal.vocabulaire import GenreDocument

# Views made from `parametres` when the job runs: kind -> bytes of a workbook.
FABRICANTS: dict[GenreDocument, Callable[[Session, Document], bytes]] = {
    GenreDocument.FILE_DOSSIERS: exports.queue_workbook,
    GenreDocument.REGISTRE_CER: registre_cer.registry_workbook,
    GenreDocument.BILAN_CER: registre_cer.return_workbook,
}


class _Place:
    """The workshop of this process, opened at the first document and closed with the process."""

    def __init__(self) -> None:
        self._verrou = threading.Lock()
        self._atelier: Atelier | None = None

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
        octets, type_mime, cachet = _octets(pris)
        valeurs = fichiers.store(stockage, octets, type_mime)
    except Exception:
        with fabrique.begin() as session:
            documents.release(session, pris)
        raise
    with fabrique.begin() as session:
        garde = documents.finish(session, pris, valeurs, cachet=cachet)
    if not garde:
        stockage.supprimer(valeurs["cle_stockage"])


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
    with moyens().fabrique() as session:
        session.execute(text("SET TRANSACTION READ ONLY"))
        return FABRICANTS[document.genre](session, document), documents.XLSX, None


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
