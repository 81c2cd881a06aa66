"""The queue as a person works with it: filters, chips, tabs, columns, a view kept and shared, the back button, the workbook."""

import re
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

from tests.e2e import histoire
from tests.e2e.conftest import Portail
from tests.e2e.navigateur import Navigateur
from tests.e2e.test_engagement import tient
from tests.e2e.test_histoire import personne

pytestmark = pytest.mark.e2e
FILE = "/instruction/dossiers"
LIGNES = "#file tbody [data-portal-dossier]"


def lignes(nav: Navigateur) -> list[str]:
    """The references shown, in order."""
    return nav.page.locator(LIGNES).all_inner_texts()


def lire_les_lignes(nav: Navigateur, references: list[str]) -> None:
    """These lines are shown, once the page has settled."""
    expect(nav.page.locator(LIGNES)).to_have_text(references)


def arguments(nav: Navigateur) -> dict[str, str]:
    """What the address says of the view."""
    return {nom: valeurs[0] for nom, valeurs in parse_qs(urlsplit(nav.page.url).query).items()}


def attendre(nav: Navigateur, **voulus: str) -> None:
    """The address says the view, and the page has settled."""
    nav.page.wait_for_function(
        """voulus => {
            const lus = Object.fromEntries([...new URLSearchParams(location.search)].filter(([, valeur]) => valeur));
            return JSON.stringify(Object.entries(lus).sort()) === JSON.stringify(Object.entries(voulus).sort());
        }""",
        arg=voulus,
    )
    nav.regarder()


def onglet(nav: Navigateur, nom: str) -> int:
    """Open that tab; what it counted."""
    lien = nav.page.get_by_role("navigation", name="Onglets de la file").get_by_role("link", name=nom)
    compte = int(lien.locator(".onglet-compte").inner_text())
    lien.click()
    return compte


def compter(nav: Navigateur, nombre: int) -> None:
    """The list holds that many dossiers, and says so."""
    expect(nav.page.locator("#file tbody tr")).to_have_count(min(nombre, 50))
    nav.lire(f"{nombre} dossier" if nombre else "Aucun dossier ne répond")


@pytest.mark.parametrize("largeur", [1280, 360])
def test_filters_chips_tabs_and_the_back_button(browser: Browser, portail: Portail, largeur: int) -> None:
    with personne(browser, portail, javascript=True, largeur=largeur) as nav:
        histoire.devenir(nav, "Camille")
        nav.aller(FILE)
        tous = lignes(nav)
        nav.page.locator("summary", has_text="Filtres").click()
        nav.regarder()
        nav.page.locator("#file").get_by_label("État").select_option("en_instruction")
        attendre(nav, etat="en_instruction")
        expect(nav.page.locator("details.filtres")).to_have_attribute("open", "")
        nav.page.get_by_label("Demandé, au moins (€)").fill("1000")
        nav.page.get_by_role("button", name="Appliquer").click()
        attendre(nav, etat="en_instruction", montant_min="1000")
        filtrees = lignes(nav)
        assert filtrees
        assert set(filtrees) < set(tous)
        tient(nav)
        compter(nav, onglet(nav, "Traités"))
        attendre(nav, onglet="traites", etat="en_instruction", montant_min="1000")
        nombre = onglet(nav, "Tous")
        attendre(nav, etat="en_instruction", montant_min="1000")
        compter(nav, nombre)
        nav.page.get_by_role("link", name="Retirer le filtre État").click()
        attendre(nav, montant_min="1000")
        nav.page.get_by_label("Association, numéro, SIRET, projet").fill("suivi : moi  avis:bientot")
        nav.page.locator("#file").get_by_role("button", name="Chercher").click()
        nav.lire("L’état des avis « bientot » n’existe pas", "Que je suis")
        expect(nav.page.get_by_label("Association, numéro, SIRET, projet")).to_have_value("avis:bientot")
        nav.page.go_back()
        attendre(nav, montant_min="1000")
        nav.page.go_back()
        attendre(nav, etat="en_instruction", montant_min="1000")
        lire_les_lignes(nav, filtrees)
        expect(nav.page.locator("#file").get_by_label("État")).to_have_value("en_instruction")
        nav.page.reload()
        lire_les_lignes(nav, filtrees)
        nav.page.get_by_role("link", name="Tout effacer").click()
        attendre(nav)


