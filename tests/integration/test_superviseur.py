"""The supervisor of the demonstration with real programs: restarts, gives up, and never leaves an orphan."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from portal.cli.superviseur import Programme, ProgrammePerdu, Superviseur

DEPOT = Path(__file__).resolve().parents[2]
SOURD = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
petit = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
print(os.getpid(), petit.pid, flush=True)
time.sleep(600)
"""
SUPERVISEUR = f"""
import sys, os
from pathlib import Path
from portal.cli.superviseur import ArretDemande, Programme, Superviseur, arret_sur_signal
commande = (sys.executable, "-c", {"import os, time; print('pid', os.getpid(), flush=True); time.sleep(600)"!r})
try:
    with arret_sur_signal(), Superviseur([Programme("dormeur", commande)], env=os.environ, dossier=Path()) as s:
        s.veiller(lambda: False)
except ArretDemande:
    print("arrêté proprement", flush=True)
"""


def python(nom: str, code: str, *, essentiel: bool = True) -> Programme:
    return Programme(nom, (sys.executable, "-c", code), essentiel=essentiel)


def supervise(tmp_path: Path, *programmes: Programme) -> Superviseur:
    return Superviseur(programmes, env=os.environ, dossier=tmp_path, pause=0.01)


def arrive(condition: Callable[[], bool]) -> bool:
    """Whether it becomes true within ten seconds."""
    limite = time.monotonic() + 10
    while not condition():
        if time.monotonic() > limite:
            return False
        time.sleep(0.02)
    return True


def mort(pid: int) -> bool:
    """Gone, or dead and not yet reaped."""
    try:
        return not Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_program_that_dies_once_is_restarted_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fragile = python(
        "fragile",
        "import pathlib, time; p = pathlib.Path('essais'); p.open('a').write('x')\n"
        "if p.read_text() == 'x': raise SystemExit(3)\n"
        "pathlib.Path('tient').touch(); time.sleep(600)",
    )
    with supervise(tmp_path, fragile) as superviseur:
        assert superviseur.veiller((tmp_path / "tient").exists, delai=10)
    assert "« fragile » s’est arrêté (code 3) : il est relancé." in capsys.readouterr().out


def test_essential_program_that_keeps_dying_stops_all_with_its_last_words(tmp_path: Path) -> None:
    casse = python("casse", "print('la clé manque'); raise SystemExit(1)")
    voisin = python("voisin", "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(600)")
    with (
        pytest.raises(ProgrammePerdu, match=r"« casse »[\s\S]*la clé manque"),
        supervise(tmp_path, voisin, casse) as superviseur,
    ):
        superviseur.veiller(lambda: False, delai=30)
    pid = tmp_path / "pid"
    assert not pid.exists() or mort(int(pid.read_text()))


def test_simulator_that_keeps_dying_does_not_stop_the_portal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    casse = python("ds", "raise SystemExit(1)", essentiel=False)
    portail = python("web", "import time; time.sleep(600)")
    sorties: list[str] = []

    def abandonne() -> bool:
        sorties.append(capsys.readouterr().out)
        return "continue sans lui" in "".join(sorties)

    with supervise(tmp_path, casse, portail) as superviseur:
        assert superviseur.veiller(abandonne, delai=30)
        assert not superviseur.veiller(lambda: False, delai=0.3)


def test_stopping_ends_even_a_deaf_program_and_what_it_started(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sorties: list[str] = []

    def parle() -> bool:
        sorties.append(capsys.readouterr().out)
        return "\n" in "".join(sorties)

    with supervise(tmp_path, python("sourd", SOURD)) as superviseur:
        assert superviseur.veiller(parle, delai=10)
    pids = [int(pid) for pid in "".join(sorties).partition("|")[2].split()]
    assert len(pids) == 2
    assert arrive(lambda: all(mort(pid) for pid in pids))


@pytest.mark.parametrize("numero", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_each_way_of_asking_for_the_end_leaves_no_orphan(numero: signal.Signals) -> None:
    processus, enfant = lancer_superviseur()
    processus.send_signal(numero)
    reste, _ = processus.communicate(timeout=60)
    assert "arrêté proprement" in reste
    assert processus.returncode == 0
    assert mort(enfant)


def test_child_does_not_outlive_a_supervisor_killed_by_kill_9() -> None:
    processus, enfant = lancer_superviseur()
    processus.kill()
    processus.communicate(timeout=60)
    assert arrive(lambda: mort(enfant))


def lancer_superviseur() -> tuple[subprocess.Popen[str], int]:
    """A supervisor in a process of its own, and the number of its only child."""
    processus = subprocess.Popen([sys.executable, "-c", SUPERVISEUR], stdout=subprocess.PIPE, text=True, cwd=DEPOT)
    assert processus.stdout is not None
    return processus, int(processus.stdout.readline().split()[-1])
