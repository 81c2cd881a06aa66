"""Signing the contract on a small screen, without a mouse: with JavaScript (axe on each page), then without."""

import pytest
from playwright.sync_api import Browser

from tests.e2e import histoire
from tests.e2e.conftest import Portail
from tests.e2e.histoire import Association
from tests.e2e.navigateur import Navigateur, NavigateurAuClavier
from tests.e2e.test_histoire import personne

pytestmark = pytest.mark.e2e

AVEC = Association("999 900 624", "Chorale Sainte-Odile", "odile.avec@exemple.org", "Odile", "Schmitt-Canari")
SANS = Association("W2B2001242", "Voix de Bastia", "ange.sans@exemple.org", "Ange", "Paoli-Canari")


@pytest.mark.parametrize(
    ("qui", "javascript"), [(AVEC, True), (SANS, False)], ids=["avec_javascript", "sans_javascript"]
)
def test_the_contract_is_signed_by_keyboard_alone_on_a_small_screen(
    browser: Browser, portail: Portail, qui: Association, javascript: bool
) -> None:
    with personne(browser, portail, javascript=javascript, largeur=360, genre=NavigateurAuClavier) as nav:
        histoire.se_connecter(nav, qui)
        histoire.rattacher(nav, qui)
        nav.suivre("Lire et signer le contrat")
        nav.suivre("Lire les engagements un par un")
        for numero in range(1, 7):
            nav.lire(f"Engagement {numero} sur 7")
            nav.suivre("Engagement suivant")
        nav.suivre("Aller à la signature")
        tient(nav)
        nav.choisir("À quel titre signez-vous ?", "Je représente l’association")
        nav.cocher("Au nom de l’association")
        nav.appuyer("Recevoir le code pour signer")
        nav.lire("Rien n’est encore signé", qui.email)
        tient(nav)
        code = histoire.lire_le_code(nav, qui)
        nav.remplir(code="12345")
        nav.appuyer("Signer l’engagement")
        nav.lire_une_erreur("Le code compte six chiffres")
        nav.remplir(code=code)
        nav.appuyer("Signer l’engagement")
        nav.lire("Votre engagement est enregistré", "Schmitt-Canari" if javascript else "Paoli-Canari")
        tient(nav)


def tient(nav: Navigateur) -> None:
    """Nothing is wider than the screen."""
    assert nav.page.locator("html").evaluate("page => page.scrollWidth <= page.clientWidth"), nav.page.url
