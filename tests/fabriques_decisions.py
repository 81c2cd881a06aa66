"""Makes what a decision needs: how a service notifies, who may decide in its name."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.connexion import User
from portal.models.decisions import Delegation
from portal.models.services import ReglageService, Service
from portal.vocabulaire_instruction import ModeNotification


def regler(session: Session, service: Service, **valeurs: object) -> ReglageService:
    """Say how that service decides and notifies: under the rule of téléservices unless said otherwise."""
    reglage = session.get(ReglageService, service.id) or ReglageService(
        service=service, mode_notification=ModeNotification.TELESERVICE
    )
    for nom, valeur in valeurs.items():
        setattr(reglage, nom, valeur)
    session.add(reglage)
    session.commit()
    return reglage


def deleguer(session: Session, agent: User, **valeurs: object) -> Delegation:
    """That agent may decide in the name of its service, without end nor ceiling unless said otherwise."""
    session.refresh(agent)
    delegation = Delegation(
        **{
            "service_id": agent.affectations[0].service_id,
            "user_id": agent.id,
            "qualite": "Responsable",
            "reference": "Arrêté de délégation n° 2026-12",
            "debut": date(2020, 1, 1),
            "demarches": [],
            "notee_par_id": agent.id,
            **valeurs,
        }
    )
    session.add(delegation)
    session.commit()
    return delegation


def delegation_de(session: Session, agent: User, service_id: int) -> Delegation | None:
    """The first délégation of that agent in that service."""
    siennes = select(Delegation).where(Delegation.user_id == agent.id, Delegation.service_id == service_id)
    return session.scalars(siennes.order_by(Delegation.id)).first()
