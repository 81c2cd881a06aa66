"""Sends to DS what we owe it, one operation of a dossier at a time, and never twice without proof.

A step takes a row and commits; reads the dossier at DS; decides by `preuves_ds`; makes ready; renews its lease and notes what
DS said just before; sends; and writes how it ended. No transaction is open while DS is spoken to. Whoever dies in between
leaves a lease that outlives DS's own time limit: the next one reads before anything else.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

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
from integrations.demarches_simplifiees.ordres import Mutation
from integrations.demarches_simplifiees.parsing import lire
from integrations.demarches_simplifiees.types import DossierRecu
from portal.errors import Invalid, RemoteUnavailable
from portal.formats import maintenant
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier, DossierDS
from portal.models.envois import OperationDS
from portal.models.mutations_ds import DE_DECISION, MUTATIONS
from portal.permissions import SYSTEME
from portal.services import appels_ds, decisions, journal, operations_ds, preuves_ds, resumes_avis
from portal.services.appels_ds import Auteur
from portal.services.moyens import Moyens
from portal.services.preuves_ds import Suite
from portal.services.synchronisation import sync_one
from portal.services.synchronisation.passage import get_ds
from portal.vocabulaire import EtatEnvoi

PREMIER_DELAI = timedelta(seconds=30)
DELAI_MAXIMAL = timedelta(minutes=5)
DELAI_DU_JETON = timedelta(minutes=1)
DOUBLEMENTS_MAXIMAUX = 6
LOT = 100
# Then DS itself is in trouble, and the others would only wait for it one after the other: the next sweep tries again.
PANNES_DE_SUITE = 3
# A mutation whose every sending ends in doubt and never shows: on some démarches DS fails each time (ds/api §6).
ENVOIS_SANS_EFFET = 4
# Nothing was applied, and nobody is to blame on our side: it will be tried again.
A_REPETER = (DSIndisponible, TropDeRequetes, AccesRefuse, RemoteUnavailable)
DEFINITIFS = (RefusDS, Introuvable, ReponseInvalide)
journal_technique = structlog.get_logger("portal.operations_ds")


@dataclass(frozen=True)
class _Prise:
    """An operation in our hands. `doute`: it may already have reached DS."""

    operation: OperationDS
    doute: bool
    number: int
    fichier: Fichier | None


@dataclass(frozen=True)
class _Issue:
    """How a step ended; `delai` before the next one. `panne`: DS, or its token, is in trouble. `compte`: it was an attempt."""

    etat: EtatEnvoi
    erreur: str = ""
    delai: timedelta = timedelta()
    resultat: dict[str, Any] = field(default_factory=dict)
    panne: bool = False
    compte: bool = True


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


def lease(moyens: Moyens) -> timedelta:
    """How long a taken row is left to its worker: a whole exchange, then DS's own limit, so that reading back is conclusive."""
    return timedelta(seconds=moyens.config.ds_delai_lecture + moyens.config.ds_attente_ambigue)


def _step(moyens: Moyens, ds: DemarchesSimplifiees, operation_id: int) -> tuple[_Issue | None, int | None]:
    """One step and its outcome (None when there is nothing to do now), and the operation to carry next."""
    prise = _take(moyens, operation_id)
    if prise is None:
        return None, None
    issue = _exchange(moyens, ds, prise)
    if issue is None or not _settle(moyens, prise, issue):
        return None, None
    if issue.etat not in (EtatEnvoi.ENVOYE, EtatEnvoi.REFUSE):
        return issue, None if issue.delai else operation_id
    _refresh(moyens, prise.operation)
    with moyens.fabrique() as session:
        return issue, operations_ds.following(session, prise.operation)


def _take(moyens: Moyens, operation_id: int) -> _Prise | None:
    with moyens.fabrique.begin() as session:
        prise = operations_ds.take(session, operation_id, bail=lease(moyens))
        if prise is None:
            return None
        operation, doute = prise
        number = session.scalars(select(DossierDS.number).where(DossierDS.dossier_id == operation.dossier_id)).one()
        fichier = session.get_one(Fichier, operation.fichier_id) if operation.fichier_id else None
    return _Prise(operation, doute, number, fichier)


def _exchange(moyens: Moyens, ds: DemarchesSimplifiees, prise: _Prise) -> _Issue | None:
    """Read, decide, send. None when the lease has passed to somebody else meanwhile."""
    operation = prise.operation
    try:
        recu = lire(ds.lire_dossier(prise.number))
    except (*A_REPETER, *DEFINITIFS) as echec:
        return _echec(operation, echec, EtatEnvoi.A_VERIFIER if prise.doute else EtatEnvoi.A_ENVOYER)
    try:
        auteur = _rediger(moyens, operation, recu)
    except Invalid as impossible:
        return _Issue(EtatEnvoi.REFUSE, impossible.message)
    constat = preuves_ds.examine(operation, recu, email=auteur.email)
    if constat.suite == Suite.FAIT:
        return _Issue(EtatEnvoi.ENVOYE, resultat={"avertissement": constat.raison} if constat.raison else {})
    if constat.suite == Suite.SANS_OBJET:
        return _Issue(EtatEnvoi.REFUSE, constat.raison)
    if prise.doute:
        return _encore(operation)
    return _send(moyens, ds, prise, recu, auteur)


