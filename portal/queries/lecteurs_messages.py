"""Who will read a message before it is written: services, agents, people of the association."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from portal.formats import ESPACE_INSECABLE, aujourdhui, mots_de_recherche
from portal.models.associations import Mandat
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.services import Affectation, Service
from portal.permissions.messages import ENTRE_SERVICES
from portal.queries.recusations import is_closed
from portal.vocabulaire import EtatMandat, RoleMandat
from portal.vocabulaire_demandes import AudienceMessage

SUR_LA_FICHE = (
    "Le liront aussi, sur la fiche de l’association, les agents de tout service qui a, ou a eu depuis trois ans, un dossier "
    "d’elle, et ceux qui disent pourquoi ils ouvrent cette fiche."
)


@dataclass(frozen=True, slots=True)
class AgentLecteur:
    """An agent who reads a dossier. `identifiant`: how a message names it, « camille.martin ».

    `responsable`: its service owns the dossier.
    """

    id: int
    nom: str
    identifiant: str
    service_id: int
    sigle: str
    responsable: bool

    def reads(self, audience: AudienceMessage) -> bool:
        """Whether messages for that audience are shown to this agent."""
        return self.responsable or audience in ENTRE_SERVICES


# A dossier may be read by hundreds, and their names seldom change.
@lru_cache(maxsize=4_096)
def handle(prenom: str, nom: str) -> str:
    """« Jean-Loup », « De La Tour » -> « jean-loup.de-la-tour »; empty without both."""
    parties = ["-".join(mots_de_recherche(partie).split()) for partie in (prenom, nom)]
    return ".".join(parties) if all(parties) else ""


def agents_of(session: Session, dossier: Dossier) -> Sequence[AgentLecteur]:
    """The agents who read the dossier, those of the owner service first. One statement."""
    lignes = session.execute(
        select(User.id, User.prenom, User.nom, User.email, Service.id, Service.sigle)
        .join(Affectation, Affectation.user_id == User.id)
        .join(Service, Service.id == Affectation.service_id)
        .join(AccesDossier, AccesDossier.service_id == Service.id)
        .where(AccesDossier.dossier_id == dossier.id, Affectation.ended_at.is_(None), User.disabled_at.is_(None))
        .where(~is_closed(User.id, dossier.id, dossier.association_id))
        .order_by(Service.id != dossier.service_id, Service.sigle, User.nom, User.prenom, User.id)
    )
    return tuple(
        AgentLecteur(
            id=user_id,
            nom=f"{prenom} {nom}".strip() or email,
            identifiant=handle(prenom, nom),
            service_id=service_id,
            sigle=sigle,
            responsable=service_id == dossier.service_id,
        )
        for user_id, prenom, nom, email, service_id, sigle in lignes
    )


def phrases(session: Session, dossier: Dossier, agents: Sequence[AgentLecteur]) -> Mapping[AudienceMessage, str]:
    """« Voici qui lira ceci », for each audience. One statement; `agents`: those of `agents_of`."""
    notre = _nombre(sum(agent.responsable for agent in agents), dossier.service.sigle)
    saisis = list(dict.fromkeys(agent.sigle for agent in agents if not agent.responsable))
    autres = [_nombre(sum(a.sigle == sigle and not a.responsable for a in agents), sigle) for sigle in saisis]
    personne = f"Aucun service n’est saisi pour avis{ESPACE_INSECABLE}: {notre}, personne d’autre."
    membres = _people(session, dossier)
    entre_services = f"{', '.join(autres)}, et {notre}." if autres else personne
    return {
        AudienceMessage.ASSOCIATION: f"{membres} de {dossier.demandeur_nom}, et {notre}.",
        AudienceMessage.SERVICES_SAISIS: entre_services,
        AudienceMessage.PARTAGE: f"{', '.join([*autres, notre])}. {SUR_LA_FICHE}",
        AudienceMessage.SERVICE: f"{notre}, personne d’autre.",
    }


def _nombre(nombre: int, sigle: str) -> str:
    return f"{nombre} agent{'s' if nombre > 1 else ''} de {sigle}"


def _people(session: Session, dossier: Dossier) -> str:
    """How many people of the association open its messages: those whose link is verified, and who made the request."""
    auteurs = select(Demande.id).where(
        Demande.id == dossier.demande_id,
        or_(Demande.created_by_id == Mandat.user_id, Demande.deposee_par_id == Mandat.user_id),
    )
    nombre = session.scalar(
        select(func.count(func.distinct(Mandat.user_id)))
        .join(User, User.id == Mandat.user_id)
        .where(
            and_(Mandat.association_id == dossier.association_id, Mandat.valant_le(aujourdhui())),
            Mandat.role != RoleMandat.AIDANT,
            or_(Mandat.etat == EtatMandat.PROUVE, auteurs.exists()),
            User.disabled_at.is_(None),
        )
    )
    return f"{nombre} personne{'s' if (nombre or 0) > 1 else ''}" if nombre else "Personne encore"
