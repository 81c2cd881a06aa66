"""Exports as whole workbooks, for tests that look into them."""

from sqlalchemy.orm import Session

from portal.documents.tableur import classeur
from portal.jobs.exports import VUES
from portal.models.documents import Document

PORTAIL = "http://portail.test"


def classeur_de(session: Session, document: Document) -> bytes:
    """The .xlsx file of an export. Raises Forbidden when its author has left the service since."""
    return classeur(VUES[document.genre](session, document, PORTAIL).feuilles)
