"""Sends to DS what we owe it, one operation of a dossier at a time, and never twice without proof.

A step takes a row and commits, makes one exchange with DS outside any transaction (`echange_ds`), and commits how it ended.
Whoever dies in between leaves a lease that outlives DS's own time limit: the next one reads before anything else.
"""

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.api import DemarchesSimplifiees
from integrations.demarches_simplifiees.errors import ErreurDS
from portal.formats import maintenant
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier, DossierDS
from portal.models.envois import OperationDS
from portal.models.mutations_ds import DE_DECISION
from portal.permissions import SYSTEME
from portal.services import decisions, journal, operations_ds
from portal.services.echange_ds import Issue, Prise, exchange, lease
from portal.services.moyens import Moyens
from portal.services.synchronisation import sync_one
from portal.services.synchronisation.passage import get_ds
from portal.vocabulaire import EtatEnvoi

LOT = 100
# Then DS itself is in trouble, and the others would only wait for it one after the other: the next sweep tries again.
PANNES_DE_SUITE = 3
journal_technique = structlog.get_logger("portal.operations_ds")


def run_due(moyens: Moyens) -> int:
    """Attempt everything that is due, fairly between dossiers, and return how many operations were attempted.

    Stops early when DS fails several times running: the rest stays due, and nothing is lost.
    """
    vues: set[int] = set()
    pannes = 0
    while pannes < PANNES_DE_SUITE:
        with moyens.fabrique() as session:
            lot = [un for un in operations_ds.due(session, limite=LOT) if un not in vues]
        if not lot:
            break
        for operation_id in lot:
            vues.add(operation_id)
            pannes = 0 if run_one(moyens, operation_id) else pannes + 1
            if pannes == PANNES_DE_SUITE:
                break
    return len(vues)


def run_one(moyens: Moyens, operation_id: int) -> bool:
    """Carry an operation, then those that wait behind it, as far as they can go now. False when DS or its token failed."""
    ds = get_ds(moyens)
    suivante: int | None = operation_id
    while suivante is not None:
        issue, suivante = _step(moyens, ds, suivante)
        if issue is not None and issue.panne:
            return False
    return True


def _step(moyens: Moyens, ds: DemarchesSimplifiees, operation_id: int) -> tuple[Issue | None, int | None]:
    """One step and its outcome (None when there is nothing to do now), and the operation to carry next."""
    prise = _take(moyens, operation_id)
    if prise is None:
        return None, None
    issue = exchange(moyens, ds, prise)
    if issue is None or not _settle(moyens, prise, issue):
        return None, None
    if issue.etat not in (EtatEnvoi.ENVOYE, EtatEnvoi.REFUSE):
        return issue, None if issue.delai else operation_id
    _refresh(moyens, prise.operation)
    with moyens.fabrique() as session:
        return issue, operations_ds.following(session, prise.operation)


def _take(moyens: Moyens, operation_id: int) -> Prise | None:
    with moyens.fabrique.begin() as session:
        prise = operations_ds.take(session, operation_id, bail=lease(moyens))
        if prise is None:
            return None
        operation, doute = prise
        number = session.scalars(select(DossierDS.number).where(DossierDS.dossier_id == operation.dossier_id)).one()
        fichier = session.get_one(Fichier, operation.fichier_id) if operation.fichier_id else None
    return Prise(operation, doute, number, fichier)


def _settle(moyens: Moyens, prise: Prise, issue: Issue) -> bool:
    """Write the outcome, and what follows from it at once. False when somebody else has taken the row since."""
    operation = prise.operation
    with moyens.fabrique.begin() as session:
        session.get_one(Dossier, operation.dossier_id, with_for_update=True)
        ecrit = operations_ds.settle(
            session,
            operation,
            etat=issue.etat,
            erreur=issue.erreur,
            prochain_essai=maintenant() + issue.delai,
            essais=operation.essais if issue.compte else operation.essais - 1,
            arguments=operation.arguments,
            resultat=operation.resultat | {"refus_ds": False} | issue.resultat,
        )
        if ecrit:
            _record(session, operation, issue)
    return ecrit


def _record(session: Session, operation: OperationDS, issue: Issue) -> None:
    actions = {EtatEnvoi.ENVOYE: "operation_ds_confirmee", EtatEnvoi.REFUSE: "operation_ds_refusee"}
    if issue.etat not in actions:
        return
    valeurs = {"mutation": operation.mutation, "operation": operation.id}
    objet = f"dossier:{operation.dossier_id}"
    journal.record(session, by=SYSTEME, action=actions[issue.etat], objet=objet, valeurs=valeurs)
    if issue.etat == EtatEnvoi.ENVOYE and operation.mutation in DE_DECISION:
        decisions.confirm_notified(session, session.get_one(Dossier, operation.dossier_id))


def _refresh(moyens: Moyens, operation: OperationDS) -> None:
    """Show at once what DS says now. An outage here loses nothing: the next run reads the dossier again."""
    try:
        sync_one(moyens, operation.dossier_id)
    except ErreurDS as panne:
        journal_technique.info("relecture_remise", operation=operation.id, genre=type(panne).__name__)
