"""The access table is complete, and every cell of it is executed for every role: nothing is open that it does not open."""

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal.web.access import gate_of
from tests.architecture.acces import INTROUVABLE, REGLAGES, Cellule, cells, rules, table
from tests.architecture.conftest import Visiteur
from tests.architecture.monde import ANONYME, Monde

ROLES = table()["portes"]["may_be_anyone"]
PAGES_DE_CONNEXION = ("/connexion", "/agents/connexion", "/experts/acces")
# Leaving leads where an expert asks for another link.
SE_TERMINENT_LA = ("experts.fermer",)
# A link that was never made looks like one that has expired.
PERIME = frozenset({410})


def test_every_endpoint_is_declared_and_every_line_is_an_endpoint(app: Flask) -> None:
    assert {regle.endpoint for regle in rules(app)} == set(table()["pages"])


def test_every_endpoint_bears_the_declared_gate(app: Flask) -> None:
    portees = {endpoint: getattr(gate_of(app, endpoint), "__name__", None) for endpoint in table()["pages"]}
    assert portees == {endpoint: fiche["porte"] for endpoint, fiche in table()["pages"].items()}


def test_every_argument_of_an_address_is_declared(app: Flask) -> None:
    declares = {endpoint: set(fiche) - REGLAGES for endpoint, fiche in table()["pages"].items()}
    assert {regle.endpoint: set(regle.arguments) for regle in rules(app)} == declares


def test_the_world_holds_every_role_and_every_object(monde: Monde) -> None:
    assert set(monde.roles) == set(ROLES)
    assert set(monde.objets) == set(table()["objets"])


def _visiter(visiteur: Visiteur, role: str, cellule: Cellule, adresse: str) -> TestResponse:
    if cellule.methode == "GET":
        return visiteur.get(role, adresse).reponse
    return visiteur.post(role, adresse, method=cellule.methode).reponse


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_table_says(app: Flask, visiteur: Visiteur, monde: Monde, role: str) -> None:
    surprises = []
    for cellule in cells(app):
        adresse = cellule.adresse(app.url_map, monde)
        reponse = _visiter(visiteur, role, cellule, adresse)
        if reponse.status_code not in cellule.attendu(role) or not _vers_la_bonne_page(cellule, role, reponse):
            surprises.append(
                f"{cellule.methode} {adresse} ({cellule.endpoint}): {reponse.status_code} {reponse.location}"
            )
    assert not surprises, "\n".join(surprises)


def _vers_la_bonne_page(cellule: Cellule, role: str, reponse: TestResponse) -> bool:
    """Only a visitor that the gate stops is sent to log in."""
    vers_la_connexion = (reponse.location or "").partition("?")[0] in PAGES_DE_CONNEXION
    return vers_la_connexion == (cellule.renvoie(role) or cellule.endpoint in SE_TERMINENT_LA)


@pytest.mark.parametrize("role", [role for role in ROLES if role != ANONYME])
def test_an_object_that_does_not_exist_is_not_found_by_anybody(
    app: Flask, visiteur: Visiteur, monde: Monde, role: str
) -> None:
    surprises = []
    for cellule in cells(app):
        if not cellule.entre(role) or all(genre.startswith("=") for _argument, genre in cellule.objets):
            continue
        adresse = cellule.adresse(app.url_map, monde, absent=True)
        reponse = _visiter(visiteur, role, cellule, adresse)
        if reponse.status_code not in INTROUVABLE | PERIME:
            surprises.append(f"{cellule.methode} {adresse} ({cellule.endpoint}): {reponse.status_code}")
    assert not surprises, "\n".join(surprises)
