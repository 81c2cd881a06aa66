"""GET reads: nothing is written but declared traces, every page and fragment comes, and every template serves."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from jinja2 import BaseLoader, Environment

from tests.architecture.acces import Cellule, cells, table
from tests.architecture.conftest import Visiteur
from tests.architecture.monde import Monde
from tests.architecture.sources import GABARITS, gabarits, regles

ROLES = table()["portes"]["may_be_anyone"]


class Temoin(BaseLoader):
    """Passes templates on, and notes their names."""

    def __init__(self, vrai: BaseLoader) -> None:
        self.vrai = vrai
        self.lus: set[str] = set()

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, Callable[[], bool] | None]:
        """Note, and read."""
        self.lus.add(template)
        return self.vrai.get_source(environment, template)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("en_tetes", [{}, {"HX-Request": "true"}], ids=["page", "fragment"])
def test_a_get_writes_nothing_but_declared_traces(
    app: Flask, visiteur: Visiteur, monde: Monde, role: str, en_tetes: dict[str, str]
) -> None:
    fautes = []
    for cellule in cells(app, "GET"):
        visite = visiteur.get(role, cellule.adresse(app.url_map, monde), headers=en_tetes)
        if visite.reponse.status_code >= 500:
            fautes.append(f"{cellule.endpoint}: {visite.reponse.status_code}")
        trace = cellule.fiche.get("trace", False)
        if isinstance(trace, str) and cellule.entre(role) and cellule.voit(role):
            continue
        if bool(visite.ecritures) != (trace is True and cellule.entre(role) and cellule.voit(role)):
            fautes.append(f"{cellule.endpoint}: {visite.ecritures or 'leaves no trace, take `trace` away'}")
    assert not fautes, "\n".join(fautes)


def test_every_template_of_a_page_is_rendered(
    app: Flask, visiteur: Visiteur, monde: Monde, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app.jinja_env.loader is not None
    temoin = Temoin(app.jinja_env.loader)
    monkeypatch.setattr(app.jinja_env, "loader", temoin)
    rendus_ailleurs: dict[str, Any] = regles()["gabarits"]["rendus_ailleurs"]
    pages = {fichier.relative_to(GABARITS).as_posix() for fichier in gabarits()}
    attendus = {page for page in pages if not page.startswith(tuple(rendus_ailleurs))}
    for role, cellule, absent in _des_plus_ouvertes(app):
        if attendus <= temoin.lus:
            return
        visiteur.get(role, cellule.adresse(app.url_map, monde, absent=absent))
    assert attendus <= temoin.lus, "\n".join(sorted(attendus - temoin.lus))


def _des_plus_ouvertes(app: Flask) -> Iterator[tuple[str, Cellule, bool]]:
    """What each role enters, what is absent last; first the roles that enter most, which show most of the templates."""
    entrees = {role: [cellule for cellule in cells(app, "GET") if cellule.entre(role)] for role in ROLES}
    roles = sorted(ROLES, key=lambda role: -len(entrees[role]))
    for absent in (False, True):
        yield from ((role, cellule, absent) for role in roles for cellule in entrees[role])
