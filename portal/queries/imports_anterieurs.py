"""What stands beside an import: the others of that kind that are written, and those that are being."""

from collections.abc import Sequence

from sqlalchemy import Row, Select, and_, or_, select
from sqlalchemy.orm import Session

from portal.models.imports import LotImport
from portal.vocabulaire_imports import EtatImport


def _others(lot: LotImport) -> Select[LotImport]:
    """The other imports of that service and kind, for the same démarche."""
    return (
        select(LotImport)
        .where(LotImport.service_id == lot.service_id, LotImport.genre == lot.genre, LotImport.id != lot.id)
        .where(LotImport.demarche_id.is_not_distinct_from(lot.demarche_id))
    )


def list_applied(session: Session, lot: LotImport) -> Sequence[Row[int, str, int]]:
    """(id, form, version) of those that stand, the last one first."""
    appliques = _others(lot).where(LotImport.etat == EtatImport.APPLIQUE)
    appliques = appliques.order_by(LotImport.applique_at.desc(), LotImport.id.desc())
    return session.execute(appliques.with_only_columns(LotImport.id, LotImport.forme, LotImport.version)).all()


def is_stale(session: Session, lot: LotImport) -> bool:
    """Whether one of them was written or undone since these lines were compared."""
    connus: list[list[int]] = lot.comptes.get("compares", [])
    return known(list_applied(session, lot)) != connus


def known(lots: Sequence[Row[int, str, int]]) -> list[list[int]]:
    """What a comparison keeps of the imports that it looked at: one that is undone in part has another version."""
    return [[ident, version] for ident, _, version in lots]


def is_another_at_work(session: Session, lot: LotImport) -> bool:
    """Whether one of them is being written or undone: what it leaves is not known yet."""
    ecrit = and_(LotImport.etat == EtatImport.A_APPLIQUER, LotImport.comptes.has_key("triees"))
    en_cours = _others(lot).where(or_(ecrit, LotImport.etat == EtatImport.A_ANNULER))
    return session.scalar(en_cours.with_only_columns(LotImport.id).limit(1)) is not None
