"""Every request passes one gate: DS counts them by token, whoever sends them, and throttles them all at once."""

import json
import threading
from collections.abc import Callable
from contextvars import copy_context
from datetime import UTC, datetime

import pytest

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.debit import compter
from integrations.demarches_simplifiees.errors import DSIndisponible, TropDeRequetes
from tests.unit.demarches_simplifiees.conftest import ServeurMuet, http

Ouvrir = Callable[..., ServeurMuet]
DOSSIER = http("200 OK", json.dumps({"data": {"dossier": {"number": 7}}}))
ACCEPTE = http("200 OK", json.dumps({"data": {"dossierAccepter": {"dossier": {"state": "accepte"}, "errors": None}}}))
BROUILLONS = http("200 OK", "[]")
FREIN = http("429 Too Many Requests", "Calme toi", genre="text/plain", entetes="RateLimit-Reset: 1767225600\r\n")
REPRISE = datetime(2026, 1, 1, tzinfo=UTC)


class Portillon:
    """A gate that lets everybody through and remembers."""

    def __init__(self) -> None:
        self.passages = 0
        self.freins: list[datetime | None] = []

    def attendre(self) -> None:
        self.passages += 1

    def ralentir(self, reprise: datetime | None) -> None:
        self.freins.append(reprise)


@pytest.fixture
def portillon() -> Portillon:
    return Portillon()


def client(url: str, portillon: Portillon | None = None) -> ClientDS:
    return ClientDS(url, "secret", tentatives=3, attente=0, debit=portillon)


def test_reads_mutations_and_drafts_pass_the_gate_before_they_leave(serveur_muet: Ouvrir, portillon: Portillon) -> None:
    with client(serveur_muet(DOSSIER, ACCEPTE, BROUILLONS).url, portillon) as ds:
        ds.lire_dossier(7)
        ds.accepter("d", "i")
        ds.suivre_preremplis(4501, ["jeton"])
    assert portillon.passages == 3


def test_a_throttled_read_slows_everybody_then_takes_its_turn_again(serveur_muet: Ouvrir, portillon: Portillon) -> None:
    serveur = serveur_muet(FREIN, DOSSIER)
    with client(serveur.url, portillon) as ds:
        assert ds.lire_dossier(7) == {"number": 7}
    assert (serveur.requetes, portillon.passages, portillon.freins) == (2, 2, [REPRISE])


def test_a_read_throttled_for_ever_gives_up(serveur_muet: Ouvrir, portillon: Portillon) -> None:
    serveur = serveur_muet(FREIN)
    with client(serveur.url, portillon) as ds, pytest.raises(TropDeRequetes):
        ds.lire_dossier(7)
    assert (serveur.requetes, len(portillon.freins)) == (3, 3)


def test_a_throttled_mutation_slows_everybody_and_is_left_to_its_caller(
    serveur_muet: Ouvrir, portillon: Portillon
) -> None:
    serveur = serveur_muet(FREIN, ACCEPTE)
    with client(serveur.url, portillon) as ds, pytest.raises(TropDeRequetes):
        ds.accepter("d", "i")
    assert (serveur.requetes, portillon.freins) == (1, [REPRISE])


def test_a_run_counts_what_it_asks_repeats_included(serveur_muet: Ouvrir) -> None:
    panne = serveur_muet(http("503 Unavailable"))
    with client(panne.url) as ds:
        with compter() as compteur, pytest.raises(DSIndisponible):
            ds.lire_dossier(7)
        with pytest.raises(DSIndisponible):
            ds.lire_dossier(7)
    assert (compteur.requetes, compteur.freins, panne.requetes) == (3, 0, 6)


def test_a_run_counts_how_often_it_is_throttled(serveur_muet: Ouvrir, portillon: Portillon) -> None:
    with client(serveur_muet(FREIN, DOSSIER).url, portillon) as ds, compter() as compteur:
        ds.lire_dossier(7)
    assert (compteur.requetes, compteur.freins) == (2, 1)


def test_a_thread_that_copies_the_context_counts_for_its_run(serveur_muet: Ouvrir) -> None:
    with client(serveur_muet(DOSSIER).url) as ds, compter() as compteur:
        fil = threading.Thread(target=copy_context().run, args=(ds.lire_dossier, 7))
        fil.start()
        ds.lire_dossier(7)
        fil.join()
    assert compteur.requetes == 2
