"""Files leave one by one, each with its progress: several at once, one refused, the network cut and back."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.conftest import Portail
from tests.e2e.test_brouillon import demande, marc

pytestmark = pytest.mark.e2e
__all__ = ["demande"]

CHAMP = "#fichiers-autre"


def fichier(dossier: Path, nom: str, contenu: bytes) -> Path:
    """A file on the disk of whoever browses."""
    chemin = dossier / nom
    chemin.write_bytes(contenu)
    return chemin


def test_several_files_leave_at_once_and_a_refused_one_is_said_beside_them(
    browser: Browser, portail: Portail, demande: str, tmp_path: Path
) -> None:
    with marc(browser, portail) as nav:
        nav.aller(f"{demande}/pieces")
        envois = [
            fichier(tmp_path, nom, contenu)
            for nom, contenu in (("devis.pdf", b"%PDF-1.7 a"), ("jeu.exe", b"MZ"), ("plan.pdf", b"%PDF-1.7 b"))
        ]
        nav.page.locator(CHAMP).set_input_files(envois)
        nav.page.locator("form", has=nav.page.locator(CHAMP)).get_by_role("button", name="Joindre", exact=True).click()
        expect(nav.page.get_by_role("link", name="devis.pdf")).to_be_visible()
        expect(nav.page.get_by_role("link", name="plan.pdf")).to_be_visible()
        expect(nav.page.locator(".envois", has_text="jeu.exe")).to_contain_text("n’est ni un PDF")
        expect(nav.page.locator("#annonces")).to_contain_text("plan.pdf")
        nav.regarder()


def test_network_cut_during_an_upload_offers_to_send_it_again(
    browser: Browser, portail: Portail, demande: str, tmp_path: Path
) -> None:
    with marc(browser, portail) as nav:
        nav.aller(f"{demande}/pieces")
        nav.page.context.set_offline(True)
        nav.page.locator(CHAMP).set_input_files(fichier(tmp_path, "devis.pdf", b"%PDF-1.7 a"))
        nav.page.locator("form", has=nav.page.locator(CHAMP)).get_by_role("button", name="Joindre", exact=True).click()
        expect(nav.page.locator(".envois", has_text="devis.pdf")).to_contain_text("connexion est interrompue")
        nav.page.context.set_offline(False)
        nav.page.get_by_role("button", name="Réessayer l’envoi de devis.pdf").click()
        expect(nav.page.get_by_role("link", name="devis.pdf")).to_be_visible()


def test_a_file_on_its_way_is_named_with_how_far_it_has_gone(
    browser: Browser, portail: Portail, demande: str, tmp_path: Path
) -> None:
    with marc(browser, portail) as nav:
        nav.aller(f"{demande}/pieces")
        en_route: list[Route] = []

        def retenir(route: Route) -> None:
            en_route.append(route)

        nav.page.route("**/pieces", retenir)
        nav.page.locator(CHAMP).set_input_files(fichier(tmp_path, "photos.pdf", b"%PDF-1.7 a"))
        nav.page.locator("form", has=nav.page.locator(CHAMP)).get_by_role("button", name="Joindre", exact=True).click()
        expect(nav.page.get_by_role("progressbar", name="Envoi de photos.pdf")).to_be_visible()
        expect(nav.page.locator("#annonces")).to_contain_text("Envoi de photos.pdf")
        (route,) = en_route
        route.continue_()
        expect(nav.page.get_by_role("link", name="photos.pdf")).to_be_visible()
        expect(nav.page.get_by_role("progressbar", name="Envoi de photos.pdf")).to_have_count(0)
