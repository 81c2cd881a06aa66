"""The portal as people meet it: real web server, worker, PostgreSQL and simulators, driven by Debian's Chromium."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from integrations.annuaire import simulateur as simulateur_annuaire
from integrations.antivirus import simulateur as simulateur_antivirus
from integrations.cachet import trousseau
from integrations.demarches_simplifiees.simulator import serveur as simulateur_ds
from integrations.postgresql.grappe import Grappe
from tests.conftest import MODELE, MOT_DE_PASSE_DU_CACHET
from tests.e2e.ports import port_libre

RACINE = Path(__file__).resolve().parents[2]
PROGRAMMES = Path(sys.executable).parent
DEMARCHE = 4501
ATTENTE_SECONDES = 60


@dataclass
class Portail:
    """A running portal and what its simulators hold."""

    url: str
    ds: simulateur_ds.Simulateur
    env: dict[str, str]

    def commande(self, *arguments: str) -> str:
        """Run `portal …` as an operator does; its output."""
        faite = subprocess.run(
            [PROGRAMMES / "portal", *arguments], cwd=RACINE, env=self.env, capture_output=True, text=True, check=False
        )
        assert faite.returncode == 0, faite.stdout + faite.stderr
        return faite.stdout


@pytest.fixture(scope="session")
def portail(grappe: Grappe, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portail]:
    """The demonstration with its data, one DS dossier file more."""
    with demarrer(grappe, tmp_path_factory.mktemp("portail"), "navigateur") as portail:
        yield portail


@contextmanager
def demarrer(grappe: Grappe, dossier: Path, base: str) -> Iterator[Portail]:
    """A portal of its own on a new database of that name, its files in that folder."""
    grappe.creer_base(base, modele=MODELE)
    with ExitStack() as pile:
        ds = pile.enter_context(simulateur_ds.demarrer(dossiers=60))
        annuaire = pile.enter_context(simulateur_annuaire.demarrer())
        antivirus = pile.enter_context(simulateur_antivirus.demarrer())
        url = f"http://127.0.0.1:{port_libre()}"
        trousseau.enregistrer(dossier / "cachet.p12", trousseau.creer("Portail du navigateur", MOT_DE_PASSE_DU_CACHET))
        portail = Portail(url, ds, _env(url, grappe.url(base), ds, annuaire.url, dossier))
        portail.env["ANTIVIRUS"] = antivirus.adresse
        portail.commande("demo-donnees")
        portail.commande("ds", "sync")
        pile.enter_context(_programme(portail.env, dossier / "travaux.log", "portal", "worker"))
        pile.enter_context(_programme(portail.env, dossier / "web.log", "gunicorn", "wsgi:app", *_gunicorn(url)))
        _attendre(f"{url}/readyz", dossier / "web.log")
        yield portail


def _env(url: str, base: str, ds: Any, annuaire: str, dossier: Path) -> dict[str, str]:
    return {
        **{nom: os.environ[nom] for nom in ("PATH", "HOME", "LANG") if nom in os.environ},
        "PORTAL_MODE": "demo",
        "PORTAL_URL": url,
        "DATABASE_URL": base,
        "SECRET_KEY": "secret-du-navigateur-" + "x" * 32,
        "STOCKAGE_DOSSIER": str(dossier / "fichiers"),
        "COURRIEL_DOSSIER": str(dossier / "courriels"),
        "CACHET_P12": str(dossier / "cachet.p12"),
        "CACHET_P12_MOT_DE_PASSE": MOT_DE_PASSE_DU_CACHET,
        "DS_URL": ds.url,
        "DS_TOKEN": ds.jeton,
        "DS_DEMARCHES": str(DEMARCHE),
        "ANNUAIRE_URL": annuaire,
        "ANNUAIRE_RNA_URL": annuaire,
        "ANNUAIRE_RNA_TOKEN": "jeton",
    }


def _gunicorn(url: str) -> list[str]:
    return ["--bind", url.removeprefix("http://"), "--workers", "2", "--threads", "4", "--worker-class", "gthread"]


@contextmanager
def _programme(env: dict[str, str], journal: Path, nom: str, *arguments: str) -> Iterator[None]:
    with journal.open("wb") as sortie:
        processus = subprocess.Popen([PROGRAMMES / nom, *arguments], cwd=RACINE, env=env, stdout=sortie, stderr=sortie)
        try:
            yield
        finally:
            processus.terminate()
            processus.wait(timeout=30)


def _attendre(adresse: str, journal: Path) -> None:
    limite = time.monotonic() + ATTENTE_SECONDES
    while time.monotonic() < limite:
        try:
            with urllib.request.urlopen(adresse, timeout=5) as reponse:
                if reponse.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"The portal did not start:\n{journal.read_text()[-3000:]}")


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium: no download."""
    return {
        "executable_path": "/usr/bin/chromium",
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--no-first-run",
        ],
    }
