"""Sends to DS what we owe it: at most one operation per dossier in flight, and never twice without reading back.

A row is taken and that is committed, then one exchange is made outside any transaction (a mutation, or a read), then its
outcome is committed. Whoever dies in between leaves a lease that ends after DS's own time limit; the next one reads back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.api import DemarchesSimplifiees
from integrations.demarches_simplifiees.errors import (
    AccesRefuse,
    DSIndisponible,
    ErreurDS,
    Introuvable,
    RefusDS,
    ReponseAmbigue,
    ReponseInvalide,
    TropDeRequetes,
)
from integrations.demarches_simplifiees.parsing import lire
from portal.formats import maintenant
from portal.models.connexion import User
from portal.models.demarches import GroupeInstructeur
from portal.models.dossiers import DossierDS
from portal.models.envois import OperationDS
from portal.models.mutations_ds import MUTATIONS
from portal.permissions import SYSTEME
from portal.services import journal, operations_ds
from portal.services.moyens import Moyens
from portal.services.synchronisation import sync_one
from portal.services.synchronisation.passage import get_ds
from portal.vocabulaire import LIBELLES_ETAT_AGENT, Etat, EtatEnvoi

PREMIER_DELAI = timedelta(seconds=30)
DELAI_MAXIMAL = timedelta(minutes=5)
DOUBLEMENTS_MAXIMAUX = 6
# Nothing was applied, and nobody is to blame on our side: it will be sent again.
A_REPETER = (DSIndisponible, TropDeRequetes, AccesRefuse)
DEFINITIFS = (RefusDS, Introuvable, ReponseInvalide)
journal_technique = structlog.get_logger("portal.operations_ds")


@dataclass(frozen=True)
class _Cible:
    """What DS must be told besides the mutation: its own ids. `instructeur_id` is empty when the agent is not known there."""

    number: int
    dossier_id: str
    instructeur_id: str
    email: str
    groupe: str


@dataclass(frozen=True)
class _Issue:
    """How an exchange ended; `delai` before the next one, if any."""

    etat: EtatEnvoi
    erreur: str = ""
    delai: timedelta = timedelta()


def run_due(moyens: Moyens) -> int:
    """Attempt everything that is due and return how many operations were attempted."""
    with moyens.fabrique() as session:
        dues = operations_ds.due(session, limite=1000)
    for operation_id in dues:
        run_one(moyens, operation_id)
    return len(dues)


def run_one(moyens: Moyens, operation_id: int) -> None:
    """Carry an operation as far as it can go now: sent, refused, or waiting for its next attempt."""
    ds = get_ds(moyens)
    while _step(moyens, ds, operation_id):
        pass


def _step(moyens: Moyens, ds: DemarchesSimplifiees, operation_id: int) -> bool:
    """One exchange. False when there is nothing to do now."""
    with moyens.fabrique.begin() as session:
        prise = operations_ds.take(session, operation_id, bail=lease(moyens))
        if prise is None:
            return False
        operation, a_relire = prise
        cible = _cible(session, operation)
    issue = _read_back(ds, operation, cible) if a_relire else _send(moyens, ds, operation, cible)
    with moyens.fabrique.begin() as session:
        ecrit = operations_ds.settle(
            session, operation, etat=issue.etat, erreur=issue.erreur, prochain_essai=maintenant() + issue.delai
        )
        if ecrit:
            _record(session, operation, issue)
    if issue.etat in (EtatEnvoi.ENVOYE, EtatEnvoi.REFUSE):
        _refresh(moyens, operation)
    return True


def lease(moyens: Moyens) -> timedelta:
    """How long a taken row is left to its worker: a whole exchange, then DS's own limit, so that reading back is conclusive."""
    return timedelta(seconds=moyens.config.ds_delai_lecture + moyens.config.ds_attente_ambigue)


