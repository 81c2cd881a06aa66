"""`portal ds`, as whoever runs the portal uses it: French summaries, exit codes, the simulator as a real program."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE
from integrations.demarches_simplifiees.simulator.serveur import Simulateur, adresse
from portal.cli import main
from portal.db import Fabrique
from portal.models.dossiers import Dossier, DossierDS
from portal.models.synchronisation import SyncRun
from portal.queries.elements_ds import elements
from portal.vocabulaire_ds import GenreRun
from tests.factories import Fabriques
from tests.integration.ds.conftest import ClientCompteur

ANCIEN = Path("tests/data/dossier_ds_ancien.json")


@pytest.fixture
def environnement(base_reelle: str, simulateur: Simulateur, tmp_path: Path) -> dict[str, str]:
    """The settings of a portal that follows the simulated démarche."""
    return {
        "PORTAL_MODE": "demo",
        "DATABASE_URL": base_reelle,
        "SECRET_KEY": "secret-des-tests",
        "PORTAL_URL": "http://portail.test",
        "STOCKAGE_DOSSIER": str(tmp_path),
        "COURRIEL_DOSSIER": str(tmp_path),
        "DS_URL": simulateur.url,
        "DS_TOKEN": simulateur.jeton,
        "DS_DEMARCHES": str(DEMARCHE),
    }


@pytest.fixture
def service(fabrique_reelle: Fabrique) -> str:
    """The sigle of an instructing service."""
    with fabrique_reelle() as session:
        return Fabriques(session).service("DDETS 69").sigle


def portal(env: Mapping[str, str], *arguments: str) -> Result:
    """Run a command with these settings."""
    return CliRunner().invoke(main, ["ds", *arguments], env=dict(env))


def test_a_demarche_is_attached_then_read(
    environnement: dict[str, str], service: str, fabrique_reelle: Fabrique
) -> None:
    refus = portal(environnement, "sync")
    assert refus.exit_code == 1
    assert "portal ds rattacher" in refus.output
    assert "rattachée à aucun service" in portal(environnement, "status").output
    rattachee = portal(environnement, "rattacher", "--demarche", str(DEMARCHE), "--service", service)
    assert (rattachee.exit_code, "confiée au service DDETS 69" in rattachee.output) == (0, True)
    lecture = portal(environnement, "sync")
    assert lecture.exit_code == 0
    assert "12 dossier(s) vu(s), 12 nouveau(x) ou changé(s), 0 mis de côté" in lecture.output
    with fabrique_reelle() as session:
        assert session.scalar(select(func.count()).select_from(Dossier)) == 12
    etat = portal(environnement, "status").output
    assert "il y a moins d’une minute" in etat
    assert "DDETS 69" in etat


def test_ds_down_is_exit_code_1_with_its_reason(environnement: dict[str, str], service: str) -> None:
    panne = environnement | {"DS_URL": "http://127.0.0.1:9/api/v2/graphql"}
    portal(panne, "rattacher", "--demarche", str(DEMARCHE), "--service", service)
    lecture = portal(panne, "sync", "--demarche", str(DEMARCHE))
    assert lecture.exit_code == 1
    assert "injoignable" in lecture.output
    assert "en panne" in portal(panne, "status").output


def test_an_unknown_service_is_refused_with_those_that_exist(environnement: dict[str, str], service: str) -> None:
    refus = portal(environnement, "rattacher", "--demarche", "1", "--service", "DDETS 96")
    assert refus.exit_code == 1
    assert service in refus.output


def test_nothing_is_attached_to_a_ds_that_nobody_has_named(environnement: dict[str, str], service: str) -> None:
    refus = portal(environnement | {"DS_URL": ""}, "rattacher", "--demarche", str(DEMARCHE), "--service", service)
    assert refus.exit_code == 1
    assert "renseignez DS_URL" in refus.output
    assert "rattachée à aucun service" in portal(environnement, "status").output


def test_push_says_what_was_tried(environnement: dict[str, str]) -> None:
    envoi = portal(environnement, "push")
    assert envoi.exit_code == 0
    assert "Actions tentées\N{NO-BREAK SPACE}: 0" in envoi.output


def test_without_ds_push_says_which_settings_are_missing(environnement: dict[str, str]) -> None:
    assert portal(environnement | {"DS_URL": ""}, "push").exit_code == 0
    refus = portal(environnement | {"DS_URL": "", "DS_DEMARCHES": ""}, "sync")
    assert refus.exit_code == 1
    assert "DS_DEMARCHES" in refus.output


def test_the_simulator_serves_a_loaded_dossier_and_prints_what_it_made_up(
    environnement: dict[str, str], service: str, fabrique_reelle: Fabrique
) -> None:
    port = _port_libre()
    with simule(port, "--dossiers", "0", "--charger", str(ANCIEN)) as lignes:
        numero = _demarche_chargee(environnement["DS_TOKEN"], port)
        ici = environnement | {"DS_URL": adresse(port), "DS_DEMARCHES": str(numero)}
        portal(ici, "rattacher", "--demarche", str(numero), "--service", service)
        lecture = portal(ici, "sync")
    assert "renuméroté" in "".join(lignes)
    assert lecture.exit_code == 0, lecture.output
    brut = json.loads(ANCIEN.read_text("utf-8"))
    with fabrique_reelle() as session:
        miroir = session.scalars(select(DossierDS)).one()
        assert miroir.dossier.demandeur_nom == "COMMUNE FICTIVE"
        assert miroir.dossier.association_id is None
        libelles = [un["libelle"] for un in elements(miroir) if un["partie"] in ("champs", "annotations")]
        assert libelles == [champ["label"] for champ in (*brut["champs"], *brut["annotations"])]


def test_the_state_is_given_to_machines_with_an_exit_code(environnement: dict[str, str], service: str) -> None:
    portal(environnement, "rattacher", "--demarche", str(DEMARCHE), "--service", service)
    portal(environnement, "sync")
    sain = portal(environnement, "status", "--json")
    lu = json.loads(sain.output)
    assert (sain.exit_code, lu["en_ordre"], lu["demarches"][0]["situation"]) == (0, True, "à jour")
    assert lu["demarches"][0]["groupes_sans_service"] == 2
    assert lu["demarches"][0]["requetes_du_jour"] > 0
    perime = portal(environnement | {"DS_TOKEN_EXPIRATION": "2026-01-31"}, "status", "--json")
    assert (perime.exit_code, json.loads(perime.output)["en_ordre"]) == (1, False)


def test_a_demarche_of_no_service_is_an_exit_code_for_whoever_watches(environnement: dict[str, str]) -> None:
    assert portal(environnement, "status").exit_code == 1


def test_a_full_comparison_reads_every_dossier_and_is_told_apart(
    environnement: dict[str, str], service: str, fabrique_reelle: Fabrique
) -> None:
    portal(environnement, "rattacher", "--demarche", str(DEMARCHE), "--service", service)
    portal(environnement, "sync")
    lecture = portal(environnement, "sync", "--complet")
    assert lecture.exit_code == 0
    assert "12 dossier(s) vu(s), 0 nouveau(x) ou changé(s)" in lecture.output
    with fabrique_reelle() as session:
        genres = session.scalars(select(SyncRun.genre).order_by(SyncRun.id)).all()
    assert genres == [GenreRun.COURANT, GenreRun.COMPLET]


def test_what_was_read_is_replayed_and_the_exchange_is_checked(environnement: dict[str, str], service: str) -> None:
    portal(environnement, "rattacher", "--demarche", str(DEMARCHE), "--service", service)
    portal(environnement, "sync")
    rejeu = portal(environnement, "replay", "--demarche", str(DEMARCHE))
    assert (rejeu.exit_code, "12\N{NO-BREAK SPACE}dossier(s) relu(s)" in rejeu.output) == (0, True)
    controle = portal(environnement, "check")
    assert (controle.exit_code, "Tout est en ordre." in controle.output) == (0, True)
    refuse = portal(environnement | {"DS_TOKEN": "jeton-revoque"}, "check")
    assert (refuse.exit_code, "ÉCART" in refuse.output) == (1, True)


def test_a_database_that_cannot_be_reached_is_said_in_french(environnement: dict[str, str]) -> None:
    refus = portal(environnement | {"DATABASE_URL": "postgresql://portal@127.0.0.1:9/portal"}, "check")
    assert refus.exit_code == 1
    assert "La base de données ne répond pas" in refus.output
    assert "Traceback" not in refus.output


@pytest.mark.parametrize(
    ("options", "mots"),
    [
        (["--panne", "orage=0.5"], "orage\N{NO-BREAK SPACE}: panne inconnue"),
        (["--panne", "erreur_500=2"], "un nombre entre 0 et 1"),
        (["--crochet", "http://127.0.0.1:9/", "--secret-crochet", "clair"], "Le simulateur ne démarre pas"),
    ],
)
def test_a_fault_or_a_secret_that_is_none_stops_the_simulator(options: list[str], mots: str) -> None:
    refus = portal(os.environ, "simulate", "--port", str(_port_libre()), "--dossiers", "0", *options)
    assert refus.exit_code == 1
    assert mots in refus.output


def test_the_simulator_strikes_with_the_faults_asked_for(environnement: dict[str, str], service: str) -> None:
    port = _port_libre()
    with simule(port, "--dossiers", "3", "--panne", "erreur_500=1"):
        ici = environnement | {"DS_URL": adresse(port)}
        portal(ici, "rattacher", "--demarche", str(DEMARCHE), "--service", service)
        lecture = portal(ici, "sync")
    assert lecture.exit_code == 1
    assert "indisponible" in lecture.output


def test_a_port_already_taken_is_said_in_french() -> None:
    with socket.create_server(("127.0.0.1", 0)) as pris:
        refus = portal(os.environ, "simulate", "--port", str(pris.getsockname()[1]), "--dossiers", "0")
    assert refus.exit_code == 1
    assert "ne peut pas servir" in refus.output


@contextmanager
def simule(port: int, *options: str) -> Iterator[list[str]]:
    """The simulator as a real program that listens, and what it has said."""
    commande = [str(Path(sys.executable).with_name("portal")), "ds", "simulate", "--port", str(port), *options]
    lignes: list[str] = []
    with subprocess.Popen(commande, stdout=subprocess.PIPE, text=True) as simulateur:
        assert simulateur.stdout is not None
        for ligne in simulateur.stdout:
            lignes.append(ligne)
            if adresse(port) in ligne:
                break
        try:
            yield lignes
        finally:
            simulateur.terminate()


def _port_libre() -> int:
    with socket.create_server(("127.0.0.1", 0)) as libre:
        return int(libre.getsockname()[1])


def _demarche_chargee(jeton: str, port: int) -> int:
    """The number of the démarche of the loaded dossier, asked of the simulator itself."""
    with ClientCompteur(adresse(port), jeton) as ds:
        titre = json.loads(ANCIEN.read_text("utf-8"))["demarche"]
        return ds.lire_demarche(int(titre["number"])).number
