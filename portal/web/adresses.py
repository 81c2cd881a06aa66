"""How addresses are read: a number that no row can bear is an unknown page, another host is refused in one sentence."""

from typing import Any

from flask import Flask, Response
from werkzeug.exceptions import SecurityError
from werkzeug.routing import IntegerConverter, Map

PLUS_GRAND_IDENTIFIANT = 2**63 - 1
AUTRE_HOTE = (
    "Cette adresse n’est pas celle du portail : rien n’a été fait. Le nom d’hôte attendu est celui de PORTAL_URL.\n"
)


class Identifiant(IntegerConverter):
    """`<int:...>`, up to PostgreSQL's largest bigint."""

    def __init__(self, carte: Map, **options: Any) -> None:
        super().__init__(carte, **{"max": PLUS_GRAND_IDENTIFIANT, **options})


def identifiant(texte: str) -> int:
    """A number that a row may bear, from the query or the form. Raises ValueError: as if nothing had been sent."""
    numero = int(texte)
    if not 0 <= numero <= PLUS_GRAND_IDENTIFIANT:
        raise ValueError
    return numero


def install(app: Flask) -> None:
    """To be called before any route is registered."""
    app.url_map.converters["int"] = Identifiant
    app.register_error_handler(SecurityError, _autre_hote)


def _autre_hote(_erreur: Exception) -> Response:
    """Bare text: without a host that we trust, no page of ours can be addressed, its style sheet no more than the rest."""
    return Response(AUTRE_HOTE, 400, mimetype="text/plain")
