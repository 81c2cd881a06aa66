"""What a page of dossiers needs to know of ours before it is stored, read in a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from integrations.demarches_simplifiees.apercu import Apercevable
from portal.copie import among
from portal.models.connexion import User
from portal.models.demarches import Demarche, GroupeInstructeur
from portal.models.dossiers import Dossier, DossierDS
from portal.services.synchronisation.demarches import groupes, refresh_groupe
from portal.services.synchronisation.plan import Plan, read_plan
from portal.vocabulaire import GenreUser


@dataclass(frozen=True)
class Contexte:
    """Our side of a page: the démarche with its plan and groups, the dossiers known, the agents met.

    `lu_at`: when DS was asked; None when our own copies are read again, which tell nothing of what DS shows now.
    """

    lu_at: datetime | None
    demarche: Demarche
    plan: Plan
    groupes: dict[int, GroupeInstructeur]
    connus: dict[int, DossierDS]
    references: frozenset[str]
    agents: dict[str, int]

    def groupe(self, recu: Apercevable) -> GroupeInstructeur | None:
        """The group that DS gives it to, None when it names none."""
        return self.groupes.get(recu.groupe_instructeur.number or 0)

    def service_id(self, groupe: GroupeInstructeur | None) -> int:
        """The service that owns a dossier of that group."""
        return (groupe.service_id if groupe else None) or self.demarche.service_id

    def instructeur_id(self, recu: Apercevable, actuel: int | None) -> int | None:
        """The agent who follows it at DS; ours is kept as long as it is one of them, or DS names none that we know."""
        suiveurs = [self.agents[un.email.lower()] for un in recu.instructeurs if un.email.lower() in self.agents]
        return actuel if not suiveurs or actuel in suiveurs else suiveurs[0]

    def reference(self, number: int) -> str:
        """« DS-4512 »; when another DS already gave that number, the démarche tells them apart: « DS-4512-D7 »."""
        reference = f"DS-{number}"
        return f"{reference}-D{self.demarche.id}" if reference in self.references else reference


def make_contexte(
    session: Session, demarche: Demarche, recus: Sequence[Apercevable], *, lu_at: datetime | None
) -> Contexte:
    """Read what the page touches; the rows of known dossiers are locked, always in the same order."""
    numeros = [recu.number for recu in recus]
    return Contexte(
        lu_at=lu_at,
        demarche=demarche,
        plan=read_plan(session, demarche.id),
        groupes=_groupes(session, demarche.id, recus),
        connus=_connus(session, demarche.instance, numeros),
        references=_references(session, numeros),
        agents=_agents(session, recus),
    )


def _groupes(session: Session, demarche_id: int, recus: Sequence[Apercevable]) -> dict[int, GroupeInstructeur]:
    """The groups of the démarche; those that DS has just created are made known."""
    connus = groupes(session, demarche_id)
    for recu in recus:
        groupe = recu.groupe_instructeur
        if groupe.number is not None and groupe.number not in connus:
            connus[groupe.number] = refresh_groupe(session, demarche_id, groupe, None, complet=False)
    session.flush()
    return connus


def _connus(session: Session, instance: str, numeros: Sequence[int]) -> dict[int, DossierDS]:
    connus = session.scalars(
        select(DossierDS)
        .join(DossierDS.dossier)
        .where(DossierDS.instance == instance, among(DossierDS.number, numeros))
        .options(contains_eager(DossierDS.dossier).selectinload(Dossier.financements))
        .order_by(DossierDS.dossier_id)
        .with_for_update(of=(Dossier, DossierDS))
        .execution_options(populate_existing=True)
    )
    return {un.number: un for un in connus}


def _references(session: Session, numeros: Sequence[int]) -> frozenset[str]:
    prises = select(Dossier.reference).where(among(Dossier.reference, [f"DS-{number}" for number in numeros]))
    return frozenset(session.scalars(prises))


def _agents(session: Session, recus: Sequence[Apercevable]) -> dict[str, int]:
    emails = {un.email.lower() for recu in recus for un in recu.instructeurs}
    agents = (
        select(User.email, User.id).where(User.genre == GenreUser.AGENT, among(User.email, emails)).order_by(User.id)
    )
    return dict(session.execute(agents).all())
