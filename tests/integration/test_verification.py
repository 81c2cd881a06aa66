"""Anybody checks a receipt; nobody learns who signed."""

import pytest

from portal.routes.verification import MAXIMUM
from portal.vocabulaire import EtatMandat
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques


@pytest.fixture
def code(creer: Fabriques) -> str:
    """The code of a proved signature."""
    usager = creer.usager(prenom="Zénobie", nom="Quatrefages")
    association = creer.association(denomination="Les Amis du Canal")
    return creer.engagement(creer.mandat(usager, association, fonction="Présidente, Mme Quatrefages")).code


def test_the_page_tells_what_was_signed_and_never_by_whom(client: ClientStrict, code: str) -> None:
    client.get(f"/verifier/{code}")
    page = client.texte()
    assert "Les Amis du Canal" in page
    assert "Décret n° 2021-1947 du 31 décembre 2021, annexe, version 1" in page
    assert "lien vérifié" in page
    assert "Ce reçu ne porte pas encore de cachet électronique" in page
    assert "Quatrefages" not in page
    assert "Zénobie" not in page


def test_a_declared_link_is_said(client: ClientStrict, creer: Fabriques) -> None:
    mandat = creer.mandat(creer.usager(), creer.association(), prouve=False)
    client.get(f"/verifier/{creer.engagement(mandat, mandat_etat=EtatMandat.DECLARE).code}")
    assert "cette signature ne vaut pas encore engagement de l’association" in client.texte()


@pytest.mark.parametrize("ecriture", [str.lower, lambda c: c.replace("-", " "), lambda c: c.replace("0", "O")])
def test_a_code_copied_by_hand_is_understood(client: ClientStrict, code: str, ecriture: object) -> None:
    assert callable(ecriture)
    reponse = client.get("/verifier", query_string={"code": ecriture(code)}, follow_redirects=True)
    assert reponse.status_code == 200
    assert reponse.request.path == f"/verifier/{code}"
    assert "Engagement enregistré" in client.texte()


def test_a_code_that_cannot_be_read_is_asked_again(client: ClientStrict) -> None:
    assert client.get("/verifier?code=123").status_code == 422
    assert "Il compte 16 lettres ou chiffres" in client.texte()
    assert "Rien n’est encore enregistré" not in client.texte()
    zone = html.par_id(client.arbre, "contenu")
    assert zone is not None
    assert dict(html.champs(next(zone.iter("form"))))["code"] == "123"


@pytest.mark.parametrize("inconnu", ["7Q3K-0M2X-9HTB-4DVC", "nimporte-quoi"])
def test_an_unknown_code_gets_a_clear_page(client: ClientStrict, inconnu: str) -> None:
    assert client.get(f"/verifier/{inconnu}").status_code == 404
    assert "Aucun engagement ne porte ce code" in client.texte()


def test_too_many_codes_in_a_minute_are_refused(client: ClientStrict, code: str) -> None:
    statuts = [client.get(f"/verifier/{code}").status_code for _ in range(MAXIMUM + 1)]
    assert statuts == [200] * MAXIMUM + [429]
