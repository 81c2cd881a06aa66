"""Private servers for real, with the binaries of both finders: kill -9, stale files, killed owners, Ctrl-C."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from integrations.postgresql.ephemere import grappe_ephemere
from integrations.postgresql.erreurs import ErreurPostgresql, PostgresqlIntrouvable
from integrations.postgresql.grappe import Grappe
from integrations.postgresql.trouver import Binaires, Origine, trouver

DEPOT = Path(__file__).resolve().parents[2]
PROPRIETAIRE = """
import sys, time
from pathlib import Path
from integrations.postgresql.ephemere import grappe_ephemere
with grappe_ephemere(racine=Path(sys.argv[1])) as grappe:
    print(grappe.dossier, flush=True)
    time.sleep(600)
"""


@pytest.fixture(scope="module", params=list(Origine))
def binaires(request: pytest.FixtureRequest) -> Binaires:
    try:
        return trouver(request.param)
    except PostgresqlIntrouvable:
        pytest.skip(f"pas de serveur PostgreSQL d’origine « {request.param} » sur cette machine")


@pytest.fixture(scope="module")
def serveur(binaires: Binaires) -> Iterator[Grappe]:
    with grappe_ephemere(binaires) as ouverte:
        yield ouverte


@pytest.fixture
def grappe(serveur: Grappe) -> Grappe:
    """The shared server, running whatever the test before has done to it."""
    serveur.creer()
    serveur.demarrer()
    return serveur


@pytest.fixture
def racine() -> Iterator[Path]:
    """A short folder that the server's account can cross, which pytest's own are not when it runs several processes."""
    dossier = Path(tempfile.mkdtemp(prefix="portal-essai-"))
    dossier.chmod(0o711)
    yield dossier / "e"
    shutil.rmtree(dossier)


def connexion(grappe: Grappe, base: str = "postgres") -> psycopg.Connection:
    return psycopg.connect(grappe.url(base).replace("+psycopg", ""), autocommit=True)


def pid_serveur(grappe: Grappe) -> int:
    return int((grappe.donnees / "postmaster.pid").read_text().split()[0])


def test_server_speaks_utf8_and_listens_on_no_network(grappe: Grappe) -> None:
    with connexion(grappe) as c:
        assert c.execute("SELECT lower('ÉTÉ À NOËL')").fetchone() == ("été à noël",)
        assert c.execute("SHOW listen_addresses").fetchone() == ("",)
        assert c.execute("SHOW timezone").fetchone() == ("UTC",)
    assert grappe.socket.stat().st_mode & 0o077 == 0


def test_database_is_copied_from_its_model(grappe: Grappe) -> None:
    grappe.creer_base("modele")
    with connexion(grappe, "modele") as c:
        c.execute("CREATE TABLE dossier (numero text)")
    grappe.creer_base("copie", modele="modele")
    with connexion(grappe, "copie") as c:
        assert c.execute("SELECT count(*) FROM dossier").fetchone() == (0,)
        grappe.supprimer_base("copie")
    assert "copie" not in grappe.bases()


def test_database_made_twice_is_an_error_that_names_it(grappe: Grappe) -> None:
    grappe.creer_base("deja-la")
    with pytest.raises(ErreurPostgresql, match="deja-la"):
        grappe.creer_base("deja-la")


def test_committed_rows_survive_kill_9_of_the_server(grappe: Grappe) -> None:
    with connexion(grappe) as c:
        c.execute("SET synchronous_commit = on")  # throwaway servers do without
        c.execute("CREATE TABLE garde (n int)")
        c.execute("INSERT INTO garde VALUES (7)")
    serveur = pid_serveur(grappe)
    os.kill(serveur, signal.SIGKILL)
    assert attendre_la_mort(serveur)
    grappe.demarrer()
    with connexion(grappe) as c:
        assert c.execute("SELECT n FROM garde").fetchone() == (7,)


def test_pid_file_that_names_another_living_program_is_stale(grappe: Grappe) -> None:
    lignes = (grappe.donnees / "postmaster.pid").read_text().splitlines()
    grappe.arreter()
    (grappe.donnees / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lignes[1:]]) + "\n")
    assert not grappe.en_marche
    grappe.demarrer()
    assert grappe.en_marche


def test_every_order_may_be_given_twice(grappe: Grappe) -> None:
    grappe.creer()
    grappe.demarrer()
    grappe.arreter()
    grappe.arreter()
    assert not grappe.en_marche
    grappe.effacer()
    grappe.effacer()
    assert not grappe.existe


def test_server_has_a_session_of_its_own_so_that_ctrl_c_spares_it(grappe: Grappe) -> None:
    assert os.getsid(pid_serveur(grappe)) != os.getsid(0)
    assert os.getpgid(pid_serveur(grappe)) != os.getpgid(0)


def test_throwaway_server_leaves_nothing_behind(racine: Path, binaires: Binaires) -> None:
    with grappe_ephemere(binaires, racine=racine) as grappe:
        serveur = pid_serveur(grappe)
    assert not list(grappe.dossier.parent.parent.glob("serveur-*"))
    assert attendre_la_mort(serveur)


def test_server_of_a_killed_owner_is_swept_and_that_of_a_living_one_is_left(racine: Path) -> None:
    with proprietaire(racine) as vivant, proprietaire(racine) as tue:
        dossier_vivant, dossier_tue = dossier_annonce(vivant), dossier_annonce(tue)
        serveur = int((dossier_tue / "donnees" / "postmaster.pid").read_text().split()[0])
        tue.kill()
        tue.wait()
        with grappe_ephemere(racine=racine):
            assert not dossier_tue.exists()
            assert (dossier_vivant / "donnees" / "postmaster.pid").exists()
        assert attendre_la_mort(serveur)
        vivant.kill()
        vivant.wait()
    with grappe_ephemere(racine=racine):
        assert not dossier_vivant.exists()


def attendre_la_mort(pid: int) -> bool:
    """Whether the process ends within ten seconds; one that is dead but not yet reaped has no command line."""
    limite = time.monotonic() + 10
    while time.monotonic() < limite:
        try:
            if not Path(f"/proc/{pid}/cmdline").read_bytes():
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False


def proprietaire(racine: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROPRIETAIRE, str(racine)], stdout=subprocess.PIPE, text=True, cwd=DEPOT
    )


def dossier_annonce(processus: subprocess.Popen[str]) -> Path:
    assert processus.stdout is not None
    return Path(processus.stdout.readline().strip())