def _cible(session: Session, operation: OperationDS) -> _Cible:
    ds_number, ds_id, groupe_id = session.execute(
        select(DossierDS.number, DossierDS.ds_id, DossierDS.groupe_id).where(
            DossierDS.dossier_id == operation.dossier_id
        )
    ).one()
    groupe = session.get(GroupeInstructeur, groupe_id) if groupe_id else None
    email = session.get_one(User, operation.demande_par_id).email
    membres = {un["email"].lower(): un["id"] for un in (groupe.instructeurs if groupe else ())}
    return _Cible(ds_number, ds_id, membres.get(email.lower(), ""), email, groupe.label if groupe else "")


def _send(moyens: Moyens, ds: DemarchesSimplifiees, operation: OperationDS, cible: _Cible) -> _Issue:
    if not cible.instructeur_id:
        return _Issue(
            EtatEnvoi.REFUSE,
            f"L’adresse {cible.email} n’est pas celle d’un instructeur du groupe « {cible.groupe} » de cette démarche sur "
            "Démarches Simplifiées. Rien n’a été envoyé : faites ajouter cette adresse au groupe, puis réessayez.",
        )
    envoyer: Callable[..., object] = getattr(ds, operation.mutation)
    agir = partial(envoyer, cible.dossier_id, cible.instructeur_id, **operation.arguments)
    try:
        agir()
    except ReponseAmbigue as doute:
        return _Issue(EtatEnvoi.A_VERIFIER, str(doute), timedelta(seconds=moyens.config.ds_attente_ambigue))
    except A_REPETER as panne:
        return _Issue(EtatEnvoi.A_ENVOYER, str(panne), _delai(operation, panne))
    except DEFINITIFS as refus:
        return _Issue(EtatEnvoi.REFUSE, str(refus))
    return _Issue(EtatEnvoi.ENVOYE)


def _read_back(ds: DemarchesSimplifiees, operation: OperationDS, cible: _Cible) -> _Issue:
    """Ask DS where the dossier stands, and decide: applied, to be sent again, or overtaken by somebody else's act."""
    try:
        state = lire(ds.lire_dossier(cible.number)).state
    except A_REPETER as panne:
        return _Issue(EtatEnvoi.A_VERIFIER, str(panne), _delai(operation, panne))
    except DEFINITIFS as absence:
        return _Issue(EtatEnvoi.REFUSE, str(absence))
    mutation = MUTATIONS[operation.mutation]
    if state == mutation.vers:
        return _Issue(EtatEnvoi.ENVOYE)
    if state in mutation.depuis:
        return _Issue(EtatEnvoi.A_ENVOYER)
    libelle = LIBELLES_ETAT_AGENT[Etat(state)] if state in set(Etat) else state
    return _Issue(
        EtatEnvoi.REFUSE,
        f"Sur Démarches Simplifiées, ce dossier est maintenant « {libelle} » : l’action demandée n’y a plus d’objet.",
    )


def _delai(operation: OperationDS, panne: ErreurDS) -> timedelta:
    """Back-off by doubling, or what DS asks for when it throttles us."""
    reprise: datetime | None = panne.reprise if isinstance(panne, TropDeRequetes) else None
    if reprise is not None:
        return max(reprise.astimezone(UTC) - maintenant(), timedelta(seconds=1))
    delai: timedelta = PREMIER_DELAI * 2 ** min(operation.essais - 1, DOUBLEMENTS_MAXIMAUX)
    return min(delai, DELAI_MAXIMAL)


def _record(session: Session, operation: OperationDS, issue: _Issue) -> None:
    actions = {EtatEnvoi.ENVOYE: "operation_ds_confirmee", EtatEnvoi.REFUSE: "operation_ds_refusee"}
    if issue.etat in actions:
        valeurs = {"mutation": operation.mutation, "operation": operation.id}
        objet = f"dossier:{operation.dossier_id}"
        journal.record(session, by=SYSTEME, action=actions[issue.etat], objet=objet, valeurs=valeurs)


def _refresh(moyens: Moyens, operation: OperationDS) -> None:
    """Show at once what DS says now. An outage here loses nothing: the next run reads the dossier again."""
    try:
        sync_one(moyens, operation.dossier_id)
    except ErreurDS as panne:
        journal_technique.info("relecture_remise", operation=operation.id, genre=type(panne).__name__)
