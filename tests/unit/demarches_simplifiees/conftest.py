"""What these tests share: a server that answers canned HTTP messages, and the making of them."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest


def http(statut: str, corps: str = "", *, genre: str = "application/json", entetes: str = "") -> bytes:
    """A whole HTTP answer."""
    octets = corps.encode()
    return (
        f"HTTP/1.1 {statut}\r\nContent-Type: {genre}\r\nContent-Length: {len(octets)}\r\n{entetes}"
        f"Connection: close\r\n\r\n"
    ).encode() + octets


class ServeurMuet:
    """Reads one request per connection, answers the next of `reponses` (the last for ever), hangs up; keeps the requests."""

    def __init__(self, *reponses: bytes) -> None:
        self.recues: list[bytes] = []
        self.reponses = list(reponses)
        self._ecoute = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._ecoute.getsockname()[1]}/graphql"
        self._fil = threading.Thread(target=self._servir)
        self._fil.start()

    @property
    def requetes(self) -> int:
        """How many came."""
        return len(self.recues)

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
                self.recues.append(self._lire(connexion))
                connexion.sendall(self.reponses.pop(0) if len(self.reponses) > 1 else self.reponses[0])

    @staticmethod
    def _lire(connexion: socket.socket) -> bytes:
        recu = b""
        while b"\r\n\r\n" not in recu:
            recu += connexion.recv(65_536)
        entete, _, corps = recu.partition(b"\r\n\r\n")
        tailles = (ligne for ligne in entete.split(b"\r\n") if ligne.lower().startswith(b"content-length"))
        longueur = next((int(ligne.split(b":")[1]) for ligne in tailles), 0)
        while len(corps) < longueur:
            corps += connexion.recv(65_536)
        return entete + b"\r\n\r\n" + corps


@pytest.fixture
def serveur_muet() -> Iterator[Callable[..., ServeurMuet]]:
    """Starts canned servers, and stops them."""
    ouverts: list[ServeurMuet] = []

    def ouvrir(*reponses: bytes) -> ServeurMuet:
        ouverts.append(ServeurMuet(*reponses))
        return ouverts[-1]

    yield ouvrir
    for un in ouverts:
        un.arreter()
