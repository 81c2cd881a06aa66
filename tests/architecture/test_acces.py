"""The access table is complete, and every cell of it is executed for every role: nothing is open that it does not open."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.web.access import gate_of
from tests.architecture.acces import Cellule, cells, rules, table
from tests.architecture.conftest import Visiteur
from tests.architecture.monde import ANONYME, Monde
from tests.client import ClientStrict

ROLES = table()["portes"]["may_be_anyone"]
PAGES_DE_CONNEXION = ("/connexion", "/agents/connexion")


def test_every_endpoint_is_declared_and_every_line_is_an_endpoint(app: Flask) -> None:
    assert {regle.endpoint for regle in rules(app)} == set(table()["pages"])


def test_every_endpoint_bears_the_declared_gate(app: Flask) -> None:
    assert {e: gate_of(app, e).__name__ for e in table()["pages"]} == {
        e: f["porte"] for e, f in table()["pages"].items()
    }


def test_every_argument_of_an_address_is_declared(app: Flask) -> None:
    declares = {endpoint: set(fiche) - {"porte", "interdit", "trace"} for endpoint, fiche in table()["pages"].items()}
    assert {regle.endpoint: set(regle.arguments) for regle in rules(app)} == declares


def test_the_world_holds_every_role_and_every_object(monde: Monde) -> None:
    assert set(monde.roles) == set(ROLES)
    assert set(monde.objets) == set(table()["objets"])


def _envoyer(cellule: Cellule, adresse: str, client: ClientStrict) -> TestResponse:
    return client.get(adresse) if cellule.methode == "GET" else client.poster(adresse, method=cellule.methode)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_table_says(app: Flask, visiteur: Visiteur, monde: Monde, role: str) -> None:
    surprises = []
    for cellule in cells(app):
        adresse = cellule.adresse(app.url_map, monde)
        reponse = visiteur.visiter(role, lambda client, c=cellule, a=adresse: _envoyer(c, a, client)).reponse
        if reponse.status_code not in cellule.attendu(role) or not _vers_la_bonne_page(cellule, role, reponse):
            surprises.append(
                f"{cellule.methode} {adresse} ({cellule.endpoint}): {reponse.status_code} {reponse.location or ''}"
            )
    assert not surprises, "\n".join(surprises)


def _vers_la_bonne_page(cellule: Cellule, role: str, reponse: TestResponse) -> bool:
    """Only a visitor that the gate stops is sent to log in."""
    vers_la_connexion = (reponse.location or "").partition("?")[0] in PAGES_DE_CONNEXION
    return (
        vers_la_connexion == (role == ANONYME and not cellule.entre(role)) or cellule.endpoint == "connexion.terminer"
    )


@pytest.mark.parametrize("role", [role for role in ROLES if role != ANONYME])
def test_an_object_that_does_not_exist_is_404_for_all(app: Flask, visiteur: Visiteur, monde: Monde, role: str) -> None:
    surprises = []
    for cellule in cells(app):
        if not cellule.entre(role) or not any(not genre.startswith("=") for _argument, genre in cellule.objets):
            continue
        adresse = cellule.adresse(app.url_map, monde, absent=True)
        reponse = visiteur.visiter(role, lambda client, c=cellule, a=adresse: _envoyer(c, a, client)).reponse
        if reponse.status_code != 404:
            surprises.append(f"{cellule.methode} {adresse} ({cellule.endpoint}): {reponse.status_code}")
    assert not surprises, "\n".join(surprises)
