"""The keys of agents' pages: the frequent acts in a few of them, and none while one types. Their day is in test_journee."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import histoire
from tests.e2e.conftest import Portail
from tests.e2e.navigateur import NavigateurAuClavier
from tests.e2e.test_engagement import tient
from tests.e2e.test_histoire import personne

pytestmark = pytest.mark.e2e

FILE = "/instruction/dossiers"
A_PRENDRE = f"{FILE}?onglet=a_prendre&source=portail"
PARTIES = ("", "/demande", "/budget", "/pieces", "/avis", "/messagerie", "/decision", "/historique", "/impression")


@pytest.fixture
def instructrice(browser: Browser, portail: Portail) -> Iterator[NavigateurAuClavier]:
    """A responsable of the demonstration, at a wide screen."""
    with personne(browser, portail, javascript=True, genre=NavigateurAuClavier) as nav:
        histoire.devenir(nav, "Nadia")
        yield nav


def annonce(page: Page, mots: str) -> None:
    expect(page.locator("#annonces")).to_contain_text(mots)


@pytest.mark.parametrize(
    ("onglet", "touches", "titre"),
    [
        ("a_prendre", "jo", r"Dossier P-"),
        ("a_prendre", "joa", r"[Aa]vis"),
        ("a_prendre", "jom", r"Messages du dossier"),
        ("avis", "jod", r"Décision"),
    ],
)
def test_a_frequent_act_takes_at_most_six_keys_from_the_queue(
    instructrice: NavigateurAuClavier, onglet: str, touches: str, titre: str
) -> None:
    instructrice.aller(f"{FILE}?onglet={onglet}&source=portail")
    instructrice.taper(touches)
    expect(instructrice.page.locator("h1")).to_have_text(re.compile(titre))


def test_one_moves_opens_takes_in_charge_and_goes_on_to_the_next_by_keys_alone(
    instructrice: NavigateurAuClavier,
) -> None:
    page = instructrice.page
    instructrice.aller(A_PRENDRE)
    page.keyboard.press("j")
    annonce(page, "1 sur")
    premier = page.evaluate("document.activeElement.textContent.trim()")
    page.keyboard.press("j")
    page.keyboard.press("k")
    annonce(page, "1 sur")
    assert page.evaluate("document.activeElement.textContent.trim()") == premier
    instructrice.taper("jo")
    expect(page.locator("h1")).not_to_have_text(f"Dossier {premier}")
    instructrice.taper("p")
    expect(page.locator("h1")).to_have_text(f"Dossier {premier}")
    assert "onglet=a_prendre" in page.url
    instructrice.taper("c")
    expect(page.locator("main")).to_contain_text("Vous suivez désormais ce dossier.")
    assert "onglet=a_prendre" in page.url, "the view is kept after the act"
    instructrice.taper("n")
    expect(page.locator("h1")).not_to_have_text(f"Dossier {premier}")


def test_keys_do_nothing_while_one_types_nor_once_they_are_off(instructrice: NavigateurAuClavier) -> None:
    page = instructrice.page
    instructrice.aller(A_PRENDRE)
    page.keyboard.press("/")
    page.keyboard.type("jock")
    expect(page.locator(":focus")).to_have_value(re.compile("jock$"))
    page.keyboard.press("Escape")
    instructrice.aller(A_PRENDRE)
    page.keyboard.press("Control+j")
    assert page.evaluate("document.activeElement === document.body")
    page.keyboard.press("?")
    page.wait_for_url("**/raccourcis")
    instructrice.regarder()
    instructrice.appuyer("Éteindre les raccourcis")
    instructrice.aller(A_PRENDRE)
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement === document.body")
    instructrice.aller("/instruction/raccourcis")
    instructrice.appuyer("Activer les raccourcis")


@pytest.mark.parametrize("largeur", [1280, 360])
def test_each_section_reads_well_on_a_wide_and_on_a_small_screen(
    browser: Browser, portail: Portail, largeur: int
) -> None:
    with personne(browser, portail, javascript=True, largeur=largeur) as nav:
        histoire.devenir(nav, "Nadia")
        for source in ("portail", "ds"):
            nav.aller(f"{FILE}?source={source}")
            dossier = nav.page.locator("#file tbody tr").first.get_by_role("link").first.get_attribute("href") or ""
            for partie in PARTIES:
                nav.aller(dossier.partition("?")[0] + partie)
                tient(nav)
