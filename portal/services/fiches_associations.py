"""Opens the sheet of an association for a reason, and notes who looked at it."""

from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.formats import aujourdhui
from portal.models.fiches_associations import ConsultationAssociation
from portal.permissions import Acteur
from portal.permissions.fiches_associations import can_browse
from portal.services import journal
from portal.vocabulaire_avis import MotifConsultation


def open_for_reason(
    session: Session, *, by: Acteur, association_id: int, motif: MotifConsultation, precision: str
) -> None:
    """Open it to this agent until the end of the day; said again, the last reason is the one shown. Raises Forbidden."""
    verdict = can_browse(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    ligne = _line(by, association_id, motif, precision)
    session.execute(
        ligne.on_conflict_do_update(
            constraint="uq_consultation_association_jour",
            set_={"motif": ligne.excluded.motif, "precision": ligne.excluded.precision},
        )
    )
    _record(session, by, association_id, motif, precision)


def note_reading(session: Session, *, by: Acteur, association_id: int) -> None:
    """An agent whose service has a tie looks at it: noted once a day."""
    ligne = _line(by, association_id, MotifConsultation.LIEN, "").on_conflict_do_nothing(
        constraint="uq_consultation_association_jour"
    )
    if session.scalar(ligne.returning(ConsultationAssociation.id)) is not None:
        _record(session, by, association_id, MotifConsultation.LIEN, "")


def _line(by: Acteur, association_id: int, motif: MotifConsultation, precision: str) -> Insert:
    return insert(ConsultationAssociation).values(
        association_id=association_id,
        user_id=by.user_id,
        service_id=by.service_id,
        jour=aujourdhui(),
        motif=motif,
        precision=precision,
    )


def _record(session: Session, by: Acteur, association_id: int, motif: MotifConsultation, precision: str) -> None:
    journal.record(
        session,
        by=by,
        action="fiche_association_ouverte",
        objet=f"association:{association_id}",
        valeurs={"service_id": by.service_id, "motif": motif.value, "precision": precision},
    )
