"""Sweeps the files of exports that are not given any more."""

from sqlalchemy import Table, delete, exists, select, update
from sqlalchemy.orm import Session

from portal.db import Base
from portal.models.documents import Document, Fichier
from portal.queries.exports_gardes import over

PAR_PASSAGE = 200


def sweep(session: Session) -> list[str]:
    """Forget their files; returns the keys of the bytes to delete once that is committed: never a row without bytes.

    Bytes that something else refers to as well (same content, kept once) stay.
    """
    perimes = session.execute(
        select(Document.id, Document.fichier_id)
        .where(over(), Document.fichier_id.is_not(None))
        .order_by(Document.id)
        .limit(PAR_PASSAGE)
        .with_for_update(skip_locked=True)
    ).all()
    session.execute(update(Document).where(Document.id.in_([un.id for un in perimes])).values(fichier_id=None))
    fichiers = {un.fichier_id for un in perimes}
    orphelins = delete(Fichier).where(
        Fichier.id.in_(fichiers), *(~exists().where(c == Fichier.id) for c in _references())
    )
    return list(session.scalars(orphelins.returning(Fichier.cle_stockage)))


def _references() -> list[object]:
    """Every column that refers to a file, whichever table it is of."""
    table = Fichier.__table__
    return [
        cle.parent
        for autre in Base.metadata.sorted_tables
        for cle in autre.foreign_keys
        if isinstance(table, Table) and cle.references(table)
    ]
