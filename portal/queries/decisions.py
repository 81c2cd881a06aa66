"""What was decided on a dossier, and who is to be told."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import aujourdhui
from portal.models.associations import Mandat
from portal.models.connexion import User
from portal.models.decisions import Decision, Proposition
from portal.models.demandes import Demande
from portal.models.dossiers import Dossier
from portal.models.envois import OperationDS
from portal.models.mutations_ds import DE_DECISION, QUI_DEPLACENT
from portal.permissions import Acteur
from portal.vocabulaire import EtatEnvoi, EtatMandat, RoleMandat, Source

QUALITE_PAR_DEFAUT = "Responsable"


def of_dossier(session: Session, dossier_id: int) -> Decision | None:
    """The decision as it is in the database now, whoever looks: for services, under the dossier's lock."""
    return session.scalars(
        select(Decision).where(Decision.dossier_id == dossier_id).execution_options(populate_existing=True)
    ).first()


def proposition_of(session: Session, dossier_id: int) -> Proposition | None:
    """The proposition as it is in the database now: for services, under the dossier's lock."""
    return session.scalars(
        select(Proposition).where(Proposition.dossier_id == dossier_id).execution_options(populate_existing=True)
    ).first()


def derniere_operation(session: Session, dossier: Dossier) -> OperationDS | None:
    """The last change of état asked of DS for this dossier, whatever became of it."""
    if dossier.source != Source.DS:
        return None
    demandees = select(OperationDS).where(OperationDS.dossier_id == dossier.id, OperationDS.mutation.in_(QUI_DEPLACENT))
    return session.scalars(demandees.order_by(OperationDS.id.desc()).limit(1)).first()


def est_partie(decision: Decision | None, operation: OperationDS | None) -> bool:
    """The notification is asked for, and DS has not refused it: the decision cannot change any more."""
    if decision is None or decision.notification_demandee_at is None:
        return False
    if operation is None or decision.notified_at is not None:
        return True
    # Another change of état asked since can only have followed a refusal.
    return operation.mutation in DE_DECISION and operation.etat != EtatEnvoi.REFUSE


def unread_of(session: Session, viewer: Acteur, dossier: Dossier) -> int | None:
    """The notified decision of a dossier that nobody of the association has opened yet, for one of its people, else None.

    An aidant is none of them, nor is an agent.
    """
    if dossier.association_id is None or not viewer.est_membre(dossier.association_id):
        return None
    notifiee = select(Decision.id).where(
        Decision.dossier_id == dossier.id, Decision.notified_at.is_not(None), Decision.consultee_at.is_(None)
    )
    return session.scalar(notifiee)


def destinataires(session: Session, dossier: Dossier) -> list[str]:
    """Addresses to tell: who filed the request, and whoever may act for the association with a proved mandat."""
    demande = session.get(Demande, dossier.demande_id) if dossier.demande_id else None
    mandataires = (
        select(Mandat.user_id)
        .where(
            Mandat.association_id == dossier.association_id,
            Mandat.etat == EtatMandat.PROUVE,
            Mandat.role.not_in((RoleMandat.LECTEUR, RoleMandat.AIDANT)),
            Mandat.valant_le(aujourdhui()),
        )
        .scalar_subquery()
    )
    deposant = demande.deposee_par_id if demande else None
    return list(
        session.scalars(
            select(User.email)
            .where((User.id == deposant) | User.id.in_(mandataires), User.disabled_at.is_(None))
            .order_by(User.email)
            .distinct()
        )
    )
