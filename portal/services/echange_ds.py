"""One exchange with DS about an operation in our hands: read the dossier, decide by what it proves, make ready, send.

No transaction is open while DS is spoken to. Just before a mutation leaves, its lease is renewed and what DS said is noted:
whoever finds the row later can tell what came of it.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from integrations.demarches_simplifiees.api import DemarchesSimplifiees
from integrations.demarches_simplifiees.debit import au_depart
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
from portal.models.envois import OperationDS
from portal.models.mutations_ds import DE_DECISION, MUTATIONS
from portal.services import appels_ds, fichiers_ds, operations_ds, preuves_ds, resumes_avis
from portal.services.appels_ds import Auteur
from portal.services.moyens import Moyens
from portal.services.preuves_ds import Suite
from portal.vocabulaire import EtatEnvoi

PREMIER_DELAI = timedelta(seconds=30)
DELAI_MAXIMAL = timedelta(minutes=5)
DELAI_DU_JETON = timedelta(minutes=1)
DOUBLEMENTS_MAXIMAUX = 6
# A mutation whose every sending ends in doubt and never shows: on some démarches DS fails each time (ds/api §6).
ENVOIS_SANS_EFFET = 4
# It may be done: a dossier that DS cannot show for a while is no refusal of what was asked on it.
LECTURES_DANS_LE_DOUTE = 6
# Nothing was applied, and nobody is to blame on our side: it will be tried again.
A_REPETER = (DSIndisponible, TropDeRequetes, AccesRefuse, RemoteUnavailable)
DEFINITIFS = (RefusDS, Introuvable, ReponseInvalide)


@dataclass(frozen=True)
class Prise:
    """An operation in our hands. `doute`: it may already have reached DS."""

    operation: OperationDS
    doute: bool
    number: int
    fichier: Fichier | None


@dataclass(frozen=True)
class Issue:
    """How an exchange ended; `delai` before the next one. `panne`: DS or its token is in trouble. `compte`: an attempt."""

    etat: EtatEnvoi
    erreur: str = ""
    delai: timedelta = timedelta()
    resultat: dict[str, Any] = field(default_factory=dict)
    panne: bool = False
    compte: bool = True


class _Perdue(Exception):
    """The operation is in other hands: nothing has left from here."""


def lease(moyens: Moyens) -> timedelta:
    """How long a taken row is left to its worker: a whole exchange, then DS's own limit, so that reading back is conclusive."""
    return timedelta(seconds=moyens.config.ds_delai_lecture + moyens.config.ds_attente_ambigue)


def exchange(moyens: Moyens, ds: DemarchesSimplifiees, prise: Prise) -> Issue | None:
    """Read, decide, send. None when the lease has passed to somebody else meanwhile."""
    operation = prise.operation
    try:
        recu = lire(ds.lire_dossier(prise.number))
    except (*A_REPETER, *DEFINITIFS) as echec:
        return _echec(operation, echec, EtatEnvoi.A_VERIFIER if prise.doute else EtatEnvoi.A_ENVOYER)
    try:
        auteur = _rediger(moyens, operation, recu)
    except Invalid as impossible:
        return Issue(EtatEnvoi.REFUSE, impossible.message)
    constat = preuves_ds.examine(operation, recu, email=auteur.email)
    if constat.suite == Suite.FAIT:
        return Issue(EtatEnvoi.ENVOYE, resultat={"avertissement": constat.raison} if constat.raison else {})
    if constat.suite == Suite.SANS_OBJET:
        return Issue(EtatEnvoi.REFUSE, constat.raison)
    if prise.doute:
        return _encore(operation)
    return _send(moyens, ds, prise, recu, auteur)


def _rediger(moyens: Moyens, operation: OperationDS, recu: DossierRecu) -> Auteur:
    """In whose name; the summary of avis is written now, from those of today. Raises Invalid (no such annotation)."""
    with moyens.fabrique.begin() as session:
        if operation.mutation == resumes_avis.MUTATION:
            operation.arguments = resumes_avis.arguments(session, operation.dossier_id, recu)
        return appels_ds.author(session, operation, recu)


