"""The simulator over HTTP: the GraphQL address, the files, the storage, and its administration."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from flask import Flask, Response
from werkzeug.serving import BaseWSGIServer, make_server

from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE
from integrations.demarches_simplifiees.simulator.depart.preparation import Depart, preparer
from integrations.demarches_simplifiees.simulator.http import administration, guichet, public, stockage
from integrations.demarches_simplifiees.simulator.http.canal import Requetes
from integrations.demarches_simplifiees.simulator.http.crochets import Crochets
from integrations.demarches_simplifiees.simulator.http.guichet import CHEMIN, EXPIRE, LECTURE, Acces
from integrations.demarches_simplifiees.simulator.mutations import televersements
from integrations.demarches_simplifiees.simulator.pannes.catalogue import Pannes
from integrations.demarches_simplifiees.simulator.verite import fichiers as pieces
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees

JETON = "jeton-de-demonstration"
SANS_PANNE: Mapping[str, float] = MappingProxyType({})
DUREE_PANNE = 5.0  # seconds

journal = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Simulateur:
    """A simulator that runs: where to call it, with which token, and its truth."""

    url: str
    jeton: str
    donnees: Donnees
    jeton_administration: str = administration.JETON

    @property
    def administration(self) -> str:
        """The start of the administration's addresses, which want `jeton_administration` in administration.ENTETE."""
        return self.url.removesuffix(CHEMIN) + administration.CHEMIN

    @property
    def jeton_lecture(self) -> str:
        """A token that may only read."""
        return self.jeton + LECTURE

    @property
    def jeton_expire(self) -> str:
        """A token that has expired."""
        return self.jeton + EXPIRE


def creer_simulateur(depart: Depart, *, jeton: str = JETON, jeton_administration: str = administration.JETON) -> Flask:
    """The WSGI application over a starting truth."""
    app, donnees, acces = Flask("simulateur_ds"), depart.donnees, Acces(jeton)
    guichet.brancher(app, depart, acces)
    stockage.brancher(app, depart)
    public.brancher(app, depart)
    administration.brancher(app, depart, acces, jeton=jeton_administration)

    @app.get("/fichiers/<signature>/<nom>")
    def fichier(signature: str, nom: str) -> Response:
        cle = pieces.ouvrir(signature, jeton, donnees.horloge())
        if cle is None or donnees.pannes.frappe("url_expiree"):
            return Response("Ce lien a expiré.", 403)
        octets = televersements.contenu(donnees, cle)
        if donnees.pannes.frappe("somme_fausse"):
            octets = octets[:-1] + bytes([octets[-1] ^ 1])
        return Response(octets, mimetype=pieces.TYPES.get(Path(nom).suffix, "text/plain"))

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
    pannes: Mapping[str, float] = SANS_PANNE,
    duree_panne: float = DUREE_PANNE,
    crochets: Sequence[str] = (),
    secret_crochet: str | None = None,
    jeton_administration: str = administration.JETON,
) -> None:
    """Serve on 127.0.0.1 until interrupted; `annoncer` receives the French sentences people should read.

    The rest is as for `demarrer`. Raises OSError when the port is taken or a file unreadable, ValueError when a file
    holds no dossier, a fault does not exist or the webhooks' secret is none.
    """
    depart = preparer(
        dossiers=dossiers,
        graine=graine,
        fichiers=fichiers,
        etat=etat,
        demarche=demarche,
        pannes=Pannes(pannes, graine=graine, duree=duree_panne),
    )
    app = creer_simulateur(depart, jeton=jeton, jeton_administration=jeton_administration)
    with _serveur(app, port) as serveur, _annonces(depart, crochets, secret_crochet):
        for phrase in depart.annonces:
            annoncer(phrase)
        annoncer(f"Simulateur de Démarches Simplifiées\u00a0: {adresse(serveur.port)}")
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
    pannes: Mapping[str, float] = SANS_PANNE,
    duree_panne: float = DUREE_PANNE,
    crochets: Sequence[str] = (),
    secret_crochet: str | None = None,
    jeton_administration: str = administration.JETON,
) -> Iterator[Simulateur]:
    """For tests: serve in a thread, on a free port unless one is given, as long as the block lasts.

    `pannes` gives faults their rates (see pannes.PANNES), drawn by `graine`; what hangs hangs for `duree_panne` seconds.
    Each address of `crochets` is told of the changes, in the signed form when there is a `secret_crochet`.
    """
    depart = preparer(
        dossiers=dossiers,
        graine=graine,
        fichiers=fichiers,
        etat=etat,
        demarche=demarche,
        ancrage=ancrage,
        pannes=Pannes(pannes, graine=graine, duree=duree_panne),
    )
    app = creer_simulateur(depart, jeton=jeton, jeton_administration=jeton_administration)
    with _serveur(app, port) as serveur, _annonces(depart, crochets, secret_crochet):
        fil = threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.01})
        fil.start()
        try:
            yield Simulateur(adresse(serveur.port), jeton, depart.donnees, jeton_administration)
        finally:
            serveur.shutdown()
            fil.join()


@contextmanager
def _annonces(depart: Depart, urls: Sequence[str], secret: str | None) -> Iterator[None]:
    """Webhooks for as long as the block lasts."""
    crochets = Crochets(depart.donnees, urls, secret) if urls else None
    try:
        yield
    finally:
        if crochets:
            crochets.arreter()


def adresse(port: int) -> str:
    """The GraphQL address of a simulator on that port of this machine."""
    return f"http://127.0.0.1:{port}{CHEMIN}"


def _serveur(app: Flask, port: int) -> BaseWSGIServer:
    return make_server("127.0.0.1", port, app, threaded=True, request_handler=Requetes)
