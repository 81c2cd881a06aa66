"""Sorts the lines of a confirmed import before the first is written: those that a person, or their verdict, leaves out."""

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from portal.models.imports import LigneImport, LotImport
from portal.queries.imports_anterieurs import is_another_at_work, is_stale
from portal.services.comparaisons_imports import compare
from portal.services.imports import waiting
from portal.vocabulaire_imports import EtatLigneImport, VerdictLigne

# A hundred thousand lines take longer than what a page may wait for.
PATIENCE = text("SELECT set_config('statement_timeout', '300000', true)")


def sort(session: Session, lot: LotImport) -> bool:
    """Leave out rejected lines, copies and what came before, as the person said; `lot.total`: all that is to be written.

    False, and nothing is done, while another import of the same kind is being written: each would take its lines for new.
    """
    portee = f"imports:{lot.service_id}:{lot.genre}:{lot.demarche_id}"
    libre = session.scalar(select(func.pg_try_advisory_xact_lock(func.hashtextextended(portee, 0))))
    if not libre or is_another_at_work(session, lot):
        return False
    session.execute(PATIENCE)
    if is_stale(session, lot):
        lot.comptes = lot.comptes | compare(session, lot)
    siennes = update(LigneImport).where(LigneImport.lot_id == lot.id, LigneImport.etat == EtatLigneImport.ATTENTE)
    ecartees = siennes.values(etat=EtatLigneImport.ECARTEE).execution_options(synchronize_session=False)
    if lot.reglages["copies"] == "laisser":
        rang = func.row_number().over(partition_by=func.md5(LigneImport.lu), order_by=LigneImport.numero).label("rang")
        lisibles = select(LigneImport.id, rang).where(LigneImport.verdict != VerdictLigne.REJETE)
        rangees = lisibles.where(LigneImport.lot_id == lot.id).subquery()
        session.execute(ecartees.where(LigneImport.id.in_(select(rangees.c.id).where(rangees.c.rang > 1))))
    gardees = waiting(lot, deja=lot.reglages["deja"]).with_only_columns(LigneImport.id)
    session.execute(ecartees.where(LigneImport.id.not_in(gardees)))
    lot.total = lot.fait + (session.scalar(gardees.with_only_columns(func.count())) or 0)
    lot.comptes = {**lot.comptes, "triees": True}
    return True
