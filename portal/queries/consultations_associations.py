"""The sheets of associations that the agents of a service opened for a reason: its responsable reads why."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.models.fiches_associations import ConsultationAssociation
from portal.permissions import Acteur
from portal.queries.possessions import Lot
from portal.vocabulaire_avis import MotifConsultation

PAR_PAGE = 50


def list_with_reason(session: Session, viewer: Acteur, avant: int = 0) -> Lot[ConsultationAssociation]:
    """Those of the viewer's service, the newest first, PAR_PAGE at a time, before that number (from the newest when 0)."""
    choix = (
        select(ConsultationAssociation)
        .where(
            ConsultationAssociation.service_id == viewer.service_id,
            ConsultationAssociation.motif != MotifConsultation.LIEN,
        )
        .options(joinedload(ConsultationAssociation.association), joinedload(ConsultationAssociation.user))
        .order_by(ConsultationAssociation.id.desc())
        .limit(PAR_PAGE + 1)
    )
    if avant:
        choix = choix.where(ConsultationAssociation.id < avant)
    lues = list(session.scalars(choix))
    return Lot(lues[:PAR_PAGE], lues[PAR_PAGE - 1].id if len(lues) > PAR_PAGE else None)
