"""Pages of a request at a browser: questions that appear with their answer, lines that come and go; also without JavaScript."""

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import histoire
from tests.e2e.conftest import Portail
from tests.e2e.navigateur import Navigateur
from tests.e2e.test_histoire import personne

pytestmark = pytest.mark.e2e


def commencer(nav: Navigateur) -> str:
    """Begin a request as Marc, whose mandat is proved; its address."""
    histoire.devenir(nav, "Marc")
    nav.aller("/demandes/nouvelle")
    nav.page.get_by_role("group", name="Campagne").get_by_role("radio").first.check()
    nav.page.get_by_role("group", name="Association").get_by_role("radio").first.check()
    nav.appuyer("Commencer la demande")
    return nav.page.url.removeprefix(nav.racine).partition("?")[0]


def test_lines_and_questions_with_javascript(browser: Browser, portail: Portail) -> None:
    with personne(browser, portail, javascript=True, largeur=360) as nav:
        demande = commencer(nav)
        nav.aller(f"{demande}/identite")
        utilite = nav.page.get_by_role("group", name="reconnue d’utilité publique")
        date = nav.page.locator("[name=rup_date-annee]")
        expect(date).to_be_hidden()
        utilite.get_by_label("Oui").check()
        date.fill("1987")
        utilite.get_by_label("Non").check()
        expect(date).to_be_hidden()
        utilite.get_by_label("Oui").check()
        expect(date).to_have_value("1987")
        nav.remplir(**{"agrements-0-type": "Sport"})
        nav._envoyer(nav.page.locator("button[name=rester][value=agrements]"))
        expect(nav.page.locator("[name=agrements-1-type]")).to_be_focused()
        expect(nav.page.locator("[name=agrements-0-type]")).to_have_value("Sport")
        expect(date).to_have_value("1987")
        nav._envoyer(nav.page.locator("button[name=retirer][value=agrements-0]"))
        expect(nav.page.locator("[name=agrements-0-type]")).to_have_value("")
        expect(nav.page.locator("#agrements")).to_be_focused()
        nav.regarder()


def test_lines_questions_and_projects_without_javascript(browser: Browser, portail: Portail) -> None:
    with personne(browser, portail, javascript=False, largeur=360) as nav:
        demande = commencer(nav)
        nav.aller(f"{demande}/identite")
        nav.lire("Si oui, date de publication au Journal officiel")
        nav.remplir(sigle="LE", **{"agrements-0-type": "Sport"})
        nav.page.locator("button[name=rester][value=agrements]").click()
        expect(nav.page.locator("[name=agrements-1-type]")).to_be_visible()
        assert nav.page.url.endswith("#agrements")
        nav.page.locator("[name=sigle]").press("Enter")
        nav.lire("La section « Association » est enregistrée")
        nav.appuyer("Ajouter un projet")
        nav.remplir(intitule="Fête du livre")
        nav.appuyer("Enregistrer la section")
        nav.lire("Projet 2 : Fête du livre")
        nav.confirmer("Retirer le projet 2")
        nav.lire("Projets retirés")
        nav.appuyer("Remettre le projet 2")
        nav.lire("Projet 2 : Fête du livre")
