"""Who instructs and who follows in a service, and how many dossiers an agent holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.file_agents import Suivi
from portal.models.services import Affectation
from portal.permissions import ROLES_ACTIFS, Acteur
from portal.permissions.attributions import can_assign, can_follow
from portal.permissions.reorientations import can_reorient
from portal.queries import agents
from portal.vocabulaire import ETATS_FINAUX, Source

Option = tuple[int, str]
# What is handed over at once.
MAXIMUM = 500


@dataclass(frozen=True, slots=True)
class AttributionDuDossier:
    """Who may be given the dossier (id, name), who of the viewer's service follows it, and what the viewer may do.

    `a_ds`: DS names the followers of this dossier, which win over ours at its next mirror. `reorientable`: as far as its
    decision allows, which the page knows.
    """

    agents: tuple[Option, ...]
    suiveurs: tuple[str, ...]
    je_suis: bool
    attribuable: bool
    suivable: bool
    a_ds: bool
    reorientable: bool


def of_dossier(session: Session, viewer: Acteur, dossier: Dossier) -> AttributionDuDossier:
    """For the page of a dossier that the viewer reads, in one statement."""
    lignes = session.execute(
        select(User, Affectation.role, Suivi.user_id.is_not(None))
        .join(Affectation, Affectation.user_id == User.id)
        .outerjoin(Suivi, and_(Suivi.user_id == User.id, Suivi.dossier_id == dossier.id))
        .where(Affectation.service_id == viewer.service_id, Affectation.ended_at.is_(None), User.disabled_at.is_(None))
        .order_by(User.nom, User.prenom, User.id)
    ).all()
    je_suis = any(agent.id == viewer.user_id and suit for agent, _, suit in lignes)
    return AttributionDuDossier(
        agents=tuple((agent.id, agent.nom_affiche) for agent, role, _ in lignes if role in ROLES_ACTIFS),
        suiveurs=tuple(agent.nom_affiche for agent, _, suit in lignes if suit),
        je_suis=je_suis,
        attribuable=can_assign(viewer, dossier).ok,
        suivable=can_follow(viewer, dossier, suivi=je_suis).ok,
        a_ds=dossier.source == Source.DS,
        reorientable=can_reorient(viewer, dossier, None).ok,
    )


def list_agents(session: Session, viewer: Acteur) -> list[Option]:
    """(id, name) of those who instruct in the viewer's service now."""
    return [(agent.id, agent.nom_affiche) for agent in session.scalars(agents.of_service(viewer.service_id))]


def list_holders(session: Session, viewer: Acteur) -> list[Option]:
    """(id, name) of those who are, or were, agents of the viewer's service: whoever may hold its dossiers."""
    agents = session.execute(
        select(User, Affectation.ended_at)
        .join(Affectation, Affectation.user_id == User.id)
        .where(Affectation.service_id == viewer.service_id)
        .order_by(User.nom, User.prenom, User.id)
    )
    return [
        (
            agent.id,
            f"{agent.nom_affiche} (n’est plus dans le service)" if fin or agent.disabled_at else agent.nom_affiche,
        )
        for agent, fin in agents
    ]


def count_open(session: Session, viewer: Acteur, user_id: int) -> int:
    """How many dossiers of the viewer's service that person holds and that are not decided, counted up to MAXIMUM + 1."""
    choix = (
        select(Dossier.id)
        .where(
            Dossier.instructeur_id == user_id,
            Dossier.service_id == viewer.service_id,
            Dossier.etat.not_in(ETATS_FINAUX),
        )
        .limit(MAXIMUM + 1)
    )
    return session.scalar(select(func.count()).select_from(choix.subquery())) or 0


@dataclass(frozen=True, slots=True)
class Reprise:
    """What handing over would do: `nombre` dossiers of `de` now, and how many each colleague would be given.

    `reste`: there are more than MAXIMUM, to be handed over another time.
    """

    de: str
    nombre: int
    parts: tuple[tuple[str, int], ...]
    reste: bool


def preview(session: Session, viewer: Acteur, de: int, vers: Sequence[int]) -> Reprise:
    """What services.reprises_agents.hand_over would do now with these choices, which the form has checked."""
    ouverts = count_open(session, viewer, de)
    nombre, noms = min(ouverts, MAXIMUM), dict(list_agents(session, viewer))
    parts = zip((noms[un] for un in vers), shares(nombre, len(vers)), strict=True)
    return Reprise(dict(list_holders(session, viewer))[de], nombre, tuple(parts), reste=ouverts > MAXIMUM)


def shares(nombre: int, vers: int) -> list[int]:
    """How many dossiers each of `vers` persons is given, as evenly as can be: the first ones have one more."""
    part, reste = divmod(nombre, vers)
    return [part + (rang < reste) for rang in range(vers)]