def _rediger(moyens: Moyens, operation: OperationDS, recu: DossierRecu) -> Auteur:
    """In whose name; the summary of avis is written now, from those of today. Raises Invalid (no such annotation)."""
    with moyens.fabrique.begin() as session:
        if operation.mutation == resumes_avis.MUTATION:
            operation.arguments = resumes_avis.arguments(session, operation.dossier_id, recu)
        return appels_ds.author(session, operation, recu)


def _encore(operation: OperationDS) -> _Issue:
    """DS shows no trace of it: it will be sent again, but not for ever."""
    envois = operation.resultat.get("envois", 0)
    if envois >= ENVOIS_SANS_EFFET:
        return _Issue(EtatEnvoi.REFUSE, preuves_ds.SANS_EFFET)
    return _Issue(EtatEnvoi.A_ENVOYER, delai=_doublement(envois) if envois > 1 else timedelta())


def _send(moyens: Moyens, ds: DemarchesSimplifiees, prise: _Prise, recu: DossierRecu, auteur: Auteur) -> _Issue | None:
    operation = prise.operation
    if MUTATIONS[operation.mutation].instructeur and not auteur.instructeur_id:
        return _Issue(
            EtatEnvoi.REFUSE,
            f"L’adresse {auteur.email} n’est pas celle d’un instructeur du groupe «\u00a0{auteur.groupe}\u00a0» de cette "
            "démarche sur Démarches Simplifiées. Rien n’a été envoyé\u00a0: faites ajouter cette adresse au groupe, puis "
            "réessayez.",
        )
    try:
        arguments = appels_ds.prepare(moyens, ds, operation, prise.fichier, recu)
    except (*A_REPETER, ReponseAmbigue, *DEFINITIFS) as echec:
        return _echec(operation, echec, EtatEnvoi.A_ENVOYER)
    note = {"avant": preuves_ds.temoin(recu), "envois": operation.resultat.get("envois", 0) + 1}
    with moyens.fabrique.begin() as session:
        if not operations_ds.keep(session, operation, bail=lease(moyens), resultat=operation.resultat | note):
            return None
    try:
        reponse = appels_ds.send(ds, operation, recu.id, auteur, arguments)
    except ReponseAmbigue as doute:
        return _Issue(EtatEnvoi.A_VERIFIER, str(doute), timedelta(seconds=moyens.config.ds_attente_ambigue))
    except (*A_REPETER, *DEFINITIFS) as echec:
        return _echec(operation, echec, EtatEnvoi.A_ENVOYER)
    return _reponse(operation, reponse)


def _reponse(operation: OperationDS, reponse: Mutation) -> _Issue:
    if reponse.erreurs:
        return _Issue(EtatEnvoi.REFUSE, " ".join(reponse.erreurs), resultat={"refus_ds": True, "partiel": True})
    suite = EtatEnvoi.A_VERIFIER if operation.arguments.get("correction") else EtatEnvoi.ENVOYE
    # DS drops a correction without a word: reading back tells. The id keeps the message from ever being sent again.
    return _Issue(suite, resultat={"message_id": reponse.message_id} if reponse.message_id else {})


def _echec(operation: OperationDS, echec: Exception, etat: EtatEnvoi) -> _Issue:
    """Refused for good, or to be tried again later as `etat`."""
    if isinstance(echec, DEFINITIFS):
        return _Issue(EtatEnvoi.REFUSE, str(echec), resultat={"refus_ds": isinstance(echec, RefusDS)})
    jeton_refuse = isinstance(echec, AccesRefuse)
    return _Issue(
        etat, str(echec), _delai(operation, echec), panne=isinstance(echec, ErreurDS), compte=not jeton_refuse
    )


def _delai(operation: OperationDS, panne: Exception) -> timedelta:
    """Back-off by doubling, or what DS asks for when it throttles us. A token is mended by people: often looked at."""
    if isinstance(panne, AccesRefuse):
        return DELAI_DU_JETON
    reprise: datetime | None = panne.reprise if isinstance(panne, TropDeRequetes) else None
    if reprise is not None:
        return max(reprise.astimezone(UTC) - maintenant(), timedelta(seconds=1))
    return _doublement(operation.essais)


def _doublement(essais: int) -> timedelta:
    delai: timedelta = PREMIER_DELAI * 2 ** min(max(essais - 1, 0), DOUBLEMENTS_MAXIMAUX)
    return min(delai, DELAI_MAXIMAL)


def _settle(moyens: Moyens, prise: _Prise, issue: _Issue) -> bool:
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


def _record(session: Session, operation: OperationDS, issue: _Issue) -> None:
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
