"""Not a word is lost: the network is cut while one types, two people type in one section, a table is pasted."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.formats import ValeurIllisible, parse_montant
from tests.e2e import histoire
from tests.e2e.conftest import Portail
from tests.e2e.navigateur import Navigateur
from tests.e2e.test_histoire import personne
from tests.montants import ILLISIBLES, LISIBLES, ecrits, quelconques

pytestmark = pytest.mark.e2e

ETAT = "#brouillon"
ENREGISTRE = "Enregistré à"
COUPURE = "Pas enregistré : connexion interrompue. Ce que vous avez écrit reste sur cette page ; nous réessayons."


@contextmanager
def marc(browser: Browser, portail: Portail, largeur: int = 360) -> Iterator[Navigateur]:
    """The president of « Lire ensemble », whose mandat is proved."""
    with personne(browser, portail, javascript=True, largeur=largeur) as nav:
        histoire.devenir(nav, "Marc")
        yield nav


@pytest.fixture
def demande(browser: Browser, portail: Portail) -> str:
    """The address of a request that Marc has just begun."""
    with marc(browser, portail) as nav:
        nav.aller("/demandes/nouvelle")
        nav.page.get_by_role("group", name="Campagne").get_by_role("radio").first.check()
        nav.page.get_by_role("group", name="Association").get_by_role("radio").first.check()
        nav.appuyer("Commencer la demande")
        return nav.page.url.removeprefix(portail.url).partition("?")[0]


def attendre(page: Page, phrase: str) -> None:
    """See how the saving goes, wherever the page is scrolled."""
    expect(page.locator(ETAT)).to_contain_text(
        phrase.replace(" : ", "\u00a0: ").replace(" ;", "\u00a0;"), timeout=20_000
    )


def test_network_cut_while_typing_and_back_loses_nothing(browser: Browser, portail: Portail, demande: str) -> None:
    with marc(browser, portail) as nav:
        nav.aller(f"{demande}/projet")
        nav.remplir(intitule="Lire au bord du canal")
        attendre(nav.page, ENREGISTRE)
        nav.page.context.set_offline(True)
        nav.page.locator("[name=objectifs]").clear()
        nav.page.locator("[name=objectifs]").press_sequentially(
            "Donner le goût de lire, même hors connexion.", delay=20
        )
        attendre(nav.page, COUPURE)
        expect(nav.page.locator("#annonces")).to_contain_text("connexion interrompue")
        expect(nav.page.locator("[name=objectifs]")).to_have_value("Donner le goût de lire, même hors connexion.")
        nav.regarder()
        nav.page.context.set_offline(False)
        attendre(nav.page, ENREGISTRE)
        nav.aller(f"{demande}/projet")
        expect(nav.page.locator("[name=objectifs]")).to_have_value("Donner le goût de lire, même hors connexion.")
        expect(nav.page.locator("[data-portal-reprise]")).to_be_hidden()


def test_page_closed_while_cut_off_offers_its_words_back(browser: Browser, portail: Portail, demande: str) -> None:
    with marc(browser, portail) as nav:
        nav.aller(f"{demande}/projet")
        nav.page.context.set_offline(True)
        nav.remplir(intitule="Écrit dans le train")
        attendre(nav.page, COUPURE)
        nav.page.route("**/brouillon", lambda route: route.abort())
        nav.page.context.set_offline(False)
        nav.page.once("dialog", lambda question: question.accept())
        nav.page.goto(f"{portail.url}{demande}")
        nav.page.unroute("**/brouillon")
        nav.aller(f"{demande}/projet")
        reprise = nav.page.locator("[data-portal-reprise]")
        expect(reprise).to_contain_text("Écrit dans le train")
        nav.page.get_by_role("button", name="Les reprendre").click()
        expect(nav.page.locator("[name=intitule]")).to_have_value("Écrit dans le train")
        attendre(nav.page, ENREGISTRE)
        nav.aller(f"{demande}/projet")
        expect(nav.page.locator("[name=intitule]")).to_have_value("Écrit dans le train")
        expect(reprise).to_be_hidden()


def test_logging_out_leaves_nothing_in_a_shared_browser(browser: Browser, portail: Portail, demande: str) -> None:
    with marc(browser, portail) as nav:
        nav.aller(f"{demande}/projet")
        nav.page.route("**/brouillon", lambda route: route.abort())
        nav.remplir(intitule="Écrit hors connexion")
        attendre(nav.page, COUPURE)
        assert nav.page.evaluate("Object.keys(localStorage).length") == 1
        nav.page.once("dialog", lambda question: question.accept())
        nav.page.get_by_role("button", name="Se déconnecter").click()
        nav.page.wait_for_url(f"{portail.url}/")
        assert nav.page.evaluate("Object.keys(localStorage).length") == 0


def test_two_people_in_one_section_keep_both_their_words(browser: Browser, portail: Portail, demande: str) -> None:
    with marc(browser, portail) as un, marc(browser, portail, largeur=1280) as deux:
        for nav in (un, deux):
            nav.aller(f"{demande}/projet")
        un.remplir(intitule="Le titre du premier")
        attendre(un.page, ENREGISTRE)
        deux.remplir(objectifs="Les objectifs du second")
        attendre(deux.page, "D’autres réponses ont été changées par")
        deux.remplir(intitule="Le titre du second")
        attendre(deux.page, "Une réponse n’est pas enregistrée")
        deux.appuyer("Enregistrer la section")
        deux.lire("Cette section a été modifiée entre-temps", "Le titre du premier", "Le titre du second")
        expect(deux.page.locator("#resume-erreurs")).to_be_focused()
        expect(deux.page.locator("[name=intitule]")).to_have_value("Le titre du second")
        deux.appuyer("Enregistrer la section")
        un.aller(f"{demande}/projet")
        expect(un.page.locator("[name=intitule]")).to_have_value("Le titre du second")
        expect(un.page.locator("[name=objectifs]")).to_have_value("Les objectifs du second")


def test_block_of_a_spreadsheet_fills_the_table_and_totals_follow(
    browser: Browser, portail: Portail, demande: str
) -> None:
    with marc(browser, portail) as nav:
        nav.aller(f"{demande}/budget-projet")
        coller(nav.page, "locations", "Locations\t1 000,50\nAssurance\t200\nLoyer de la lune\t5\nCotisations\t1200,5")
        expect(nav.page.locator("[name=assurance]")).to_have_value("200")
        expect(nav.page.locator('[data-portal-total="charges"]').first).to_have_text("1\u00a0200,50\u00a0€")
        nav.lire("Le budget est équilibré.", "Loyer de la lune")
        attendre(nav.page, ENREGISTRE)
        coller(nav.page, "honoraires", "10\n20\n")
        expect(nav.page.locator("[name=publicite_publication]")).to_have_value("20")
        nav.appuyer("Enregistrer la section")
        nav.lire_une_erreur("Il manque 30,00 € de produits.")
        nav.regarder()


def test_table_is_pasted_and_totalled_without_javascript(browser: Browser, portail: Portail, demande: str) -> None:
    with personne(browser, portail, javascript=False, largeur=360) as nav:
        histoire.devenir(nav, "Marc")
        nav.aller(f"{demande}/budget-projet")
        nav.remplir(locations="100")
        nav.page.get_by_role("button", name="Recalculer les totaux").first.click()
        nav.lire("Total des charges 100,00 €")
        nav.page.locator("summary", has_text="Coller un tableau").click()
        nav.page.locator("[name=collage]").fill("Assurance\t50\nInconnu\t3")
        nav.page.get_by_role("button", name="Lire ce tableau").click()
        nav.lire("« Inconnu », « 3 » : ce libellé n’est pas celui d’une ligne du plan", "Total des charges 150,00 €")
        expect(nav.page.locator("[name=assurance]")).to_have_value("50")


def test_browser_reads_amounts_as_the_server_does(browser: Browser, portail: Portail) -> None:
    textes = [ecrit for ecrit, _ in LISIBLES] + [texte for texte in ILLISIBLES if texte.strip()]
    textes += [ecrit for ecrit, _ in ecrits(5_000, graine=1)]
    textes += [texte for texte in quelconques(5_000, graine=2) if texte.strip()]
    with personne(browser, portail, javascript=True) as nav:
        nav.aller("/connexion")
        lus = nav.page.evaluate(
            """async (textes) => {
                const { lireCentimes } = await import(new URL("montant.js", document.querySelector("script[type=module]").src));
                return textes.map(lireCentimes);
            }""",
            textes,
        )
    differents = [
        (texte, lu, attendu) for texte, lu in zip(textes, lus, strict=True) if lu != (attendu := centimes(texte))
    ]
    assert not differents


def centimes(texte: str) -> int | None:
    """What the server reads."""
    try:
        return int(parse_montant(texte) * 100)
    except ValeurIllisible:
        return None


def coller(page: Page, nom: str, texte: str) -> None:
    """Paste into the field of that name."""
    page.locator(f"[name={nom}]").evaluate(
        """(champ, texte) => {
            const clipboardData = new DataTransfer();
            clipboardData.setData("text/plain", texte);
            champ.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
        }""",
        texte,
    )
