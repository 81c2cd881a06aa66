"""What these tests share: a server that answers one canned HTTP message."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest


class ServeurMuet:
    """Reads one request per connection, answers the given bytes, hangs up; counts the requests."""

    def __init__(self, reponse: bytes) -> None:
        self.requetes = 0
        self._reponse = reponse
        self._ecoute = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._ecoute.getsockname()[1]}/graphql"
        self._fil = threading.Thread(target=self._servir)
        self._fil.start()

    def arreter(self) -> None:
        if self._fil.is_alive():
            self._ecoute.shutdown(socket.SHUT_RDWR)
            self._fil.join()
            self._ecoute.close()

    def _servir(self) -> None:
        while True:
            try:
                connexion, _ = self._ecoute.accept()
            except OSError:
                return
            with closing(connexion):
                self._lire(connexion)
                self.requetes += 1
                connexion.sendall(self._reponse)

    @staticmethod
    def _lire(connexion: socket.socket) -> None:
        recu = b""
        while b"\r\n\r\n" not in recu:
            recu += connexion.recv(65_536)
        entete, _, corps = recu.partition(b"\r\n\r\n")
        longueur = next(
            int(ligne.split(b":")[1]) for ligne in entete.split(b"\r\n") if ligne.lower().startswith(b"content-length")
        )
        while len(corps) < longueur:
            corps += connexion.recv(65_536)


@pytest.fixture
def serveur_muet() -> Iterator[Callable[[bytes], ServeurMuet]]:
    """Starts canned servers, and stops them."""
    ouverts: list[ServeurMuet] = []

    def ouvrir(reponse: bytes) -> ServeurMuet:
        ouverts.append(ServeurMuet(reponse))
        return ouverts[-1]

    yield ouvrir
    for un in ouverts:
        un.arreter()
