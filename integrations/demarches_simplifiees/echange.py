"""The exchange itself: our operations sent by gql over httpx, with explicit time limits. The only door to gql."""

import json
import logging
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from ssl import SSLContext
from typing import Any

import httpx
from gql import GraphQLRequest, gql
from gql.transport.exceptions import TransportConnectionFailed, TransportProtocolError
from gql.transport.httpx import HTTPXTransport
from graphql import ExecutionResult
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from integrations.demarches_simplifiees.api import Debit
from integrations.demarches_simplifiees.debit import passer
from integrations.demarches_simplifiees.errors import (
    DelaiDepasse,
    DSIndisponible,
    DSInjoignable,
    ErreurDS,
    ReponseAmbigue,
    TropDeRequetes,
)
from integrations.demarches_simplifiees.limites import borner
from integrations.demarches_simplifiees.noeuds import Noeud
from integrations.demarches_simplifiees.reponses import (
    ErreurRacine,
    erreurs_graves,
    laisse_un_doute,
    montrable,
    traduire_panne,
    traduire_racine,
    verifier_statut,
)

# at DEBUG gql writes whole requests and answers, that is people's data; httpx (INFO) and httpcore, addresses that open files
logging.getLogger("gql.transport").setLevel(logging.INFO)
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)

AGENT = {"User-Agent": "portail-associations"}
_OPERATIONS = files("integrations.demarches_simplifiees") / "operations"
_AMBIGU = (
    "L’issue de l’opération est inconnue : Démarches Simplifiées l’a peut-être appliquée. "
    "Le dossier sera relu avant toute nouvelle tentative."
)
_SANS_DOCUMENT = gql("{ __typename }")
_INTROSPECTION = {"queryId": "introspection", "operationName": "IntrospectionQuery"}


@cache
def texte_operation(nom: str) -> str:
    """The text of an operation; those that read whole dossiers carry the one frozen fragment set."""
    operation = (_OPERATIONS / f"{nom}.graphql").read_text("utf-8")
    fragments = (_OPERATIONS / "fragments.graphql").read_text("utf-8")
    return operation + fragments if "...DossierComplet" in operation else operation


def noms_operations() -> tuple[str, ...]:
    """The name of every operation we may send."""
    fichiers = (Path(un.name) for un in _OPERATIONS.iterdir())
    return tuple(sorted(un.stem for un in fichiers if un.suffix == ".graphql" and un.stem != "fragments"))


class _Demande(GraphQLRequest):
    """A request whose body is ready: gql would print its document anew each time (3 ms for a page of dossiers)."""

    def __init__(self, corps: dict[str, Any]) -> None:
        super().__init__(_SANS_DOCUMENT)
        self._corps = corps

    @property
    def payload(self) -> dict[str, Any]:
        """What is sent."""
        return self._corps


class _Attente(wait_random_exponential):
    """A throttled read waits at the gate, and nowhere else."""

    def __call__(self, retry_state: RetryCallState) -> float:
        echec = retry_state.outcome.exception() if retry_state.outcome else None
        return 0.0 if isinstance(echec, TropDeRequetes) else super().__call__(retry_state)


