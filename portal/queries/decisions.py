"""What was decided on a dossier, and who is to be told."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.associations import Mandat
from portal.models.connexion import User
from portal.models.decisions import Decision
from portal.models.demandes import Demande
from portal.models.dossiers import Dossier
from portal.permissions import Acteur, can_read_decision
from portal.vocabulaire import EtatMandat, RoleMandat


def of_dossier(session: Session, dossier_id: int) -> Decision | None:
    """The decision as it is in the database now, whoever looks: for services, under the dossier's lock."""
    return session.scalars(
        select(Decision).where(Decision.dossier_id == dossier_id).execution_options(populate_existing=True)
    ).first()


def visible_decision(session: Session, viewer: Acteur, dossier: Dossier) -> Decision | None:
    """The decision that this agent may read: before its notification, that of its own service only."""
    decision = session.scalars(select(Decision).where(Decision.dossier_id == dossier.id)).first()
    return decision if decision is not None and can_read_decision(viewer, dossier, decision) else None


def destinataires(session: Session, dossier: Dossier) -> list[str]:
    """Addresses to tell: who filed the request, and whoever may act for the association with a proved mandat."""
    demande = session.get(Demande, dossier.demande_id) if dossier.demande_id else None
    mandataires = (
        select(Mandat.user_id)
        .where(
            Mandat.association_id == dossier.association_id,
            Mandat.etat == EtatMandat.PROUVE,
            Mandat.role != RoleMandat.LECTEUR,
            Mandat.ended_at.is_(None),
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
