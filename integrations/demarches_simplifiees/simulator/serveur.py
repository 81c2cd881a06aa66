"""The simulator as a server: for people who try the portal (`servir`), for tests (`demarrer`)."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TypedDict, Unpack

from flask import Flask
from werkzeug.serving import BaseWSGIServer, make_server

from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE
from integrations.demarches_simplifiees.simulator.depart.preparation import Depart, preparer
from integrations.demarches_simplifiees.simulator.http import administration, guichet, public, stockage
from integrations.demarches_simplifiees.simulator.http.canal import Requetes
from integrations.demarches_simplifiees.simulator.http.crochets import Crochets
from integrations.demarches_simplifiees.simulator.http.guichet import CHEMIN, EXPIRE, LECTURE, Acces
from integrations.demarches_simplifiees.simulator.pannes.catalogue import Pannes
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
    app, acces = Flask("simulateur_ds"), Acces(jeton)
    guichet.brancher(app, depart, acces)
    stockage.brancher(app, depart, acces)
    public.brancher(app, depart)
    administration.brancher(app, depart, acces, jeton=jeton_administration)

    @app.get("/")
    def accueil() -> str:
        return "Simulateur de Démarches Simplifiées."

    return app


class Options(TypedDict, total=False):
    """How to start a simulator; what is left out is as `_simuler` says."""

    graine: int
    fichiers: Sequence[Path]
    etat: Path | None
    demarche: int
    ancrage: datetime | None
    jeton: str
    jeton_administration: str
    pannes: Mapping[str, float]
    duree_panne: float
    crochets: Sequence[str]
    secret_crochet: str | None


def servir(
    port: int, *, dossiers: int = 200, annoncer: Callable[[str], None] = journal.info, **options: Unpack[Options]
) -> None:
    """Serve on 127.0.0.1 until interrupted; `annoncer` receives the French sentences people should read.

    Raises OSError when the port is taken or a file unreadable, ValueError when a file holds no dossier, a fault does
    not exist or the webhooks' secret is none.
    """
    with _simuler(port, dossiers, **options) as (serveur, depart):
        for phrase in depart.annonces:
            annoncer(phrase)
        annoncer(f"Simulateur de Démarches Simplifiées\u00a0: {adresse(serveur.port)}")
        try:
            serveur.serve_forever()
        except KeyboardInterrupt:
            annoncer("Simulateur de Démarches Simplifiées arrêté.")


@contextmanager
def demarrer(*, port: int = 0, dossiers: int = 20, **options: Unpack[Options]) -> Iterator[Simulateur]:
    """For tests: serve in a thread, on a free port unless one is given, as long as the block lasts. Raises as `servir`."""
    with _simuler(port, dossiers, **options) as (serveur, depart):
        fil = threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.01})
        fil.start()
        try:
            yield Simulateur(
                adresse(serveur.port),
                options.get("jeton", JETON),
                depart.donnees,
                options.get("jeton_administration", administration.JETON),
            )
        finally:
            serveur.shutdown()
            fil.join()


def adresse(port: int) -> str:
    """The GraphQL address of a simulator on that port of this machine."""
    return f"http://127.0.0.1:{port}{CHEMIN}"


@contextmanager
def _simuler(
    port: int,
    dossiers: int,
    *,
    graine: int = 1,
    fichiers: Sequence[Path] = (),
    etat: Path | None = None,
    demarche: int = DEMARCHE,
    ancrage: datetime | None = None,
    jeton: str = JETON,
    jeton_administration: str = administration.JETON,
    pannes: Mapping[str, float] = SANS_PANNE,
    duree_panne: float = DUREE_PANNE,
    crochets: Sequence[str] = (),
    secret_crochet: str | None = None,
) -> Iterator[tuple[BaseWSGIServer, Depart]]:
    """A server ready to serve, over the truth that `depart.preparation.preparer` makes.

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
    with (
        make_server("127.0.0.1", port, app, threaded=True, request_handler=Requetes) as serveur,
        _annonces(depart, crochets, secret_crochet),
    ):
        yield serveur, depart


@contextmanager
def _annonces(depart: Depart, urls: Sequence[str], secret: str | None) -> Iterator[None]:
    """Webhooks for as long as the block lasts."""
    crochets = Crochets(depart.donnees, urls, secret) if urls else None
    try:
        yield
    finally:
        if crochets:
            crochets.arreter()
