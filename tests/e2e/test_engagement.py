"""Signing the contract on a small screen, without a mouse: with JavaScript (axe on each page), then without."""

import pytest
from playwright.sync_api import Browser, Locator

from tests.e2e import histoire
from tests.e2e.conftest import Portail
from tests.e2e.histoire import Association
from tests.e2e.navigateur import Navigateur
from tests.e2e.test_histoire import personne

pytestmark = pytest.mark.e2e

AVEC = Association("999 900 624", "Chorale Sainte-Odile", "odile.avec@exemple.org", "Odile", "Schmitt-Canari")
SANS = Association("W2B2001242", "Voix de Bastia", "ange.sans@exemple.org", "Ange", "Paoli-Canari")
TABULATIONS = 120


@pytest.mark.parametrize(
    ("qui", "javascript"), [(AVEC, True), (SANS, False)], ids=["avec_javascript", "sans_javascript"]
)
def test_the_contract_is_signed_by_keyboard_alone_on_a_small_screen(
    browser: Browser, portail: Portail, qui: Association, javascript: bool
) -> None:
    with personne(browser, portail, javascript=javascript, largeur=360) as nav:
        histoire.se_connecter(nav, qui)
        histoire.rattacher(nav, qui)
        for numero in range(1, 7):
            suivre(nav, "Lire et signer le contrat" if numero == 1 else "Engagement suivant")
            if numero == 1:
                suivre(nav, "Lire les engagements un par un")
            nav.lire(f"Engagement {numero} sur 7")
        suivre(nav, "Engagement suivant")
        suivre(nav, "Aller à la signature")
        tient(nav)
        cocher(nav, nav.page.get_by_label("Je représente l’association"))
        cocher(nav, nav.page.locator("main [name=consentement]"))
        presser(nav, "Recevoir le code pour signer")
        nav.lire("Rien n’est encore signé", qui.email)
        tient(nav)
        code = histoire.lire_le_code(nav, qui)
        atteindre(nav, nav.page.locator("main [name=code]"))
        nav.page.keyboard.type("12345")
        nav.page.keyboard.press("Enter")
        nav.lire_une_erreur("Le code compte six chiffres")
        champ = nav.page.locator("main [name=code]")
        atteindre(nav, champ)
        champ.press("Control+a")
        nav.page.keyboard.type(code)
        nav.page.keyboard.press("Enter")
        nav.page.wait_for_url("**/engagements/*")
        nav.regarder()
        nav.lire("Votre engagement est enregistré", "Schmitt-Canari" if javascript else "Paoli-Canari")
        tient(nav)


def atteindre(nav: Navigateur, cible: Locator) -> None:
    """Go to an element as the keyboard does: by tabulations only."""
    for _ in range(TABULATIONS):
        if cible.evaluate("element => element === document.activeElement"):
            return
        nav.page.keyboard.press("Tab")
    raise AssertionError(f"{cible} is not reached by keyboard on {nav.page.url}")


def suivre(nav: Navigateur, nom: str) -> None:
    """Follow the link of that name."""
    atteindre(nav, nav.page.locator("main").get_by_role("link", name=nom, exact=True).first)
    with nav.page.expect_navigation():
        nav.page.keyboard.press("Enter")
    nav.regarder()


def presser(nav: Navigateur, nom: str) -> None:
    """Press the button of that name."""
    atteindre(nav, nav.page.locator("main").get_by_role("button", name=nom, exact=True).first)
    with nav.page.expect_navigation():
        nav.page.keyboard.press("Enter")
    nav.regarder()


def cocher(nav: Navigateur, case: Locator) -> None:
    """Tick a box that nothing has ticked."""
    assert not case.is_checked()
    atteindre(nav, case)
    nav.page.keyboard.press("Space")
    assert case.is_checked()


def tient(nav: Navigateur) -> None:
    """Nothing is wider than the screen."""
    assert nav.page.locator("html").evaluate("page => page.scrollWidth <= page.clientWidth"), nav.page.url
