"""The exchange itself: our operations sent by gql over httpx, with explicit time limits. The only door to gql."""

import json
import logging
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
from gql import GraphQLRequest, gql
from gql.transport.exceptions import TransportConnectionFailed, TransportProtocolError
from gql.transport.httpx import HTTPXTransport
from graphql import ExecutionResult
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from integrations.demarches_simplifiees.errors import (
    DelaiDepasse,
    DSIndisponible,
    DSInjoignable,
    ErreurDS,
    RefusDS,
    ReponseAmbigue,
    ReponseInvalide,
)
from integrations.demarches_simplifiees.lecture import Noeud, objet, objets, texte
from integrations.demarches_simplifiees.reponses import (
    erreurs_graves,
    traduire_panne,
    traduire_racine,
    verifier_statut,
)

# at DEBUG this logger writes whole requests and answers, that is people's data
logging.getLogger("gql.transport").setLevel(logging.INFO)

_OPERATIONS = files("integrations.demarches_simplifiees") / "operations"
_AMBIGU = (
    "L’issue de l’opération est inconnue : Démarches Simplifiées l’a peut-être appliquée. "
    "Le dossier sera relu avant toute nouvelle tentative."
)


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


@cache
def _requete(nom: str) -> GraphQLRequest:
    return gql(texte_operation(nom))


class Echange:
    """One DS address and one token. Threads may share it; `fermer` ends it.

    Time limits in seconds. A read that fails in a repeat-safe way is tried `tentatives` times, waiting up to
    `attente` seconds, then twice that, and so on; a read that ran out of time is not, since only its caller
    can ask for less. A mutation is sent once.
    """

    def __init__(
        self, url: str, token: str, *, delai_lecture: float, delai_connexion: float, tentatives: int, attente: float
    ) -> None:
        self._transport = HTTPXTransport(
            url,
            json_deserialize=_objet_json,
            headers={"Authorization": f"Bearer {token}", "User-Agent": "portail-associations"},
            timeout=httpx.Timeout(delai_lecture, connect=delai_connexion),
            event_hooks={"response": [verifier_statut]},
        )
        self._transport.connect()  # type: ignore[no-untyped-call]  # gql left it without types
        self._lectures = Retrying(
            retry=retry_if_exception(_lecture_a_repeter),
            stop=stop_after_attempt(tentatives),
            wait=wait_random_exponential(multiplier=attente, max=30),
            reraise=True,
        )

    def fermer(self) -> None:
        """Close the connections."""
        self._transport.close()  # type: ignore[no-untyped-call]  # gql left it without types

    def lire(self, nom: str, variables: Mapping[str, Any]) -> Noeud:
        """The `data` of a query, repeated when that is safe."""
        return self._lectures(self._executer, nom, variables)

    def muter(self, nom: str, entree: Mapping[str, Any]) -> Noeud:
        """The payload of a mutation, sent once.

        Raises RefusDS with DS's own words, and ReponseAmbigue whenever DS may have applied it all the same.
        """
        try:
            charge = next(iter(self._executer(nom, {"input": entree}).values()), None)
        except DSInjoignable:
            raise
        except DSIndisponible as panne:
            raise ReponseAmbigue(_AMBIGU) from panne
        except ReponseInvalide as invalide:
            if invalide.code != "invalid_null":
                raise
            raise ReponseAmbigue(_AMBIGU) from invalide
        if not isinstance(charge, dict):
            raise ReponseAmbigue(_AMBIGU)
        refus = tuple(texte(une, "message") for une in objets(charge, "errors"))
        if refus:
            raise RefusDS(refus)
        if not objet(charge, "dossier") and not objet(charge, "message"):
            raise ReponseAmbigue(_AMBIGU)
        return charge

    def _executer(self, nom: str, variables: Mapping[str, Any]) -> Noeud:
        resultat = self._envoyer(GraphQLRequest(_requete(nom), variable_values=dict(variables)))
        donnees: Noeud = resultat.data or {}
        # gql declares errors of its own but hands those of the wire as they came: plain mappings
        erreurs: Any = resultat.errors
        graves = erreurs_graves(erreurs)
        if graves:
            raise traduire_racine(graves[0], complet=bool(donnees))
        return donnees

    def _envoyer(self, requete: GraphQLRequest) -> ExecutionResult:
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
                raise traduire_panne(cause) from cause
            raise


def _objet_json(corps: bytes) -> dict[str, Any]:
    lu = json.loads(corps)
    if not isinstance(lu, dict):
        raise TypeError("GraphQL answers an object")
    return lu


def _lecture_a_repeter(erreur: BaseException) -> bool:
    return isinstance(erreur, DSIndisponible) and not isinstance(erreur, DelaiDepasse)
