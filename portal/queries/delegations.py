"""Who may decide in the name of a service, and how it decides."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.formats import aujourdhui
from portal.models.connexion import User
from portal.models.decisions import Delegation
from portal.models.demarches import Demarche
from portal.models.services import ReglageService, Service
from portal.permissions import Acteur
from portal.permissions.decisions import is_in_force
from portal.queries import agents

MAXIMUM = 200


def of_agent(session: Session, viewer: Acteur, service_id: int) -> Sequence[Delegation]:
    """Those of that person in that service, whatever their dates, those that have ended too: they say why one may not decide."""
    siennes = select(Delegation).where(Delegation.user_id == viewer.user_id, Delegation.service_id == service_id)
    return session.scalars(siennes.order_by(Delegation.id)).all()


@dataclass(frozen=True, slots=True)
class LigneDelegation:
    """A délégation as its service reads it. `en_vigueur`: today, in Paris; `demarches`: titles, none for all of them."""

    delegation: Delegation
    en_vigueur: bool
    demarches: tuple[str, ...]


def list_lignes(session: Session, viewer: Acteur) -> tuple[LigneDelegation, ...]:
    """Those of the viewer's service, those that nobody has ended first, newest first; 200 at most."""
    jour = aujourdhui()
    titres = {une.id: une.titre for une in list_demarches(session, viewer)}
    return tuple(
        LigneDelegation(
            une,
            is_in_force(une, jour=jour),
            tuple(titres.get(id_, f"démarche n°\u00a0{id_}") for id_ in une.demarches),
        )
        for une in _du_service(session, viewer)
    )


def list_demarches(session: Session, viewer: Acteur) -> Sequence[Demarche]:
    """The démarches of the service, the newest exercice first; 200 at most."""
    siennes = select(Demarche).where(Demarche.service_id == viewer.service_id)
    return session.scalars(
        siennes.order_by(Demarche.exercice.desc().nulls_last(), Demarche.titre, Demarche.id).limit(MAXIMUM)
    ).all()


def _du_service(session: Session, viewer: Acteur) -> Sequence[Delegation]:
    choix = (
        select(Delegation)
        .where(Delegation.service_id == viewer.service_id)
        .options(joinedload(Delegation.user))
        .order_by(Delegation.retiree_at.is_not(None), Delegation.id.desc())
        .limit(MAXIMUM)
    )
    return session.scalars(choix).all()


def get(session: Session, viewer: Acteur, delegation_id: int) -> Delegation:
    """One of the viewer's service. Raises NotFound."""
    choix = select(Delegation).where(Delegation.id == delegation_id, Delegation.service_id == viewer.service_id)
    delegation = session.scalars(choix.options(joinedload(Delegation.user))).first()
    if delegation is None:
        raise NotFound
    return delegation


def list_agents(session: Session, viewer: Acteur) -> Sequence[User]:
    """The agents of the service who may be given one: those who instruct."""
    return session.scalars(agents.of_service(viewer.service_id).limit(MAXIMUM)).all()


def siret(session: Session, service_id: int | None) -> str:
    """Of that service, "" while nobody has given it."""
    return session.scalar(select(Service.siret).where(Service.id == service_id)) or ""


def reglage(session: Session, service_id: int | None) -> ReglageService | None:
    """How that service decides and notifies, None while it has said nothing."""
    return session.get(ReglageService, service_id) if service_id is not None else None