def _encore(operation: OperationDS) -> Issue:
    """DS shows no trace of it: it will be sent again, but not for ever."""
    envois = operation.resultat.get("envois", 0)
    if envois >= ENVOIS_SANS_EFFET:
        return Issue(EtatEnvoi.REFUSE, preuves_ds.SANS_EFFET)
    return Issue(EtatEnvoi.A_ENVOYER, delai=_doublement(envois) if envois > 1 else timedelta())


def _send(moyens: Moyens, ds: DemarchesSimplifiees, prise: Prise, recu: DossierRecu, auteur: Auteur) -> Issue | None:
    operation = prise.operation
    empechement = _hindrance(moyens, operation, auteur)
    if empechement is not None:
        return empechement
    try:
        arguments = appels_ds.prepare(moyens, ds, operation, prise.fichier, recu)
    except (*A_REPETER, ReponseAmbigue, *DEFINITIFS, Invalid) as echec:
        return _echec(operation, echec, EtatEnvoi.A_ENVOYER)
    note = {"avant": preuves_ds.temoin(recu), "envois": operation.resultat.get("envois", 0) + 1}
    try:
        with au_depart(partial(_keep, moyens, operation, operation.resultat | note)):
            reponse = appels_ds.send(ds, operation, recu.id, auteur, arguments)
    except _Perdue:
        return None
    except ReponseAmbigue as doute:
        return Issue(EtatEnvoi.A_VERIFIER, str(doute), timedelta(seconds=moyens.config.ds_attente_ambigue))
    except (*A_REPETER, *DEFINITIFS) as echec:
        return _echec(operation, echec, EtatEnvoi.A_ENVOYER)
    return _reponse(operation, reponse)


def _keep(moyens: Moyens, operation: OperationDS, resultat: dict[str, Any]) -> None:
    """Raise _Perdue when the lease has passed to somebody else, while this one waited for its turn to speak to DS."""
    with moyens.fabrique.begin() as session:
        if not operations_ds.keep(session, operation, bail=lease(moyens), resultat=resultat):
            raise _Perdue


def _hindrance(moyens: Moyens, operation: OperationDS, auteur: Auteur) -> Issue | None:
    """Why it cannot leave now: nobody to sign it, or files that DS wipes at a decision and that are not here yet."""
    if MUTATIONS[operation.mutation].instructeur and not auteur.instructeur_id:
        return Issue(
            EtatEnvoi.REFUSE,
            f"L’adresse {auteur.email} n’est pas celle d’un instructeur du groupe «\u00a0{auteur.groupe}\u00a0» de cette "
            "démarche sur Démarches Simplifiées. Rien n’a été envoyé\u00a0: faites ajouter cette adresse au groupe, puis "
            "réessayez.",
        )
    attente = ""
    if operation.mutation in DE_DECISION:
        attente = fichiers_ds.fetch_before_decision(moyens, operation.dossier_id)
    return Issue(EtatEnvoi.A_ENVOYER, attente, _doublement(operation.essais)) if attente else None


def _reponse(operation: OperationDS, reponse: Mutation) -> Issue:
    if reponse.erreurs:
        return Issue(EtatEnvoi.REFUSE, " ".join(reponse.erreurs), resultat={"refus_ds": True, "partiel": True})
    suite = EtatEnvoi.A_VERIFIER if operation.arguments.get("correction") else EtatEnvoi.ENVOYE
    # DS drops a correction without a word: reading back tells. The id keeps the message from ever being sent again.
    return Issue(suite, resultat={"message_id": reponse.message_id} if reponse.message_id else {})


def _echec(operation: OperationDS, echec: Exception, etat: EtatEnvoi) -> Issue:
    """Refused for good, or to be tried again later as `etat`."""
    definitif = isinstance(echec, (*DEFINITIFS, Invalid))
    if definitif and (etat == EtatEnvoi.A_ENVOYER or operation.essais > LECTURES_DANS_LE_DOUTE):
        return Issue(EtatEnvoi.REFUSE, str(echec), resultat={"refus_ds": isinstance(echec, RefusDS)})
    jeton_refuse = isinstance(echec, AccesRefuse)
    return Issue(
        etat,
        str(echec),
        _delai(operation, echec),
        panne=isinstance(echec, ErreurDS) and not definitif,
        compte=not jeton_refuse,
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
