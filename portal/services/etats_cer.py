"""Keeps with each dossier where its association stands with the CER, so that the queue filters by it. Pages read it afresh."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, select, true, update
from sqlalchemy.orm import Session

from portal.models.associations import Association
from portal.models.dossiers import Dossier
from portal.queries import statuts_cer


def refresh(session: Session, association_ids: Iterable[int]) -> None:
    """After a title of these associations was made, judged, proved or withdrawn: write what differs, in one statement."""
    ids = sorted(set(association_ids))
    if not ids:
        return
    session.flush()
    retenu = statuts_cer.statut_retenu(Association.id)
    _write(session, _justes(retenu).outerjoin(retenu, true()).where(Association.id.in_(ids)))


def refresh_all(session: Session) -> int:
    """The same for everybody, and how many dossiers differed: dispenses end by themselves, and DS tells dossiers."""
    retenus = statuts_cer.statuts_retenus()
    return _write(session, _justes(retenus).outerjoin(retenus, retenus.c.association_id == Association.id))


def _justes(retenu: Any) -> Select[*tuple[Any, ...]]:
    return select(Association.id.label("association_id"), statuts_cer.colonnes(retenu)[0].label("etat"))


def _write(session: Session, justes: Select[*tuple[Any, ...]]) -> int:
    """A dossier that somebody else is writing is left to the next hour: nobody waits for a filter, nor is waited for."""
    juste = justes.subquery()
    differents = (
        select(Dossier.id, juste.c.etat)
        .join(juste, juste.c.association_id == Dossier.association_id)
        .where(Dossier.cer != juste.c.etat)
        .order_by(Dossier.id)
        .with_for_update(of=Dossier, skip_locked=True)
        .cte("differents")
    )
    ecrits = update(Dossier).where(Dossier.id == differents.c.id).values(cer=differents.c.etat).returning(Dossier.id)
    fait = ecrits.execution_options(synchronize_session=False).cte("ecrits")
    return session.scalar(select(func.count()).select_from(fait)) or 0
