"""The rows that people read of each run: opened, kept up to date page by page, closed with their reason."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.formats import maintenant
from portal.models.dossiers import Dossier, DossierDS
from portal.models.synchronisation import Quarantaine, SyncRun
from portal.vocabulaire_ds import GenreRun, Visibilite

# An agent looks a few days back; a run every five minutes would otherwise fill the table for ever.
MEMOIRE = timedelta(days=30)
INTERROMPU = (
    "Ce passage a été interrompu avant sa fin. Ce qui était lu est conservé, le passage suivant a repris la suite."
)


def start(fabrique: Fabrique, demarche_id: int, genre: GenreRun) -> SyncRun:
    """A new run; those that a killed worker left open are closed with their reason, old ones go (never the last complete)."""
    with fabrique.begin() as session:
        anciens = delete(SyncRun).where(SyncRun.demarche_id == demarche_id, SyncRun.started_at < maintenant() - MEMOIRE)
        session.execute(anciens.where(SyncRun.started_at < _last_complete(demarche_id).scalar_subquery()))
        laisses = update(SyncRun).where(SyncRun.demarche_id == demarche_id, SyncRun.ended_at.is_(None))
        session.execute(laisses.values(ended_at=maintenant(), erreur=INTERROMPU))
        run = SyncRun(demarche_id=demarche_id, genre=genre, started_at=maintenant())
        session.add(run)
    return run


def was_read(session: Session, demarche_id: int) -> bool:
    """A run has come to its end: what DS shows now is only what has changed since."""
    return session.scalar(_last_complete(demarche_id)) is not None


def left_over(session: Session, run: SyncRun) -> int:
    """How many dossiers the run before this one had still to read when it stopped; 0 when nobody counted them."""
    precedent = select(SyncRun.attendus - SyncRun.lus).where(
        SyncRun.demarche_id == run.demarche_id, SyncRun.id < run.id
    )
    return max(session.scalar(precedent.order_by(SyncRun.id.desc()).limit(1)) or 0, 0)


def note(session: Session, run_id: int, *, lus: int, **comptes: Any) -> None:
    """Where a run stands: `lus` dossiers seen, and its other counts by column."""
    ecartes = select(func.count()).where(Quarantaine.demarche_id == SyncRun.demarche_id).scalar_subquery()
    session.execute(
        update(SyncRun)
        .where(SyncRun.id == run_id)
        .values(lus=lus, avancement=lus, en_quarantaine=ecartes, **comptes)
        .execution_options(synchronize_session=False)
    )


def end(session: Session, run_id: int, erreur: str, *, injoignable: bool) -> SyncRun:
    """Close a run; `erreur` is why it stopped before its end, "" when it did not."""
    run = session.get_one(SyncRun, run_id, populate_existing=True)
    run.ended_at, run.erreur, run.injoignable = maintenant(), erreur, injoignable
    return run


def known(session: Session, demarche_id: int) -> set[int]:
    """The DS numbers of the visible dossiers of a démarche."""
    return set(session.scalars(_visibles(demarche_id).with_only_columns(DossierDS.number)))


def count_known(session: Session, demarche_id: int) -> int:
    """How many visible dossiers of a démarche we hold."""
    return session.scalar(_visibles(demarche_id).with_only_columns(func.count())) or 0


def _visibles(demarche_id: int) -> Select[Any]:
    siens = select(DossierDS).join(Dossier, Dossier.id == DossierDS.dossier_id)
    return siens.where(Dossier.demarche_id == demarche_id, DossierDS.visibilite == Visibilite.VISIBLE)


def _last_complete(demarche_id: int) -> Any:
    """When the last run that read everything began."""
    complets = select(SyncRun.started_at).where(SyncRun.demarche_id == demarche_id, SyncRun.erreur == "")
    complets = complets.where(SyncRun.genre != GenreRun.REJEU)
    return complets.where(SyncRun.ended_at.is_not(None)).order_by(SyncRun.started_at.desc(), SyncRun.id.desc()).limit(1)
