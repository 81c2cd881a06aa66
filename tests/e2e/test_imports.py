"""A workbook as services have it: deposited, checked, corrected, imported, undone, on a phone."""

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import histoire
from tests.e2e.conftest import Portail
from tests.e2e.navigateur import Navigateur
from tests.e2e.test_histoire import personne

pytestmark = pytest.mark.e2e
LIGNES = (
    ("Suivi du service", "", "", ""),
    ("N° de dossier", "Association", "Montant demandé", "Remarque interne"),
    ("E2E-001", "Les Amis du canal de l’import", "1 500,00 €", "Fête de l’eau"),
    ("E2E-002", "Club de la rive", "douze", "Tournoi"),
)


def _csv(dossier: Path) -> Path:
    tampon = io.StringIO()
    csv.writer(tampon, delimiter=";").writerows(LIGNES)
    chemin = dossier / "suivi du service.csv"
    chemin.write_bytes(tampon.getvalue().encode("cp1252"))
    return chemin


def _deposer(nav: Navigateur, chemin: Path) -> None:
    nav.aller("/instruction/imports/nouveau")
    nav.joindre("#fichier", chemin)
    nav.appuyer("Déposer ce fichier")
    expect(nav.page.locator("#confirmer")).to_be_visible(timeout=60_000)
    nav.lire("Trouvé par le portail", "Demandes de subvention")
    nav.regarder()
    nav.remplir(titre="Fonds importé", exercice="2026")
    nav.appuyer("Ranger ces demandes ici")
    nav.patienter("Où vont ces demandes")
    nav.regarder()


def test_a_workbook_is_checked_imported_and_undone(browser: Browser, portail: Portail, tmp_path: Path) -> None:
    largeur = 360
    with personne(browser, portail, javascript=True, largeur=largeur) as nav:
        histoire.devenir(nav, "Nadia")
        nav.aller("/instruction/imports")
        nav.suivre("Importer un tableau")
        _deposer(nav, _csv(tmp_path))
        nav.lire("1 ligne prête", "1 rejetée", "douze")
        nav.lister("Remarque interne : ce que donne cette colonne", "Intitulé du projet")
        nav.appuyer("Relire le fichier ainsi")
        nav.patienter("Fête de l’eau")
        nav.appuyer("Importer 1 ligne")
        nav.patienter("1 ligne importée")
        assert nav.page.locator("html").evaluate("page => page.scrollWidth") <= largeur, "the page scrolls sideways"
        nav.aller("/instruction/dossiers?q=canal+import")
        nav.lire("Les Amis du canal de l’import")
        nav.aller("/instruction/imports")
        nav.suivre("suivi du service.csv")
        nav.confirmer("Annuler tout cet import")
        nav.patienter("Import annulé")
