"""No unsafe request passes without a token of the same session, nor from another site."""

from typing import Any

import pytest
from flask import Flask

from tests.architecture.acces import cells, table
from tests.architecture.conftest import Visiteur
from tests.architecture.monde import Monde

ROLES = ("anonyme", "prouve", "responsable", "administrateur")


def test_only_what_machines_call_is_exempt(app: Flask) -> None:
    csrf = app.extensions["csrf"]
    declarees = {nom for nom, fiche in table()["pages"].items() if fiche.get("machine")}
    assert csrf._exempt_views == {f"{(vue := app.view_functions[nom]).__module__}.{vue.__name__}" for nom in declarees}
    assert declarees == {"crochets.recevoir"}
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
        if cellule.fiche.get("machine"):
            continue
        adresse = cellule.adresse(app.url_map, monde)
        for forge, (statut, options) in forges.items():
            visite = visiteur.post(role, adresse, method=cellule.methode, **options)
            if visite.reponse.status_code != statut or visite.ecritures:
                acceptes.append(f"{cellule.endpoint}, {forge}: {visite.reponse.status_code}")
    assert not acceptes, "\n".join(acceptes)
