"""What was asked of DS for a dossier and is not done: what waits, what was refused and why, what is done with a reserve."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.envois import EN_ATTENTE, OperationDS
from portal.models.mutations_ds import DE_DECISION, MUTATIONS, QUI_DEPLACENT
from portal.models.refus_ds import explain
from portal.permissions import Acteur, can_decide, can_instruct
from portal.queries.operations_ds import situation
from portal.vocabulaire import EtatEnvoi, Source

RIEN = "Rien n’a changé sur le dossier."
EN_PARTIE = "Le reste a été enregistré\u00a0: seul ce qui manque repartira."
A_CORRIGER = "Corrigez ce que dit cette réponse, ici ou là-bas, puis réessayez."


@dataclass(frozen=True, slots=True)
class Acte:
    """Something asked of DS, as it stands. `refuse`: it still matters, no later change of état having replaced it.

    `situation`: what it waits for, in words; "" once it is settled.
    """

    operation: OperationDS
    auteur: str
    situation: str
    refuse: bool
    peut_relancer: bool

    @property
    def libelle(self) -> str:
        """What was asked."""
        connue = MUTATIONS.get(self.operation.mutation)
        return connue.libelle if connue else self.operation.mutation

    @property
    def en_attente(self) -> bool:
        """DS has not answered yet."""
        return self.operation.etat in EN_ATTENTE

    @property
    def mots_de_ds(self) -> str:
        """DS's own words of refusal; "" when it is the portal that explains."""
        return self.operation.erreur if self.operation.resultat.get("refus_ds", True) else ""

    @property
    def explication(self) -> str:
        """What became of the dossier, and what to do."""
        if not self.mots_de_ds:
            return self.operation.erreur
        suite = EN_PARTIE if self.operation.resultat.get("partiel") else RIEN
        return f"{suite} {explain(self.operation.mutation, self.mots_de_ds) or A_CORRIGER}"

    @property
    def avertissement(self) -> str:
        """What people must know of it although it is done."""
        return str(self.operation.resultat.get("avertissement", ""))

    @property
    def deplace(self) -> bool:
        """It would change the état of the dossier: no other such act before DS has answered."""
        return self.en_attente and self.operation.mutation in QUI_DEPLACENT


def list_envois(session: Session, viewer: Acteur, dossier: Dossier) -> tuple[Acte, ...]:
    """The last act of each kind asked of DS, and all those that wait, oldest first."""
    if dossier.source != Source.DS:
        return ()
    rang = func.row_number().over(partition_by=OperationDS.mutation, order_by=OperationDS.id.desc()).label("rang")
    rangees = select(OperationDS.id, rang).where(OperationDS.dossier_id == dossier.id).subquery()
    lignes = session.execute(
        select(OperationDS, User)
        .join(rangees, rangees.c.id == OperationDS.id)
        .join(User, User.id == OperationDS.demande_par_id)
        .where(or_(rangees.c.rang == 1, OperationDS.etat.in_(EN_ATTENTE)))
        .order_by(OperationDS.id)
    ).all()
    deplacement = max((une.id for une, _ in lignes if une.mutation in QUI_DEPLACENT), default=0)
    devancees = [une.id for une, _ in lignes if une.etat in EN_ATTENTE][1:]
    instruit, decide, instant = can_instruct(viewer, dossier).ok, can_decide(viewer, dossier).ok, maintenant()
    actes = []
    for operation, user in lignes:
        remplacee = operation.mutation in QUI_DEPLACENT and operation.id < deplacement
        refuse = operation.etat == EtatEnvoi.REFUSE and not remplacee
        actes.append(
            Acte(
                operation,
                auteur=user.nom_affiche,
                situation=situation(operation, instant=instant, devancees=devancees),
                refuse=refuse,
                peut_relancer=refuse and (decide if operation.mutation in DE_DECISION else instruit),
            )
        )
    return tuple(actes)


def dernier_deplacement(envois: Sequence[Acte]) -> OperationDS | None:
    """The last change of état asked of DS, whatever became of it."""
    return next((un.operation for un in reversed(envois) if un.operation.mutation in QUI_DEPLACENT), None)
