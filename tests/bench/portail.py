"""The portal as production serves it, on a base of the bench: the web and the worker of the Procfile, each a process."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from portal.app import create_app
from portal.config import Config
from portal.db import make_engine, make_fabrique
from portal.services.moyens import Moyens, make_moyens
from tests.bench.campagne import log_in
from tests.e2e.ports import port_libre

RACINE = Path(__file__).resolve().parents[2]
ATTENTE_SECONDES = 60
FERME = "http://127.0.0.1:9"  # nobody listens there: nothing of the bench leaves this machine


@dataclass(frozen=True, kw_only=True)
class Portail:
    """A running portal, what a logged-in agent sends it, and the number of its worker's process."""

    url: str
    cookie: str
    moyens: Moyens
    worker: int


@contextmanager
def serve(base: str, dossier: Path) -> Iterator[Portail]:
    """On that database, its files in that folder; stopped with the block."""
    port = port_libre()
    url = f"http://127.0.0.1:{port}"
    env = _env(url, base, dossier)
    config = Config.from_env(env)
    moteur = make_engine(base, reserve=1)
    moyens = make_moyens(config, fabrique=make_fabrique(moteur))
    with ExitStack() as pile:
        pile.callback(moteur.dispose)
        pile.enter_context(_programme("web", env | {"PORT": str(port)}, dossier))
        worker = pile.enter_context(_programme("worker", env, dossier))
        _await(url, dossier / "web.log")
        yield Portail(url=url, cookie=_cookie(config, moyens), moyens=moyens, worker=worker)


def _env(url: str, base: str, dossier: Path) -> dict[str, str]:
    return {
        **{nom: os.environ[nom] for nom in ("HOME", "LANG") if nom in os.environ},
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PORTAL_MODE": "demo",
        "PORTAL_URL": url,
        "DATABASE_URL": base,
        "SECRET_KEY": "secret-du-banc-" + "x" * 32,
        "STOCKAGE_DOSSIER": str(dossier / "fichiers"),
        "COURRIEL_DOSSIER": str(dossier / "courriels"),
        "ANNUAIRE_URL": FERME,
    }


@contextmanager
def _programme(nom: str, env: dict[str, str], dossier: Path) -> Iterator[int]:
    """A line of the Procfile, heard by this machine alone; the number of its process."""
    lignes = dict(ligne.split(": ", 1) for ligne in (RACINE / "Procfile").read_text().splitlines())
    commande = f"exec {lignes[nom].replace('0.0.0.0', '127.0.0.1')}"  # noqa: S104  # what is not done
    with (
        (dossier / f"{nom}.log").open("wb") as sortie,
        subprocess.Popen(["sh", "-c", commande], cwd=RACINE, env=env, stdout=sortie, stderr=sortie) as processus,
    ):
        try:
            yield processus.pid
        finally:
            processus.terminate()


def _await(url: str, journal: Path) -> None:
    limite = time.monotonic() + ATTENTE_SECONDES
    while time.monotonic() < limite:
        try:
            if httpx.get(f"{url}/readyz", timeout=5).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass  # it does not listen yet
        time.sleep(0.2)
    raise AssertionError(f"the web does not answer:\n{journal.read_text()[-3000:]}")


def _cookie(config: Config, moyens: Moyens) -> str:
    client = create_app(config, moyens=moyens).test_client()
    log_in(client, moyens)
    cookie = client.get_cookie("portail")
    assert cookie is not None
    return f"{cookie.key}={cookie.value}"
