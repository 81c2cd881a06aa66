"""A working sheet taken away from the queue, filled in a spreadsheet, given back and settled, on a phone."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from portal.vocabulaire_imports import ChampFeuille
from tests.e2e import histoire
from tests.e2e.conftest import Portail
from tests.e2e.test_histoire import personne
from tests.e2e.test_lots import choisir
from tests.fabriques_feuilles import changer, ecrire

pytestmark = pytest.mark.e2e


def test_a_working_sheet_goes_and_comes_back_on_a_phone(browser: Browser, portail: Portail, tmp_path: Path) -> None:
    largeur = 360
    with personne(browser, portail, javascript=True, largeur=largeur) as nav:
        histoire.devenir(nav, "Nadia")
        premier, second = choisir(nav, 2, "Feuille de travail")
        nav.lire("2 dossiers dans un classeur")
        nav.appuyer("Préparer la feuille")
        expect(nav.page.locator("#etat-document")).to_contain_text("Télécharger", timeout=30_000)
        feuille = nav.telecharger("Télécharger")
        nav.aller(f"/instruction/dossiers/{premier}/note")
        nav.remplir(texte="Écrite sur le portail")
        nav.appuyer("Enregistrer ma note")
        chemin = tmp_path / "ma feuille.xlsx"
        remplie = (
            ecrire(premier, ChampFeuille.NOTE, "Écrite dans la feuille"),
            ecrire(second, ChampFeuille.NOTE, "Vue hors connexion"),
            ecrire(second, ChampFeuille.ETIQUETTES, "étiquette inventée"),
        )
        chemin.write_bytes(changer(feuille, *remplie))
        nav.aller("/instruction/feuilles-travail")
        nav.joindre('[name="fichier"]', chemin)
        nav.appuyer("Rendre cette feuille")
        expect(nav.page.locator("#retour")).to_contain_text("1 conflit à trancher", timeout=30_000)
        nav.regarder()
        nav.lire("Écrite sur le portail", "Écrite dans la feuille", "1 changement impossible")
        largeur_page = nav.page.locator("html").evaluate("page => page.scrollWidth")
        assert largeur_page <= largeur, "the page scrolls sideways"
        nav.choisir(f"Garder pour Ma note, {premier}", "La feuille")
        nav.appuyer("Enregistrer ces choix")
        nav.appuyer("Appliquer ces 2 changements")
        expect(nav.page.locator("#retour")).to_contain_text("2 changements faits", timeout=30_000)
        expect(nav.page.locator("#retour[hx-trigger]")).to_have_count(0)
        nav.regarder()
        nav.aller(f"/instruction/dossiers/{premier}/note")
        expect(nav.page.locator('[name="texte"]')).to_have_value("Écrite dans la feuille")
        nav.aller("/instruction/feuilles-travail")
        nav.lire("ma feuille.xlsx", "appliquée")
