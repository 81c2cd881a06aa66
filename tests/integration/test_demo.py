"""The demonstration's own pieces: its environment fits the simulators, its refusals are clear."""

import os
import socket
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from integrations.demarches_simplifiees.simulator import generation, serveur
from integrations.postgresql.emplacements import dossier_du_depot
from portal.cli import demo
from portal.config import Config


@pytest.fixture(autouse=True)
def chez_soi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keeps the tests away from the demonstration of this checkout, which may be running."""
    monkeypatch.setattr(demo, "VAR", tmp_path)
    monkeypatch.setattr(demo, "VERROU", tmp_path / "demo.verrou")
    monkeypatch.setattr(demo, "SECRET", tmp_path / "demo-secret")
    monkeypatch.delenv("PORTAL_MODE", raising=False)


def test_environment_starts_the_portal_and_speaks_to_the_ds_simulator() -> None:
    env = demo.environnement(8000, "postgresql+psycopg://portal@/portal", ds=9001, annuaire=9002)
    config = Config.from_env(env)
    assert config.demo
    assert config.ds_url == f"http://127.0.0.1:9001{serveur.CHEMIN}"
    assert config.ds_token == serveur.JETON
    assert config.ds_demarches == (generation.DEMARCHE,)
    assert "127.0.0.1" in env["NO_PROXY"].split(",")


def test_secret_is_kept_from_one_start_to_the_next_and_closed_to_others() -> None:
    premier = demo.secret()
    assert demo.secret() == premier
    assert len(premier) >= 32
    assert stat.S_IMODE(demo.SECRET.stat().st_mode) == 0o600


def test_port_in_use_is_named_with_the_way_out() -> None:
    with socket.socket() as occupant:
        occupant.bind(("127.0.0.1", 0))
        occupant.listen()
        port = occupant.getsockname()[1]
        with pytest.raises(demo.Echec, match=rf"Le port {port} est déjà pris.*make demo PORT="):
            demo.verifier_port(port)


def test_second_demonstration_of_a_checkout_is_refused_and_told_where_the_first_is() -> None:
    with demo.seule_ici(8000), pytest.raises(demo.Echec, match=r"http://127\.0\.0\.1:8000"), demo.seule_ici(8001):
        pass


def test_demonstration_may_run_again_after_the_first_has_ended() -> None:
    with demo.seule_ici(8000):
        pass
    with demo.seule_ici(8001):
        assert demo.VERROU.read_text() == "http://127.0.0.1:8001"


@pytest.mark.parametrize("ordre", ["lancer", "effacer"])
def test_production_is_never_touched(ordre: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_MODE", "production")
    resultat = CliRunner().invoke(demo.demo, [ordre])
    assert resultat.exit_code == 1
    assert "la démonstration n’y touche pas" in resultat.output


def test_given_database_is_used_and_left_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://ailleurs/portal")
    with demo.base_de_donnees() as (url, ou):
        assert url == "postgresql://ailleurs/portal"
        assert "DATABASE_URL" in ou


def test_nothing_answers_before_the_portal_is_ready() -> None:
    assert not demo.est_pret(demo.port_libre())


def test_private_server_keeps_its_data_and_stops_with_the_demonstration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    depot = tmp_path / "depot"
    (depot / "var").mkdir(parents=True)
    monkeypatch.setattr(demo, "DEPOT", depot)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(demo, "COURRIELS", depot / "courriels")
    monkeypatch.setattr(demo, "FICHIERS", depot / "fichiers")
    monkeypatch.setattr(demo, "ETAT_DS", depot / "ds.json")
    dossier = dossier_du_depot(depot)
    with demo.base_de_donnees() as (premiere, _):
        pass
    with demo.base_de_donnees() as (seconde, _):
        assert seconde == premiere
        assert list(dossier.glob("pg*/donnees/postmaster.pid"))
    assert not list(dossier.glob("pg*/donnees/postmaster.pid"))
    resultat = CliRunner().invoke(demo.demo, ["effacer"])
    assert resultat.exit_code == 0
    assert not list(dossier.glob("pg*"))
    if os.geteuid() == 0:
        dossier.rmdir()
