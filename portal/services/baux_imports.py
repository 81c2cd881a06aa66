"""The lease of the worker that reads, writes or undoes an import: one at a time, renewed as it goes, taken up when it dies."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.imports import LotImport
from portal.services.imports import EN_ROUTE
from portal.vocabulaire_imports import EtatImport

# Longer than a file takes to be opened, or two hundred lines to be written; then the worker is dead.
BAIL = timedelta(minutes=5)
LECTURES_MAXIMALES = 3
SANS_REPONSE = (
    "La lecture de ce fichier n’a pas abouti, après plusieurs essais\u00a0: rien n’est importé. Ouvrez-le dans votre tableur, "
    "enregistrez-le de nouveau, puis déposez-le."
)


def due(session: Session, *, bail: timedelta = BAIL) -> list[int]:
    """Imports that wait for a worker, oldest first."""
    return list(session.scalars(select(LotImport.id).where(*_free(bail)).order_by(LotImport.id).limit(100)))


def _free(bail: timedelta) -> tuple[Any, ...]:
    return LotImport.etat.in_(EN_ROUTE), or_(LotImport.pris_at.is_(None), LotImport.pris_at < maintenant() - bail)


def take(session: Session, lot_id: int, *, bail: timedelta = BAIL) -> LotImport | None:
    """Take an import that nobody is at; a file that kills who reads it is refused after some tries, and says so.

    To be committed before the work starts.
    """
    libre = select(LotImport).where(LotImport.id == lot_id, *_free(bail))
    lot = session.scalars(libre.with_for_update(skip_locked=True, of=LotImport)).first()
    if lot is None:
        return None
    if lot.etat == EtatImport.A_LIRE:
        essais = int(lot.comptes.get("essais", 0)) + 1
        if essais > LECTURES_MAXIMALES:
            lot.etat, lot.message, lot.pris_at, lot.comptes = EtatImport.ILLISIBLE, SANS_REPONSE, None, {}
            return None
        lot.comptes = {"essais": essais}
    lot.pris_at = maintenant()
    return lot


def hold(session: Session, lot_id: int, marque: datetime) -> LotImport | None:
    """The import, locked, while the lease is still that one."""
    tenu = select(LotImport).where(LotImport.id == lot_id, LotImport.pris_at == marque)
    return session.scalars(tenu.with_for_update(of=LotImport)).first()


def renew(lot: LotImport, marque: datetime) -> datetime:
    """Later than the former one, even twice within a tick of the clock."""
    neuve = max(maintenant(), marque + timedelta(microseconds=1))
    lot.pris_at = neuve
    return neuve


def prolong(session: Session, lot_id: int, marque: datetime) -> datetime | None:
    """The new mark of the lease, None when it is somebody else's."""
    lot = hold(session, lot_id, marque)
    return renew(lot, marque) if lot is not None else None


def release(session: Session, lot_id: int, marque: datetime) -> None:
    """Let somebody else take it at once."""
    session.execute(update(LotImport).where(LotImport.id == lot_id, LotImport.pris_at == marque).values(pris_at=None))


def wait(session: Session, lot_id: int) -> None:
    """The file or the antivirus does not answer: it is tried again when the lease ends, and this try does not count."""
    session.execute(
        update(LotImport).where(LotImport.id == lot_id, LotImport.etat == EtatImport.A_LIRE).values(comptes={})
    )
