"""No unsafe request passes without a token of the same session, nor from another site."""

from typing import Any

import pytest
from flask import Flask

from tests.architecture.acces import cells
from tests.architecture.conftest import Visiteur
from tests.architecture.monde import Monde

ROLES = ("anonyme", "prouve", "responsable", "administrateur")


def test_no_view_is_exempt(app: Flask) -> None:
    csrf = app.extensions["csrf"]
    assert not csrf._exempt_views
    assert not csrf._exempt_blueprints


@pytest.mark.parametrize("role", ROLES)
def test_every_unsafe_route_refuses_a_forged_request(app: Flask, visiteur: Visiteur, monde: Monde, role: str) -> None:
    voisin = next(autre for autre in ROLES if autre != role)
    forges: dict[str, tuple[int, dict[str, Any]]] = {
        "no token": (400, {"jeton": ""}),
        "token of another session": (400, {"jeton": visiteur.jeton(voisin)}),
        "token changed": (400, {"jeton": visiteur.jeton(role)[::-1]}),
        "another site": (403, {"headers": {"Sec-Fetch-Site": "cross-site"}}),
    }
    acceptes = []
    for cellule in cells(app, "POST", "PUT", "PATCH", "DELETE"):
        adresse = cellule.adresse(app.url_map, monde)
        for forge, (statut, options) in forges.items():
            visite = visiteur.post(role, adresse, method=cellule.methode, **options)
            if visite.reponse.status_code != statut or visite.ecritures:
                acceptes.append(f"{cellule.endpoint}, {forge}: {visite.reponse.status_code}")
    assert not acceptes, "\n".join(acceptes)