def test_a_page_that_comes_late_does_not_replace_the_one_that_was_asked_for_after_it(
    browser: Browser, portail: Portail
) -> None:
    with personne(browser, portail, javascript=True, largeur=1280) as nav:
        histoire.devenir(nav, "Camille")
        nav.aller(f"{FILE}?onglet=traites")
        traites = lignes(nav)
        onglet(nav, "Tous")
        attendre(nav)
        onglet(nav, "Suivis par moi")
        attendre(nav, onglet="suivis")
        nav.page.route(re.compile(r"/instruction/dossiers$"), lambda _: None)  # never answered
        with nav.page.expect_request(re.compile(r"/instruction/dossiers$")):
            nav.page.go_back()
        with nav.page.expect_event("requestfailed") as abandonnee:
            nav.page.go_back()
        assert urlsplit(abandonnee.value.url).query == ""
        attendre(nav, onglet="traites")
        lire_les_lignes(nav, traites)


def tient_sur_une_ligne(nav: Navigateur) -> None:
    """The menu does."""
    boite = nav.page.locator(".navigation").bounding_box()
    assert boite is not None
    assert boite["height"] < 60


def montrer(nav: Navigateur, *colonnes: str) -> None:
    """Show these columns, in this order."""
    for case in nav.page.locator("main").get_by_role("checkbox").all():
        case.set_checked((case.get_attribute("name") or "").removeprefix("montrer_") in colonnes)
    nav.remplir(**{f"place_{colonne}": str(place) for place, colonne in enumerate(colonnes, start=1)})
    nav.appuyer("Enregistrer les colonnes")


def exporter(nav: Navigateur) -> list[tuple[object, ...]]:
    """The rows of the workbook of the view shown, its titles first."""
    nav.appuyer("Exporter ces dossiers en tableur")
    nav.patienter("Télécharger")
    feuille = load_workbook(BytesIO(nav.telecharger("Télécharger")))["Dossiers"]
    return list(feuille.iter_rows(values_only=True))


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "sans_javascript"])
def test_a_view_is_sorted_kept_shared_exported_and_its_columns_chosen(
    browser: Browser, portail: Portail, javascript: bool
) -> None:
    nom = f"Gros montants {'avec' if javascript else 'sans'}"
    with personne(browser, portail, javascript=javascript) as nav:
        histoire.devenir(nav, "Nadia")
        nav.aller(f"{FILE}?source=portail")
        tient_sur_une_ligne(nav)
        nav.page.locator("#file thead").get_by_role("link", name="Demandé").click()
        nav.page.wait_for_url("**tri=*")
        attendu = {"source": "portail", "tri": arguments(nav)["tri"]}
        assert arguments(nav) == attendu
        en_ordre = lignes(nav)
        nav.suivre("Choisir les colonnes")
        montrer(nav, "territoire", "demande")
        assert arguments(nav) == attendu
        entetes = nav.page.locator("#file thead th").all_inner_texts()
        assert [une.split(",")[0].strip() for une in entetes] == ["Dossier", "Territoire", "Demandé"]
        lire_les_lignes(nav, en_ordre)
        nav.suivre("Enregistrer cette vue")
        nav.remplir(nom=nom)
        nav.cocher("Partager cette vue avec tout le service")
        nav.appuyer("Enregistrer la vue")
        nav.lire(f"La vue « {nom} » est enregistrée.")
        adresse = nav.page.url.removeprefix(portail.url)
        titres, *rangees = exporter(nav)
        assert titres == ("Dossier", "Territoire", "Montant demandé")
        assert [rangee[0] for rangee in rangees] == en_ordre
        with personne(browser, portail, javascript=javascript) as collegue:
            histoire.devenir(collegue, "Camille")
            collegue.aller(adresse)
            lire_les_lignes(collegue, en_ordre)
            collegue.page.get_by_role("link", name=f"{nom} (service)").click()
            expect(collegue.page.get_by_role("link", name=f"{nom} (service)")).to_have_attribute("aria-current", "page")
            lire_les_lignes(collegue, en_ordre)
        nav.aller("/instruction/vues")
        nav.confirmer(f"Supprimer « {nom} »")
        nav.lire("est supprimée")
        nav.aller("/instruction/vues/colonnes")
        montrer(nav)
