"""Stores a page of dossiers: one savepoint for the page, halved when it fails, so that one bad dossier stops none other."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.errors import ErreurDS
from portal.copie import among
from portal.errors import PortalError
from portal.models.demarches import Demarche
from portal.models.synchronisation import Quarantaine
from portal.services.synchronisation.dossiers import store_page

Raw = Mapping[str, Any]
# The database is gone or a lock is held: it is nobody's dossier that fails, the whole page will be read again.
BASE_EN_CAUSE = (OperationalError, InterfaceError)
# What one unforeseen dossier may cause: a value that a column refuses, or a shape that our reading did not expect.
DOSSIER_EN_CAUSE = (
    PortalError,
    ErreurDS,
    SQLAlchemyError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
)
journal_technique = structlog.get_logger("portal.synchronisation")


def store_all(session: Session, demarche: Demarche, raws: Sequence[Raw], *, lu_at: datetime | None) -> int:
    """Store these dossiers and return how many really changed. Those that cannot be stored go to quarantine.

    `lu_at`: when DS was asked for them; None when they are our own copies, read again. A dossier that DS tells and that is
    stored leaves the quarantine. Raises OperationalError or InterfaceError when the database itself fails.
    """
    if not raws:
        return 0
    try:
        with session.begin_nested():
            changes = store_page(session, demarche, raws, lu_at=lu_at)
            if lu_at is not None:
                _release(session, demarche, [raw["number"] for raw in raws])
    except BASE_EN_CAUSE:
        raise
    except DOSSIER_EN_CAUSE as cause:
        if len(raws) > 1:
            milieu = len(raws) // 2
            return sum(store_all(session, demarche, moitie, lu_at=lu_at) for moitie in (raws[:milieu], raws[milieu:]))
        quarantine(session, demarche, {raws[0]["number"]: _motif(cause)})
        journal_technique.warning("dossier_en_quarantaine", number=raws[0]["number"], genre=type(cause).__name__)
        return 0
    return changes


def quarantine(session: Session, demarche: Demarche, motifs: Mapping[int, str]) -> None:
    """Set dossiers aside, each with its reason; they are tried again at each run."""
    if not motifs:
        return
    lignes = [{"demarche_id": demarche.id, "number": number, "motif": motif} for number, motif in motifs.items()]
    ligne = insert(Quarantaine)
    encore = {"motif": ligne.excluded.motif, "essais": Quarantaine.essais + 1, "at": func.now()}
    session.execute(ligne.on_conflict_do_update(index_elements=["demarche_id", "number"], set_=encore), lignes)


def quarantined(session: Session, demarche_id: int) -> list[int]:
    """The DS numbers of the dossiers set aside, oldest first."""
    siennes = select(Quarantaine.number).where(Quarantaine.demarche_id == demarche_id).order_by(Quarantaine.id)
    return list(session.scalars(siennes))


def _release(session: Session, demarche: Demarche, numeros: list[int]) -> None:
    sortis = delete(Quarantaine).where(Quarantaine.demarche_id == demarche.id, among(Quarantaine.number, numeros))
    session.execute(sortis)


def _motif(cause: Exception) -> str:
    """A sentence without content: the errors of the database quote values."""
    if isinstance(cause, PortalError | ErreurDS):
        return str(cause)
    return f"Ce dossier contient une valeur que le portail ne sait pas enregistrer (détail technique : {type(cause).__name__})."
