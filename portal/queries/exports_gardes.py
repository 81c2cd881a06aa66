"""Until when an export is kept: its rows may have changed since, and the portal holds them anyway."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_

from portal.formats import maintenant
from portal.models.documents import Document
from portal.vocabulaire import EtatDocument, GenreDocument

GARDE = timedelta(hours=24)
EXPORTS = frozenset(
    {
        GenreDocument.FILE_DOSSIERS,
        GenreDocument.REGISTRE_CER,
        GenreDocument.BILAN_CER,
        GenreDocument.FICHE_ASSOCIATION,
        GenreDocument.VERSEMENTS,
    }
)


def kept_until(document: Document) -> datetime | None:
    """The end of its download; None for what is no export, or is not made yet."""
    if document.genre not in EXPORTS or document.etat != EtatDocument.PRET or document.produced_at is None:
        return None
    return document.produced_at + GARDE


def is_over(document: Document) -> bool:
    """Its file is not given any more, swept or not."""
    fin = kept_until(document)
    return fin is not None and fin <= maintenant()


def over() -> ColumnElement[bool]:
    """The same in the database."""
    return and_(
        Document.genre.in_(EXPORTS), Document.etat == EtatDocument.PRET, Document.produced_at <= maintenant() - GARDE
    )