class Echange:
    """One DS address and one token. Threads may share it; `fermer` ends it.

    A read that fails in a repeat-safe way is tried `tentatives` times, waiting up to `attente` seconds, then twice
    that, and so on; a read that ran out of time is not, since only its caller can ask for less. A throttled read is
    tried again when a `debit` is there to make it wait. A mutation is sent once.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        tls: SSLContext,
        delais: httpx.Timeout,
        tentatives: int,
        attente: float,
        debit: Debit | None = None,
    ) -> None:
        self._debit = debit
        self._transport = HTTPXTransport(
            url,
            json_deserialize=_objet_json,
            headers={"Authorization": f"Bearer {token}", **AGENT},
            verify=tls,
            timeout=delais,
            event_hooks={"response": [borner, verifier_statut]},
        )
        self._transport.connect()  # type: ignore[no-untyped-call]  # gql left it without types
        self._lectures = Retrying(
            retry=retry_if_exception(self._a_repeter),
            stop=stop_after_attempt(tentatives),
            wait=_Attente(multiplier=attente, max=30),
            reraise=True,
        )

    def fermer(self) -> None:
        """Close the connections."""
        self._transport.close()  # type: ignore[no-untyped-call]  # gql left it without types

    def lire(self, nom: str, variables: Mapping[str, Any]) -> Noeud:
        """The `data` of an operation that changes no dossier, repeated when that is safe."""
        return self._lectures(self._executer, nom, variables)

    def muter(self, nom: str, variables: Mapping[str, Any]) -> Noeud:
        """The payload of a mutation, sent once: it holds DS's errors, an effect, or both.

        Raises ReponseAmbigue whenever DS may have applied it and does not say.
        """
        try:
            donnees, graves = self._interroger(nom, variables)
        except DSInjoignable:
            raise
        except DSIndisponible as panne:
            raise ReponseAmbigue(_AMBIGU) from panne
        if graves:
            dite = traduire_racine(graves[0], complet=bool(donnees))
            if any(laisse_un_doute(une) for une in graves):
                raise ReponseAmbigue(_AMBIGU) from dite
            raise dite
        charge = next(iter(donnees.values()), None)
        if not isinstance(charge, dict) or all(valeur is None for valeur in charge.values()):
            raise ReponseAmbigue(_AMBIGU)
        return charge

    def introspecter(self) -> dict[str, Any]:
        """The interface that DS publishes: a query it keeps itself, so that no token and no depth stands in the way."""
        return self._lectures(self._envoyer, _Demande(_INTROSPECTION)).data or {}

    def _a_repeter(self, erreur: BaseException) -> bool:
        if isinstance(erreur, TropDeRequetes):
            return self._debit is not None
        return isinstance(erreur, DSIndisponible) and not isinstance(erreur, DelaiDepasse)

    def _executer(self, nom: str, variables: Mapping[str, Any]) -> Noeud:
        donnees, graves = self._interroger(nom, variables)
        if graves:
            raise traduire_racine(graves[0], complet=bool(donnees))
        return donnees

    def _interroger(self, nom: str, variables: Mapping[str, Any]) -> tuple[Noeud, list[ErreurRacine]]:
        """The `data`, and the root errors that matter, the gravest first."""
        resultat = self._envoyer(_Demande({"query": texte_operation(nom), "variables": dict(variables)}))
        donnees: Noeud = resultat.data or {}
        # gql declares errors of its own but hands those of the wire as they came: plain mappings
        erreurs: Any = resultat.errors
        return donnees, erreurs_graves(erreurs)

    def _envoyer(self, requete: GraphQLRequest) -> ExecutionResult:
        with passer(self._debit):
            try:
                return self._transport.execute(requete)
            except TransportProtocolError:
                # the error of gql quotes the whole answer, which may be anybody's data: it goes no further
                raise DSIndisponible("Démarches Simplifiées a répondu autre chose que du JSON.") from None
            except TransportConnectionFailed as echec:
                cause = echec.__cause__
                if isinstance(cause, ErreurDS):
                    raise cause from None
                if isinstance(cause, httpx.RequestError):
                    raise traduire_panne(cause) from montrable(cause)
                raise


def _objet_json(corps: bytes) -> dict[str, Any]:
    """A GraphQL answer, or an exception: whatever has another shape is no answer of DS."""
    lu = json.loads(corps)
    if not isinstance(lu, dict) or not isinstance(lu.get("data") or {}, dict):
        raise TypeError("GraphQL answers an object")
    if not all(isinstance(une, dict) for une in lu.get("errors") or ()):
        raise TypeError("GraphQL errors are objects")
    return lu
