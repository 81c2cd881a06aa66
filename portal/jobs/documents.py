"""Makes the bytes of documents: each as soon as its transaction commits, and every minute what was left."""

import atexit
import threading
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.documents.atelier import Atelier
from portal.jobs.application import app, moyens
from portal.models.documents import Document
from portal.services import documents, exports, fichiers
from portal.vocabulaire import GenreDocument

# Views made from `parametres` when the job runs: kind -> bytes of a workbook.
FABRICANTS: dict[GenreDocument, Callable[[Session, Document], bytes]] = {
    GenreDocument.FILE_DOSSIERS: exports.queue_workbook,
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
        pris = documents.take(session, document_id)
    if pris is None:
        return
    try:
        octets, type_mime = _octets(pris)
        valeurs = fichiers.store(stockage, octets, type_mime)
    except Exception:
        with fabrique.begin() as session:
            documents.release(session, pris)
        raise
    with fabrique.begin() as session:
        garde = documents.finish(session, pris, valeurs)
    if not garde:
        stockage.supprimer(valeurs["cle_stockage"])


def _octets(document: Document) -> tuple[bytes, str]:
    if document.html is not None:
        return _place.atelier().pdf(document.html), documents.PDF
    with moyens().fabrique() as session:
        session.execute(text("SET TRANSACTION READ ONLY"))
        return FABRICANTS[document.genre](session, document), documents.XLSX


@app.periodic(cron="* * * * *")
@app.task(name="documents.balayer", queueing_lock="documents.balayer")
def balayer(timestamp: int) -> None:
    """Order again the documents that wait: those of killed workers, and those whose last try failed."""
    with moyens().fabrique.begin() as session:
        for document_id in documents.due(session):
            documents.order(session, document_id)
