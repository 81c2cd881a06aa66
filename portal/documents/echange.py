"""Messages between the workshop and its child, on a socket pair: a kind, a length, the bytes."""

import socket
import struct
import time

_EN_TETE = struct.Struct("!cI")

PRET = b"p"
PAGE = b"h"
FAITE = b"n"
PDF = b"d"
REFUS = b"r"


class Rompu(ConnectionError):
    """The other side is gone."""


def envoyer(canal: socket.socket, genre: bytes, octets: bytes = b"", *, delai: float | None = None) -> None:
    """Send one message within `delai` seconds (None waits for ever). Raises TimeoutError or OSError."""
    canal.settimeout(delai)
    canal.sendall(_EN_TETE.pack(genre, len(octets)) + octets)


def recevoir(canal: socket.socket, *, delai: float | None = None) -> tuple[bytes, bytes]:
    """Receive one whole message within `delai` seconds (None waits for ever). Raises TimeoutError or `Rompu`."""
    echeance = None if delai is None else time.monotonic() + delai
    genre, longueur = _EN_TETE.unpack(_lire(canal, _EN_TETE.size, echeance))
    return genre, _lire(canal, longueur, echeance)


def _lire(canal: socket.socket, longueur: int, echeance: float | None) -> bytes:
    lu = bytearray()
    while len(lu) < longueur:
        canal.settimeout(None if echeance is None else max(0.001, echeance - time.monotonic()))
        morceau = canal.recv(min(longueur - len(lu), 1 << 20))
        if not morceau:
            raise Rompu("The other side closed the channel.")
        lu += morceau
    return bytes(lu)
