"""One act on several dossiers: chosen in the queue, tried, done, put back, on a phone."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import histoire
from tests.e2e.conftest import Portail
from tests.e2e.navigateur import Navigateur
from tests.e2e.test_histoire import personne

pytestmark = pytest.mark.e2e
FILE = "/instruction/dossiers"


def choisir(nav: Navigateur, nombre: int, action: str) -> list[str]:
    """Tick the first dossiers of the queue, and ask for that act; their references."""
    nav.aller(FILE)
    cases = nav.page.locator("#file tbody .case-lot")
    references = [cases.nth(rang).get_attribute("value") or "" for rang in range(nombre)]
    for rang in range(nombre):
        cases.nth(rang).check()
    panneau = nav.page.locator("#lot details")
    expect(nav.page.locator("#annonces")).to_contain_text(f"{nombre} dossier")
    expect(panneau).to_have_attribute("open", "")
    nav.regarder()
    with nav.page.expect_navigation():
        nav.page.locator("#lot").get_by_role("button", name=action, exact=True).click()
    nav.regarder()
    return references


def etiqueter(nav: Navigateur, nombre: int, etiquette: str) -> list[str]:
    """Choose dossiers and a label, as far as the dry run."""
    references = choisir(nav, nombre, "Étiqueter")
    nav.lister("Étiquette", etiquette)
    nav.appuyer("Voir ce qui serait fait")
    return references


def test_a_lot_is_tried_done_and_put_back_on_a_phone(browser: Browser, portail: Portail) -> None:
    etiquette, largeur = "Lot du téléphone", 360
    with personne(browser, portail, javascript=True, largeur=largeur) as nav:
        histoire.devenir(nav, "Nadia")
        nav.aller("/instruction/etiquettes")
        nav.remplir(nom=etiquette)
        nav.appuyer("Créer l’étiquette")
        etiqueter(nav, 1, etiquette)
        nav.appuyer("Étiqueter : 1 dossier".replace(" :", "\u00a0:"))
        nav.patienter("1 dossier fait")
        premiere, *suite = etiqueter(nav, 3, etiquette)
        nav.lire("2 dossiers peuvent être traités, 1 ne le peut pas", "Ce dossier porte déjà cette étiquette.")
        expect(nav.page.locator("#exclus")).to_contain_text(premiere)
        nav.appuyer("Étiqueter : 2 dossiers".replace(" :", "\u00a0:"))
        expect(nav.page.locator("#lot")).to_contain_text(re.compile("2\\s+dossiers faits"), timeout=30_000)
        expect(nav.page.locator("#lot[hx-trigger]")).to_have_count(0)
        nav.regarder()
        for reference in suite:
            expect(nav.page.locator("#lot tbody")).to_contain_text(reference)
        nav.confirmer("Annuler ce traitement")
        nav.patienter("2 dossiers remis comme avant")
        nav.aller("/instruction/lots")
        nav.lire("annulé", "terminé")
        largeur_page = nav.page.locator("html").evaluate("page => page.scrollWidth")
        assert largeur_page <= largeur, "the page scrolls sideways"


def test_all_the_dossiers_of_a_page_are_ticked_at_once(browser: Browser, portail: Portail) -> None:
    with personne(browser, portail, javascript=True) as nav:
        histoire.devenir(nav, "Nadia")
        nav.aller(FILE)
        cases = nav.page.locator("#file tbody .case-lot")
        nav.page.locator("#lot summary").click()
        nav.page.get_by_role("button", name="Cocher les dossiers de cette page").click()
        expect(nav.page.locator("#annonces")).to_have_text(f"{cases.count()} dossiers cochés")
        expect(nav.page.locator("#file tbody .case-lot:checked")).to_have_count(cases.count())
        nav.page.get_by_role("button", name="Tout décocher").click()
        expect(nav.page.locator("#annonces")).to_have_text("aucun dossier coché")
