"""Creates instructing services and invites their agents: no agent account exists without an invitation."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid
from portal.formats import ValeurIllisible, parse_courriel
from portal.models.connexion import User
from portal.models.services import Affectation, Service
from portal.permissions import Acteur, may_set_up
from portal.queries.services import get_by_sigle
from portal.services import courriels, journal
from portal.vocabulaire import LIBELLES_ROLE, GenreUser, RoleAffectation, TypeService


@dataclass(frozen=True)
class Invitation:
    """What an invitation came to: the account, its service, and what changed, in words; nothing when all was so already."""

    user: User
    affectation: Affectation
    changements: tuple[str, ...]


def create_service(
    session: Session, *, by: Acteur, sigle: str, nom: str, genre: TypeService, **coordonnees: str
) -> tuple[Service, bool]:
    """The service of that sigle, and whether it was created now.

    `coordonnees`: territoire, siret, adresse, email, telephone. Raises Invalid when the sigle bears another name already.
    """
    verdict = may_set_up(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    service = session.scalars(select(Service).where(Service.sigle == sigle)).first()
    if service is not None:
        if service.nom != nom or service.type != genre:
            raise Invalid(
                "sigle", f"Le sigle « {sigle} » est déjà celui du service « {service.nom} ». Rien n’a changé."
            )
        return service, False
    service = Service(sigle=sigle, nom=nom, type=genre, **coordonnees)
    session.add(service)
    session.flush()
    journal.record(
        session, by=by, action="service_cree", objet=f"service:{service.id}", valeurs={"sigle": sigle, "nom": nom}
    )
    return service, True


def invite(
    session: Session,
    *,
    by: Acteur,
    email: str,
    prenom: str,
    nom: str,
    sigle: str,
    role: RoleAffectation,
    administrateur: bool = False,
) -> Invitation:
    """Give an agent an account, a role in a service, and a letter; done again, it changes and sends nothing.

    `administrateur` is given, never taken away. Raises Invalid, naming what is wrong and what exists.
    """
    verdict = may_set_up(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    service = get_by_sigle(session, sigle)
    user, changements = _account(session, email=_email(email), prenom=prenom, nom=nom, administrateur=administrateur)
    affectation, change = _affectation(session, user, service, role)
    changements += change
    if changements:
        journal.record(
            session,
            by=by,
            action="agent_invite",
            objet=f"user:{user.id}",
            valeurs={"service": service.id, "role": role, "administrateur": user.est_administrateur},
        )
        courriels.enqueue(
            session,
            "invitation_agent",
            destinataire=user.email,
            service=service.sigle,
            role=LIBELLES_ROLE[role],
            invitant=by.nom_affiche if by.connecte else "Un administrateur",
        )
    return Invitation(user, affectation, changements)


def _email(texte: str) -> str:
    try:
        return parse_courriel(texte)
    except ValeurIllisible as refus:
        raise Invalid("email", str(refus)) from refus


def _account(
    session: Session, *, email: str, prenom: str, nom: str, administrateur: bool
) -> tuple[User, tuple[str, ...]]:
    user = session.scalars(select(User).where(User.genre == GenreUser.AGENT, User.email == email)).first()
    if user is None:
        user = User(genre=GenreUser.AGENT, email=email, prenom=prenom, nom=nom, est_administrateur=administrateur)
        session.add(user)
        session.flush()
        return user, ("compte créé",)
    if user.disabled_at is not None:
        raise Invalid("email", f"Le compte de « {email} » est désactivé. Rien n’a changé.")
    changements: tuple[str, ...] = ()
    if (user.prenom, user.nom) != (prenom, nom):
        user.prenom, user.nom = prenom, nom
        changements += ("nom modifié",)
    if administrateur and not user.est_administrateur:
        user.est_administrateur = True
        changements += ("devient administrateur",)
    return user, changements


def _affectation(
    session: Session, user: User, service: Service, role: RoleAffectation
) -> tuple[Affectation, tuple[str, ...]]:
    affectation = session.scalars(
        select(Affectation).where(Affectation.user_id == user.id, Affectation.service_id == service.id)
    ).first()
    if affectation is None:
        affectation = Affectation(user_id=user.id, service_id=service.id, role=role)
        session.add(affectation)
    elif affectation.role == role and affectation.ended_at is None:
        return affectation, ()
    affectation.role, affectation.ended_at = role, None
    session.flush()
    return affectation, (f"{LIBELLES_ROLE[role]} pour {service.sigle}",)
