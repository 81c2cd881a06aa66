"""What the tests of the push share: an agent whom DS knows, acts of a service, and a look at what became of them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE, PREMIER_NUMERO
from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from portal.formats import maintenant
from portal.models.connexion import User
from portal.models.dossiers import Dossier, DossierDS
from portal.models.envois import OperationDS
from portal.permissions import Acteur, AffectationActive, GenreActeur
from portal.services import operations_ds
from portal.vocabulaire import RoleAffectation

# The first generated dossier waits, the second is being instructed.
A_PRENDRE, EN_INSTRUCTION = PREMIER_NUMERO, PREMIER_NUMERO + 1
MEMBRE = {"id": "SW5zdHJ1Y3RldXItOTk=", "email": "agent.instructeur@example.org"}
# Seconds that a lost request hangs before its connection closes.
PENDAISON = 0.02


def entrer(simulateur: Simulateur, membre: dict[str, str] = MEMBRE) -> None:
    """Make somebody a member of every group at DS."""
    for groupe in simulateur.donnees.demarches[DEMARCHE]["groupeInstructeurs"]:
        groupe["instructeurs"].append(membre)
    for fiche in simulateur.donnees.dossiers.values():
        siens = fiche.contenu["groupeInstructeur"]["instructeurs"]
        if membre not in siens:
            siens.append(membre)


def acteur(agent: User, service_id: int, role: RoleAffectation = RoleAffectation.RESPONSABLE) -> Acteur:
    """That agent, acting for that service."""
    affectation = AffectationActive(id=1, service_id=service_id, sigle="S", role=role)
    return Acteur(genre=GenreActeur.AGENT, user_id=agent.id, email=agent.email, affectation=affectation)


def dossier_de(session: Session, number: int) -> Dossier:
    """Our dossier of that number, read afresh."""
    session.expire_all()
    return session.scalars(select(Dossier).join(DossierDS).where(DossierDS.number == number)).one()


def devoir(
    session: Session, agent: User, number: int = A_PRENDRE, mutation: str = "passer_en_instruction", **arguments: Any
) -> int:
    """Owe a mutation, as a service does; the id of the operation."""
    dossier = dossier_de(session, number)
    operation = operations_ds.queue(
        session, by=acteur(agent, dossier.service_id), dossier=dossier, mutation=mutation, arguments=arguments
    )
    session.commit()
    return operation.id


def relue(session: Session, operation_id: int) -> OperationDS:
    """The operation, read afresh."""
    session.expire_all()
    return session.get_one(OperationDS, operation_id)


def plus_tard(session: Session) -> None:
    """As if every wait were over."""
    session.execute(update(OperationDS).values(prochain_essai=maintenant() - timedelta(seconds=1)))
    session.commit()


def effets(simulateur: Simulateur) -> list[tuple[str, int]]:
    """What DS has applied, in order."""
    return [(un.mutation, un.number) for un in simulateur.donnees.effets]


def perdre(simulateur: Simulateur, panne: str | None) -> None:
    """From now on mutations are lost before (`delai_avant`) or after (`delai_apres`) they are applied; None: no more."""
    simulateur.donnees.pannes.regler({panne: 1.0} if panne else {}, duree=PENDAISON)
