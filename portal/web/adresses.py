"""How addresses are read: a number that no row can bear is an unknown page, not a fault of the database."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

PLUS_GRAND_IDENTIFIANT = 2**63 - 1


class Identifiant(IntegerConverter):
    """`<int:...>`, up to PostgreSQL's largest bigint."""

    def __init__(self, carte: Map, **options: Any) -> None:
        super().__init__(carte, **{"max": PLUS_GRAND_IDENTIFIANT, **options})


def install(app: Flask) -> None:
    """To be called before any route is registered."""
    app.url_map.converters["int"] = Identifiant
