"""clamd's INSTREAM command over its socket (clamd(8)): chunks preceded by their length, a zero, then one line of verdict."""

import re
import socket
import struct
import time
from collections.abc import Iterator

from integrations.antivirus.api import Analyse, AntivirusIndisponible

MORCEAU = 1 << 16
REPONSE_MAXIMALE = 4096
# « stream: OK » or « stream: Eicar-Signature FOUND »; everything else, beginning with its errors, is no verdict.
VERDICT = re.compile(r"stream: (?:OK|(?P<signature>.+) FOUND)")
# AlertExceedsMax: clamd « finds » that it has stopped before the end.
INCOMPLET = "Heuristics.Limits.Exceeded"


class Clamd:
    """A clamd at « host:port », or at the path of its UNIX socket. Times are in seconds.

    Its StreamMaxLength must be at least what is sent, and AlertExceedsMax be set: a file that clamd reads in part passes as
    sound otherwise.
    """

    def __init__(self, adresse: str, *, delai: float = 120.0, delai_connexion: float = 5.0) -> None:
        self._adresse = adresse
        self._delai = delai
        self._delai_connexion = delai_connexion

    def analyser(self, octets: bytes) -> Analyse:
        """See `Antivirus.analyser`. The whole exchange holds within the time limit."""
        limite = time.monotonic() + self._delai
        try:
            with self._ouvrir() as prise:
                coupe = _envoyer(prise, octets, limite)
                ligne = _recevoir(prise, limite)
        except (OSError, ValueError) as panne:
            raise AntivirusIndisponible(f"L’antivirus n’a pas répondu ({type(panne).__name__}).") from panne
        verdict = VERDICT.fullmatch(ligne)
        signature = (verdict["signature"] or "") if verdict else ""
        if verdict is None or (coupe and not signature) or signature.startswith(INCOMPLET):
            raise AntivirusIndisponible("L’antivirus n’a pas rendu de verdict sur ce fichier.")
        return Analyse(signature)

    def _ouvrir(self) -> socket.socket:
        if "/" not in self._adresse:
            hote, _, port = self._adresse.rpartition(":")
            return socket.create_connection((hote.strip("[]"), int(port)), timeout=self._delai_connexion)
        prise = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            prise.settimeout(self._delai_connexion)
            prise.connect(self._adresse)
        except OSError:
            prise.close()
            raise
        return prise


def _envoyer(prise: socket.socket, octets: bytes, limite: float) -> bool:
    """Send everything; True when clamd hung up before the end, which it does after an answer of its own (size limit)."""
    try:
        for trame in _trames(octets):
            prise.settimeout(_reste(limite))
            prise.sendall(trame)
    except (BrokenPipeError, ConnectionResetError):
        return True
    return False


def _trames(octets: bytes) -> Iterator[bytes]:
    yield b"zINSTREAM\0"
    for debut in range(0, len(octets), MORCEAU):
        morceau = octets[debut : debut + MORCEAU]
        yield struct.pack("!I", len(morceau)) + morceau
    yield struct.pack("!I", 0)


def _recevoir(prise: socket.socket, limite: float) -> str:
    """The answer, which ends with a NUL or with the connection."""
    recu = b""
    while b"\0" not in recu and len(recu) < REPONSE_MAXIMALE:
        prise.settimeout(_reste(limite))
        suite = prise.recv(REPONSE_MAXIMALE)
        if not suite:
            break
        recu += suite
    return recu.split(b"\0", 1)[0].decode("ascii", "replace").strip()


def _reste(limite: float) -> float:
    """What is left of the time allowed: never 0, which would mean a socket that does not block."""
    reste = limite - time.monotonic()
    if reste <= 0:
        raise TimeoutError
    return reste
