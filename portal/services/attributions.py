"""Gives a dossier to an agent of its service, or takes it back."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.permissions.attributions import RECUSE, can_assign
from portal.queries.agents import of_service
from portal.queries.recusations import is_closed
from portal.services import instruction, journal, taches
from portal.vocabulaire_instruction import GenreTache

PAS_DU_SERVICE = (
    "Cette personne n’instruit pas de dossiers dans votre service, ou n’y est plus\u00a0: rien n’a changé. Choisissez une "
    "personne de la liste."
)


def assign(
    session: Session, *, by: Acteur, dossier: Dossier, user_id: int | None, version: int | None = None
) -> Dossier:
    """Give a dossier to an agent of its service, None: to nobody. She follows it (trigger 0031) and finds it in her tasks.

    `version`: the one that the page showed, None for acts on many dossiers. Done already, nothing changes. A dossier of DS is
    given here alone: at its next mirror DS's followers win when there are any (services/synchronisation). Raises Forbidden,
    Invalid("instructeur"), Conflict.
    """
    instruction.lock(session, dossier)
    verdict = can_assign(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    if version is not None:
        instruction.check_version(version, dossier.version)
    if dossier.instructeur_id == user_id:
        return dossier
    choisi = _agent(session, dossier, user_id)
    avant, dossier.instructeur_id = dossier.instructeur_id, user_id
    dossier.version += 1
    session.flush()
    _note(session, by, dossier, choisi, avant)
    if choisi is not None:
        taches.add(
            session,
            user_id=choisi.id,
            service_id=dossier.service_id,
            genre=GenreTache.ATTRIBUTION,
            cle=f"attribution:{dossier.id}:{dossier.version}",
            dossier_id=dossier.id,
            par_id=by.user_id,
        )
    return dossier


def _agent(session: Session, dossier: Dossier, user_id: int | None) -> User | None:
    """The person, affected now to the owner service with a role that instructs. Raises Invalid otherwise."""
    if user_id is None:
        return None
    choisi = session.scalars(of_service(dossier.service_id).where(User.id == user_id)).first()
    if choisi is None:
        raise Invalid("instructeur", PAS_DU_SERVICE)
    if session.scalar(select(is_closed(choisi.id, dossier.id, dossier.association_id))):
        raise Invalid("instructeur", RECUSE)
    return choisi


def _note(session: Session, by: Acteur, dossier: Dossier, choisi: User | None, avant: int | None) -> None:
    valeurs = {
        "instructeur": choisi.id if choisi else None,
        "avant": avant,
        "agent": choisi.nom_affiche if choisi else "",
    }
    action = "dossier_attribue" if choisi else "dossier_desattribue"
    journal.record(session, by=by, action=action, objet=f"dossier:{dossier.id}", valeurs=valeurs)
