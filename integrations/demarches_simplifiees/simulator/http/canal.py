"""Faults of the connection itself: answers cut, garbled, replaced by a front server's page, or that never come."""

import os
import socket
import struct
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from time import sleep
from typing import Any

from flask import Response, request
from werkzeug.serving import WSGIRequestHandler

from integrations.demarches_simplifiees.simulator.pannes.catalogue import Pannes

JSON = "application/json; charset=utf-8"
REPOS = timedelta(seconds=1)
_CONNEXION = "simulateur.connexion"
_IMMEDIATE = struct.pack("ii", 1, 0)  # SO_LINGER: closing discards what is left and resets


class Requetes(WSGIRequestHandler):
    """Connections that stay open, answers that leave at once, no line per request; a view may reach its connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def make_environ(self) -> dict[str, Any]:
        """See werkzeug."""
        return {**super().make_environ(), _CONNEXION: self}

    def log_request(self, *_: object, **__: object) -> None:
        """Say nothing: the callers keep their own accounts."""


def panne_d_acces(pannes: Pannes, horloge: Callable[[], datetime]) -> Response | None:
    """The answer of whoever stands before the application, when a fault strikes there."""
    if pannes.frappe("trop_de_requetes"):
        reprise = int((horloge() + REPOS).timestamp())
        return _trop({"RateLimit-Remaining": "0", "RateLimit-Reset": str(reprise)})
    if pannes.frappe("trop_de_requetes_muet"):
        return _trop({})
    if pannes.frappe("erreur_500"):
        corps = '{"errors":[{"message":"Internal Server Error","extensions":{"code":"internal_server_error"}}]}'
        return repondre(corps, 500)
    return _frontal(502, "Bad Gateway") if pannes.frappe("erreur_502") else None


def repondre(texte: str, statut: int = 200) -> Response:
    """An answer as it should be."""
    return Response(texte, statut, content_type=JSON)


def envoyer(texte: str, statut: int, pannes: Pannes) -> Response:
    """The answer as it leaves, with the faults of the connection."""
    if pannes.frappe("erreur_504"):
        return _frontal(504, "Gateway Time-out")
    if pannes.frappe("html"):
        return _frontal(200, "Maintenance en cours")
    if pannes.frappe("json_tronque"):
        texte = texte[: len(texte) // 2]
    if pannes.frappe("json_malforme"):
        texte = texte.replace(":", "=", 1) + "}"
    if pannes.frappe("coupure"):
        return _coupee(texte.encode())
    return repondre(texte, statut)


def pendre(duree: float) -> Response:
    """An answer that never comes: the connection hangs for `duree` seconds, then closes."""
    connexion: Requetes = request.environ[_CONNEXION]

    def attendre() -> Iterator[bytes]:
        yield from ()
        sleep(duree)
        connexion.close_connection = True
        raise ConnectionAbortedError

    return Response(attendre())


def _coupee(octets: bytes) -> Response:
    """The headers, half of the body, then a reset."""
    connexion: Requetes = request.environ[_CONNEXION]

    def couper() -> Iterator[bytes]:
        yield octets[: len(octets) // 2]
        connexion.close_connection = True
        _reinitialiser(connexion.connection)
        raise ConnectionResetError

    return Response(couper(), content_type=JSON, headers={"Content-Length": str(len(octets))})


def _reinitialiser(prise: socket.socket) -> None:
    """Reset the connection at once. Its descriptor then stands for a closed one: the server ends with it as with any."""
    prise.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _IMMEDIATE)
    morte, autre = socket.socketpair()
    autre.close()
    os.dup2(morte.fileno(), prise.fileno())
    morte.close()


def _trop(entetes: dict[str, str]) -> Response:
    return Response("Calme toi, cowboy\u00a0!", 429, content_type="text/plain; charset=utf-8", headers=entetes)


def _frontal(statut: int, titre: str) -> Response:
    page = f"<html><head><title>{titre}</title></head><body><h1>{titre}</h1></body></html>"
    return Response(page, statut, content_type="text/html; charset=utf-8")
