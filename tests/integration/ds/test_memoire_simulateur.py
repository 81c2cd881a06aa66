"""What the simulator keeps in its file: all that was answered for, whatever kills it."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import httpx

from integrations.demarches_simplifiees.simulator.depart.preparation import preparer
from integrations.demarches_simplifiees.simulator.gens.agitation import agiter
from integrations.demarches_simplifiees.simulator.http.administration import ENTETE, JETON
from integrations.demarches_simplifiees.simulator.verite.releve import relever

PROGRAMME = """
import sys
from pathlib import Path
from integrations.demarches_simplifiees.simulator.serveur import demarrer
with demarrer(dossiers=12, etat=Path(sys.argv[1])) as simulateur:
    print(simulateur.administration, flush=True)
    sys.stdin.read()
"""


@contextmanager
def condamne(etat: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A simulator in a process of its own, and the address of its administration."""
    programme = [sys.executable, "-c", PROGRAMME, str(etat)]
    with subprocess.Popen(programme, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as processus:
        assert processus.stdout
        try:
            yield processus, processus.stdout.readline().strip()
        finally:
            processus.kill()


def test_what_people_did_is_remembered_by_the_next_simulator(tmp_path: Path) -> None:
    etat, tirage = tmp_path / "etat.json", Random(2)
    depart = preparer(dossiers=12, etat=etat, ancrage=datetime(2026, 6, 1, tzinfo=UTC))
    for _ in range(150):
        agiter(depart.donnees, tirage)
    depart.persister()
    avant = relever(depart.donnees)
    assert len(avant) > 12
    apres = preparer(dossiers=12, etat=etat)
    assert apres.annonces == ()
    assert relever(apres.donnees) == avant


def test_a_simulator_killed_at_any_moment_remembers_all_it_answered_for(tmp_path: Path) -> None:
    etat, tirage, acquis = tmp_path / "etat.json", Random(3), 0
    for _ in range(4):
        with condamne(etat) as (processus, adresse), httpx.Client(headers={ENTETE: JETON}) as client:
            assert len(client.get(f"{adresse}/effets").json()) >= acquis
            glas = threading.Timer(tirage.uniform(0.05, 0.4), processus.kill)
            client.post(f"{adresse}/agitation", json={"combien": 3})
            acquis = len(client.get(f"{adresse}/effets").json())
            glas.start()
            try:
                while True:
                    client.post(f"{adresse}/agitation", json={"combien": 3}).raise_for_status()
                    acquis = len(client.get(f"{adresse}/effets").json())
            except httpx.TransportError:
                glas.join()
    assert acquis
    assert preparer(dossiers=12, etat=etat).annonces == ()
