"""The client of clamd gives a verdict, or none: silence, nonsense and half-read files are never taken for a clean bill."""

import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.antivirus.api import AntivirusIndisponible
from integrations.antivirus.clamd import MORCEAU, Clamd
from integrations.antivirus.simulateur import EICAR, SIGNATURE, Humeur, Simulateur, demarrer


@pytest.fixture
def serveur() -> Iterator[Simulateur]:
    """A clamd that answers as it should."""
    with demarrer() as ouvert:
        yield ouvert


def client(serveur: Simulateur, *, delai: float = 10.0) -> Clamd:
    return Clamd(serveur.adresse, delai=delai, delai_connexion=2.0)


@pytest.mark.parametrize("taille", [0, 1, MORCEAU, MORCEAU + 1, 3 * MORCEAU])
def test_bytes_of_any_size_arrive_whole_and_are_found_clean(serveur: Simulateur, taille: int) -> None:
    assert not client(serveur).analyser(b"a" * taille).infecte
    assert serveur.recus == [taille]


def test_the_eicar_file_is_found_wherever_it_stands(serveur: Simulateur) -> None:
    analyse = client(serveur).analyser(b"a" * (MORCEAU - 10) + EICAR + b"b" * MORCEAU)
    assert analyse.infecte
    assert analyse.signature == SIGNATURE


@pytest.mark.parametrize("humeur", [Humeur.RACCROCHE, Humeur.CHARABIA, Humeur.INCOMPLETE])
def test_no_clear_verdict_is_no_verdict(serveur: Simulateur, humeur: Humeur) -> None:
    serveur.humeur = humeur
    with pytest.raises(AntivirusIndisponible):
        client(serveur).analyser(b"un fichier")


def test_a_scanner_that_never_answers_is_left_after_the_time_limit(serveur: Simulateur) -> None:
    serveur.humeur = Humeur.MUETTE
    with pytest.raises(AntivirusIndisponible):
        client(serveur, delai=0.2).analyser(b"un fichier")


def test_a_file_larger_than_clamd_takes_has_no_verdict(serveur: Simulateur) -> None:
    serveur.maximum = 1000
    with pytest.raises(AntivirusIndisponible):
        client(serveur).analyser(b"a" * 40 * MORCEAU)


def test_a_dead_scanner_has_no_verdict() -> None:
    with demarrer() as serveur:
        adresse = serveur.adresse
    with pytest.raises(AntivirusIndisponible):
        Clamd(adresse, delai_connexion=2.0).analyser(b"un fichier")


@pytest.mark.parametrize("adresse", ["", "sans-port", "127.0.0.1:", "127.0.0.1:port", "/nulle/part.ctl"])
def test_an_address_that_leads_nowhere_has_no_verdict(adresse: str) -> None:
    with pytest.raises(AntivirusIndisponible):
        Clamd(adresse, delai_connexion=2.0).analyser(b"un fichier")


def test_a_unix_socket_serves_as_well(tmp_path: Path) -> None:
    chemin = str(tmp_path / "clamd.ctl")

    class Repondeur(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.rfile.read(10 + 4 + len(EICAR) + 4)
            self.wfile.write(b"stream: Eicar FOUND\0")

    with socketserver.UnixStreamServer(chemin, Repondeur) as serveur:
        fil = threading.Thread(target=serveur.handle_request)
        fil.start()
        assert Clamd(chemin).analyser(EICAR).signature == "Eicar"
        fil.join()
