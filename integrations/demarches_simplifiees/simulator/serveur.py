"""The simulator over HTTP: one GraphQL address guarded as DS guards it, and the files."""

import json
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from integrations.demarches_simplifiees.simulator import fichiers as pieces
from integrations.demarches_simplifiees.simulator import stockage, televersements
from integrations.demarches_simplifiees.simulator.execution import Reponse, erreur, executer
from integrations.demarches_simplifiees.simulator.generation import DEMARCHE
from integrations.demarches_simplifiees.simulator.preparation import Depart, preparer
from integrations.demarches_simplifiees.simulator.rendus import en_json
from integrations.demarches_simplifiees.simulator.resolution import Contexte, non_autorise
from integrations.demarches_simplifiees.simulator.verite import Donnees

CHEMIN = "/api/v2/graphql"
JETON = "jeton-de-demonstration"
LECTURE, EXPIRE = "-lecture", "-expire"

journal = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Simulateur:
    """A simulator that runs: where to call it, with which token, and its truth."""

    url: str
    jeton: str
    donnees: Donnees

    @property
    def jeton_lecture(self) -> str:
        """A token that may only read."""
        return self.jeton + LECTURE

    @property
    def jeton_expire(self) -> str:
        """A token that has expired."""
        return self.jeton + EXPIRE


def creer_simulateur(depart: Depart, *, jeton: str = JETON) -> Flask:
    """The WSGI application over a starting truth."""
    app = Flask("simulateur_ds")

    @app.post(CHEMIN)
    def graphql() -> Response:
        return _en_json(_repondre(depart, jeton))

    @app.get("/fichiers/<signature>/<nom>")
    def fichier(signature: str, nom: str) -> Response:
        cle = pieces.ouvrir(signature, jeton, depart.donnees.horloge())
        if cle is None:
            return Response("Ce lien a expiré.", 403)
        return Response(
            televersements.contenu(depart.donnees, cle), mimetype=pieces.TYPES.get(Path(nom).suffix, "text/plain")
        )

    stockage.brancher(app, depart)

    @app.get("/")
    def accueil() -> str:
        return "Simulateur de Démarches Simplifiées."

    return app


def servir(
    port: int,
    *,
    dossiers: int = 200,
    graine: int = 1,
    fichiers: Sequence[Path] = (),
    etat: Path | None = None,
    jeton: str = JETON,
    demarche: int = DEMARCHE,
    annoncer: Callable[[str], None] = journal.info,
) -> None:
    """Serve on 127.0.0.1 until interrupted; `annoncer` receives the French sentences people should read.

    Raises OSError when the port is taken or a file unreadable, ValueError when a file holds no dossier.
    """
    depart = preparer(dossiers=dossiers, graine=graine, fichiers=fichiers, etat=etat, demarche=demarche)
    serveur = _serveur(creer_simulateur(depart, jeton=jeton), port)
    for phrase in depart.annonces:
        annoncer(phrase)
    annoncer(f"Simulateur de Démarches Simplifiées\u00a0: {adresse(serveur.port)}")
    with serveur:
        try:
            serveur.serve_forever()
        except KeyboardInterrupt:
            annoncer("Simulateur de Démarches Simplifiées arrêté.")


@contextmanager
def demarrer(
    *,
    port: int = 0,
    dossiers: int = 20,
    graine: int = 1,
    fichiers: Sequence[Path] = (),
    etat: Path | None = None,
    jeton: str = JETON,
    demarche: int = DEMARCHE,
    ancrage: datetime | None = None,
) -> Iterator[Simulateur]:
    """For tests: serve in a thread, on a free port unless one is given, as long as the block lasts."""
    depart = preparer(
        dossiers=dossiers, graine=graine, fichiers=fichiers, etat=etat, demarche=demarche, ancrage=ancrage
    )
    with _serveur(creer_simulateur(depart, jeton=jeton), port) as serveur:
        fil = threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.01})
        fil.start()
        try:
            yield Simulateur(adresse(serveur.port), jeton, depart.donnees)
        finally:
            serveur.shutdown()
            fil.join()


def adresse(port: int) -> str:
    """The GraphQL address of a simulator on that port of this machine."""
    return f"http://127.0.0.1:{port}{CHEMIN}"


class _Requetes(WSGIRequestHandler):
    """Connections that stay open, answers that leave at once, and no line per request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, *_: object, **__: object) -> None:
        """Say nothing: the callers keep their own accounts."""


def _serveur(app: Flask, port: int) -> BaseWSGIServer:
    return make_server("127.0.0.1", port, app, threaded=True, request_handler=_Requetes)


def _repondre(depart: Depart, jeton: str) -> Reponse:
    corps = _corps()
    if corps is None:
        return erreur(400, "Request body must be a JSON object", "bad_request")
    presente = _jeton_presente()
    if presente == jeton + EXPIRE:
        return erreur(401, "Token expired", "unauthorized")
    if presente not in {jeton, jeton + LECTURE}:
        if "queryId" in corps:
            return erreur(200, non_autorise("Demarche").message, "unauthorized")
        return erreur(403, "Without a token, only persisted queries are allowed", "forbidden")
    contexte = Contexte(
        donnees=depart.donnees,
        ecriture=presente == jeton,
        racine=request.host_url.rstrip("/"),
        secret=jeton,
        persister=depart.persister,
    )
    return executer(corps, contexte)


def _corps() -> dict[str, Any] | None:
    """The body; its `variables` may be an object or, as DS allows, a JSON string."""
    try:
        corps = json.loads(request.get_data())
        if isinstance(corps.get("variables"), str):
            corps["variables"] = json.loads(corps["variables"])
    except (ValueError, AttributeError):
        return None
    return corps if isinstance(corps, dict) else None


def _jeton_presente() -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ").removeprefix("token=").strip()


def _en_json(reponse: Reponse) -> Response:
    return Response(en_json(reponse.corps), reponse.statut, content_type="application/json; charset=utf-8")
