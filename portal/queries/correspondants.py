"""Who is told, by mail, of what happens on a dossier: people of the association, agents of the owner service."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import aujourdhui
from portal.models.associations import Mandat
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.services import Service
from portal.queries.agents import of_service
from portal.queries.recusations import is_closed
from portal.vocabulaire import EtatMandat, MotifAcces, RoleAffectation, RoleMandat


def members(session: Session, dossier: Dossier, *, sauf: int | None = None) -> list[str]:
    """People whose mandat is in force, and proved unless they filed; neither lecteurs, aidants nor `sauf` (a user id)."""
    deposant = select(Demande.deposee_par_id).where(Demande.id == dossier.demande_id).scalar_subquery()
    return list(
        session.scalars(
            select(User.email)
            .join(Mandat, Mandat.user_id == User.id)
            .where(
                Mandat.association_id == dossier.association_id,
                Mandat.valant_le(aujourdhui()),
                Mandat.role.not_in((RoleMandat.LECTEUR, RoleMandat.AIDANT)),
                (Mandat.etat == EtatMandat.PROUVE) | (Mandat.user_id == deposant),
                User.disabled_at.is_(None),
                User.id != (sauf or 0),
            )
            .order_by(User.email)
        )
    )


def instructeur(session: Session, dossier: Dossier) -> User | None:
    """Who instructs the dossier, as long as that agent acts for its service and has no conflict of interest."""
    siens = of_service(dossier.service_id, RoleAffectation)
    ouvert = ~is_closed(User.id, dossier.id, dossier.association_id)
    return session.scalars(siens.where(User.id == dossier.instructeur_id, ouvert)).first()


def agents(session: Session, dossier: Dossier, *, sauf: int | None = None) -> list[str]:
    """The instructeur who follows the dossier while affected to its service; without one, the service's own address."""
    suiveur = instructeur(session, dossier)
    if suiveur is None:
        return shared_box(dossier)
    return [] if suiveur.id == sauf else [suiveur.email]


def shared_box(dossier: Dossier) -> list[str]:
    """The address of the owner service, when it has one."""
    return [dossier.service.email] if dossier.service.email else []


def services_saisis(session: Session, dossier: Dossier, *, sauf: int | None = None) -> list[str]:
    """Addresses of the services that were asked for an avis on the dossier, but `sauf` (a service id)."""
    return list(
        session.scalars(
            select(Service.email)
            .join(AccesDossier, AccesDossier.service_id == Service.id)
            .where(
                AccesDossier.dossier_id == dossier.id,
                AccesDossier.motif == MotifAcces.SAISI,
                Service.id != (sauf or 0),
                Service.email != "",
            )
            .order_by(Service.email)
        )
    )
