"""Paths written outside a web request (mails, QR codes, exports) lead to real pages."""

import re

import pytest
from flask import Flask
from werkzeug.routing import MapAdapter

from portal.liens import CHEMINS, lien


@pytest.fixture
def adresses(app: Flask) -> MapAdapter:
    """What resolves an address to its endpoint."""
    return app.url_map.bind("portail.test")


@pytest.mark.parametrize("nom", CHEMINS)
def test_each_path_leads_to_a_page(adresses: MapAdapter, nom: str) -> None:
    noms = re.findall(r"{(\w+)}", CHEMINS[nom])
    valeurs = {un: "1234" if un.endswith("_id") else "ABCD-1234" for un in noms}
    chemin = lien("http://portail.test/", nom, **valeurs).removeprefix("http://portail.test")
    _endpoint, arguments = adresses.match(chemin, method="GET")
    assert set(arguments) == set(valeurs)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(KeyError):
        lien("http://portail.test", "inconnu")
