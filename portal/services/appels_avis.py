"""Calls the agents of a service for an avis that is asked of it, by « Mes tâches », and calls them off."""

from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.avis import Avis, DemandeAvis
from portal.models.connexion import User
from portal.models.fiches_associations import AbonnementAssociation
from portal.models.taches import Tache
from portal.queries.suites_avis import answerers
from portal.services import taches
from portal.vocabulaire_instruction import GenreTache


def call(session: Session, *, par_id: int | None, demande: DemandeAvis, prevenus: bool = False) -> None:
    """A task to the agent who is named, else to each agent of the service asked who may give its avis.

    Never to those who have declared a conflict of interest. `prevenus`: a mail tells them besides, no other will.
    """
    if demande.service_id is None:
        return
    cle = f"avis-demande:{demande.id}"
    agents = [agent.id for agent in session.scalars(called(demande))]
    for ident in agents:
        taches.add(
            session,
            user_id=ident,
            service_id=demande.service_id,
            genre=GenreTache.AVIS_DEMANDE,
            cle=cle,
            dossier_id=demande.dossier_id,
            objet_id=demande.id,
            par_id=par_id,
        )
    # Named again after a transfer, or asked for once more: the task that was closed waits again.
    siennes = (Tache.user_id.in_(agents), Tache.cle == cle)
    session.execute(update(Tache).where(*siennes, Tache.faite_at.is_not(None)).values(faite_at=None, lue_at=None))
    if prevenus:
        session.execute(update(Tache).where(*siennes, Tache.envoyee_at.is_(None)).values(envoyee_at=maintenant()))


def called(demande: DemandeAvis) -> Select[User]:
    """The agent who is named, else those of the service asked who may give its avis and have no conflict of interest."""
    choix = answerers(demande)
    return choix if demande.agent_id is None else choix.where(User.id == demande.agent_id)


def close(session: Session, demande: DemandeAvis, *, user_id: int | None = None) -> None:
    """What one demande asked of agents (of that agent alone) waits for nobody any more."""
    choix = update(Tache).where(
        Tache.genre == GenreTache.AVIS_DEMANDE, Tache.objet_id == demande.id, Tache.faite_at.is_(None)
    )
    if user_id is not None:
        choix = choix.where(Tache.user_id == user_id)
    session.execute(choix.values(faite_at=maintenant()))


def forget(session: Session, *, association_id: int, user_id: int | None) -> None:
    """An association is closed to that agent: it follows it no more, and what its tasks say of it waits no more."""
    session.execute(
        delete(AbonnementAssociation).where(
            AbonnementAssociation.association_id == association_id, AbonnementAssociation.user_id == user_id
        )
    )
    demandes = select(DemandeAvis.id).where(DemandeAvis.association_id == association_id)
    avis = select(Avis.id).where(Avis.association_id == association_id)
    dites = or_(
        and_(Tache.genre == GenreTache.AVIS_DEMANDE, Tache.objet_id.in_(demandes)),
        and_(Tache.genre == GenreTache.AVIS_RENDU, Tache.objet_id.in_(avis)),
        and_(Tache.genre == GenreTache.ABONNEMENT, Tache.objet_id == association_id),
    )
    session.execute(
        update(Tache)
        .where(Tache.user_id == user_id, Tache.dossier_id.is_(None), dites, Tache.faite_at.is_(None))
        .values(faite_at=maintenant())
    )
