"""Keeps with each dossier by how long its implicit rejection waits: the queue sorts and filters by that day."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.dossiers import Dossier
from portal.models.echanges import Complement
from portal.queries.delais_rejet import rejet_suspendu
from portal.queries.recepisses import rejet_implicite


def refresh(session: Session, dossier: Dossier) -> None:
    """Count again the days of suspension of a locked dossier: required pieces were asked for, came, or are no longer awaited."""
    complements = session.scalars(
        select(Complement).where(Complement.dossier_id == dossier.id).order_by(Complement.id)
    ).all()
    suspendu = rejet_suspendu(dossier.date_depot, complements) - rejet_implicite(dossier.date_depot)
    dossier.jours_suspendus = suspendu.days
