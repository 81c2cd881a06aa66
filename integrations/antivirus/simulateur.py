"""A small clamd: a real socket server that speaks INSTREAM and knows one signature, that of the EICAR test file."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

# Cut in two so that no scanner takes this module for the test file itself.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SIGNATURE = "Eicar-Test-Signature"
TROP_GRAND = "INSTREAM size limit exceeded. ERROR"


class Humeur(StrEnum):
    """How it behaves: as clamd, mute, hanging up at once, talking nonsense, or giving a verdict that it has not reached."""

    SAINE = "saine"
    MUETTE = "muette"
    RACCROCHE = "raccroche"
    CHARABIA = "charabia"
    INCOMPLETE = "incomplete"


class Simulateur(socketserver.ThreadingTCPServer):
    """Listens on a free port of the loopback. `humeur` and `maximum` may change while it runs; `recus`: the sizes scanned."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Echange)
        self.humeur = Humeur.SAINE
        self.maximum = 25 * 1024 * 1024
        self.recus: list[int] = []
        self.fermeture = threading.Event()

    @property
    def adresse(self) -> str:
        """What the setting ANTIVIRUS holds."""
        return f"127.0.0.1:{self.server_address[1]}"

    def juger(self, octets: bytes) -> str:
        """The line that clamd writes about these bytes."""
        if self.humeur == Humeur.CHARABIA:
            return "stream: OK? or not OK"
        if self.humeur == Humeur.INCOMPLETE:
            return "stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND"
        return f"stream: {SIGNATURE} FOUND" if EICAR in octets else "stream: OK"


@contextmanager
def demarrer() -> Iterator[Simulateur]:
    """Serve, from a thread, for the time of a `with`."""
    with Simulateur() as serveur:
        fil = threading.Thread(target=serveur.serve_forever, kwargs={"poll_interval": 0.01})
        fil.start()
        try:
            yield serveur
        finally:
            serveur.fermeture.set()
            serveur.shutdown()
            fil.join()


class _Echange(socketserver.StreamRequestHandler):
    """One connection: a command, chunks, one line."""

    server: Simulateur

    def handle(self) -> None:
        if self.server.humeur == Humeur.RACCROCHE:
            return
        if self.rfile.read(10) != b"zINSTREAM\0":
            self._dire("UNKNOWN COMMAND")
            return
        octets = self._morceaux()
        if octets is None:
            self._dire(TROP_GRAND)
            return
        self.server.recus.append(len(octets))
        if self.server.humeur == Humeur.MUETTE:
            self.server.fermeture.wait()
            return
        self._dire(self.server.juger(octets))

    def _morceaux(self) -> bytes | None:
        """All the chunks; None when they pass the limit: the rest is left unread, as clamd does."""
        octets = bytearray()
        while longueur := struct.unpack("!I", self.rfile.read(4))[0]:
            if len(octets) + longueur > self.server.maximum:
                return None
            octets += self.rfile.read(longueur)
        return bytes(octets)

    def _dire(self, ligne: str) -> None:
        self.wfile.write(ligne.encode() + b"\0")
