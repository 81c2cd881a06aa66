"""Decisions that nobody reads: who has opened them first, and the registered letter that tells the others."""

from datetime import date, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid, TransitionInterdite
from portal.formats import PARIS, aujourdhui, maintenant
from portal.models.decisions import Decision
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.permissions.decisions import PasMaintenant
from portal.queries import actes_decision, correspondants
from portal.queries.agents import of_service
from portal.queries.decisions import of_dossier
from portal.services import instruction, journal, taches
from portal.vocabulaire import RoleAffectation, Source
from portal.vocabulaire_instruction import GenreTache

DELAI_DE_LECTURE = timedelta(days=15)
LOT = 100


def note_sending(
    session: Session, *, by: Acteur, dossier: Dossier, envoyee_le: date, numero: str, version: int
) -> Decision:
    """Keep the day and the number of the registered letter that tells a decision; the task that asked for it is done.

    `version` is that of the decision shown. Raises Forbidden, Invalid, TransitionInterdite, Conflict.
    """
    instruction.lock(session, dossier)
    decision = of_dossier(session, dossier.id)
    verdict = actes_decision.may_register(actes_decision.read(session, by, dossier, decision))
    if decision is None or isinstance(verdict, PasMaintenant):
        raise TransitionInterdite(verdict.raison)
    if not verdict:
        raise Forbidden(verdict.raison)
    instruction.check_version(version, decision.version)
    notifiee = decision.notified_at.astimezone(PARIS).date() if decision.notified_at else envoyee_le
    if not notifiee <= envoyee_le <= aujourdhui():
        raise Invalid("envoyee_le", "La lettre part après la notification, et au plus tard aujourd’hui.")
    decision.recommande_le, decision.recommande_numero = envoyee_le, numero
    session.flush()
    taches.close(session, genres=[GenreTache.LETTRE_NON_LUE], dossier_id=dossier.id)
    valeurs = {"date": envoyee_le.isoformat(), "numero": numero}
    journal.record(session, by=by, action="lettre_recommandee", objet=f"dossier:{dossier.id}", valeurs=valeurs)
    return decision


def note_reading(session: Session, *, by: Acteur, decision_id: int) -> None:
    """The first person of the association who opens a notified decision is kept, once; the caller knows that she may read it."""
    lue = (
        update(Decision)
        .where(Decision.id == decision_id, Decision.notified_at.is_not(None), Decision.consultee_at.is_(None))
        .values(consultee_at=maintenant(), consultee_par_id=by.user_id)
        .returning(Decision.dossier_id)
    )
    dossier_id = session.scalar(lue)
    if dossier_id is not None:
        taches.close(session, genres=[GenreTache.LETTRE_NON_LUE], dossier_id=dossier_id)
        journal.record(session, by=by, action="decision_consultee", objet=f"dossier:{dossier_id}")


def remind(session: Session, *, apres: int = 0) -> int:
    """Make a task of each decision that nobody of the association has opened in 15 days, for who follows the dossier.

    Looks at 100 at most, beyond the decision number `apres`, and returns the last number looked at, 0 when none is left. Of those
    that DS notified, DS alone knows whether they were read: no task.
    """
    muettes = session.execute(
        select(Decision.id, Decision.version, Dossier)
        .join(Dossier, Dossier.id == Decision.dossier_id)
        .where(
            Decision.id > apres,
            Decision.notified_at < maintenant() - DELAI_DE_LECTURE,
            Decision.consultee_at.is_(None),
            Decision.recommande_le.is_(None),
            Dossier.source != Source.DS,
        )
        .order_by(Decision.id)
        .limit(LOT)
    ).all()
    for decision_id, version, dossier in muettes:
        for user_id in _charges(session, dossier):
            taches.add(
                session,
                user_id=user_id,
                service_id=dossier.service_id,
                genre=GenreTache.LETTRE_NON_LUE,
                cle=f"lettre_non_lue:{decision_id}:{version}",
                dossier_id=dossier.id,
                objet_id=decision_id,
            )
    return muettes[-1][0] if muettes else 0


def _charges(session: Session, dossier: Dossier) -> list[int]:
    """Its instructeur while it is one of the service, else the responsables."""
    suiveur = correspondants.instructeur(session, dossier)
    if suiveur is not None:
        return [suiveur.id]
    return [agent.id for agent in session.scalars(of_service(dossier.service_id, [RoleAffectation.RESPONSABLE]))]
