"""Stores a page of dossiers: one savepoint for the page, halved when it fails, so that one bad dossier stops none other."""

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.errors import ErreurDS
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


def store_all(session: Session, demarche: Demarche, raws: Sequence[Raw], *, relecture: bool = False) -> int:
    """Store these dossiers and return how many really changed. Those that cannot be stored go to quarantine.

    A dossier that is stored leaves the quarantine, unless it is our own copy that is read again (`relecture`). Raises
    OperationalError or InterfaceError when the database itself fails.
    """
    if not raws:
        return 0
    try:
        with session.begin_nested():
            changes = store_page(session, demarche, raws, relecture=relecture)
            if not relecture:
                _release(session, demarche, [raw["number"] for raw in raws])
    except BASE_EN_CAUSE:
        raise
    except DOSSIER_EN_CAUSE as cause:
        if len(raws) == 1:
            quarantine(session, demarche, raws[0]["number"], _motif(cause))
            journal_technique.warning("dossier_en_quarantaine", number=raws[0]["number"], genre=type(cause).__name__)
            return 0
        milieu = len(raws) // 2
        moities = (raws[:milieu], raws[milieu:])
        return sum(store_all(session, demarche, moitie, relecture=relecture) for moitie in moities)
    return changes


def quarantine(session: Session, demarche: Demarche, number: int, motif: str) -> None:
    """Set a dossier aside with its reason; it is tried again at each run."""
    ligne = insert(Quarantaine).values(demarche_id=demarche.id, number=number, motif=motif)
    encore = {"motif": motif, "essais": Quarantaine.essais + 1, "at": func.now()}
    session.execute(ligne.on_conflict_do_update(index_elements=["demarche_id", "number"], set_=encore))


def _release(session: Session, demarche: Demarche, numeros: list[int]) -> None:
    sortis = delete(Quarantaine).where(Quarantaine.demarche_id == demarche.id, Quarantaine.number.in_(numeros))
    session.execute(sortis)


def _motif(cause: Exception) -> str:
    """A sentence without content: the errors of the database quote values."""
    if isinstance(cause, PortalError | ErreurDS):
        return str(cause)
    return f"Ce dossier contient une valeur que le portail ne sait pas enregistrer (détail technique : {type(cause).__name__})."
