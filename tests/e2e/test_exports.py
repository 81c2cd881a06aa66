"""What is on the screen leaves as a file: the queue with columns of one's own, payments, open data, on a phone."""

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

from tests.e2e import histoire
from tests.e2e.conftest import Portail
from tests.e2e.navigateur import Navigateur
from tests.e2e.test_histoire import personne

pytestmark = pytest.mark.e2e
LARGEUR = 360
VERSEMENTS = "N° EJ;N° SIRET;Montant payé;Date paiement;Centre financier\n{};43832531800014;900,00;31/01/2026;C1\n"


def _tient(nav: Navigateur) -> None:
    assert nav.page.locator("html").evaluate("page => page.scrollWidth") <= LARGEUR, "the page scrolls sideways"


def _pret(nav: Navigateur) -> bytes:
    """The file of the document shown, once it is made."""
    nav.patienter_pour(nav.page.get_by_role("link", name="Télécharger"))
    nav.lire("Ce fichier reste à télécharger jusqu’au")
    _tient(nav)
    return nav.telecharger("Télécharger")


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "sans-js"])
def test_views_payments_and_open_data_leave_on_a_phone(
    browser: Browser, portail: Portail, tmp_path: Path, javascript: bool
) -> None:
    with personne(browser, portail, javascript=javascript, largeur=LARGEUR) as nav:
        histoire.devenir(nav, "Nadia")
        nav.aller("/instruction/dossiers?onglet=tous")
        nav.suivre("Exporter autrement")
        nav.choisir("Format", "CSV (.csv)")
        _tient(nav)
        nav.appuyer("Préparer l’export")
        lignes = list(csv.DictReader(io.StringIO(_pret(nav).decode("utf-8-sig")), delimiter=";"))
        assert len(lignes) > 1
        assert all(ligne["Dossier (adresse)"].endswith(ligne["Dossier"]) for ligne in lignes)
        nav.suivre_dans("nav.fil")
        nav.aller("/instruction/exports/modeles/nouveau")
        _tient(nav)
        chemin = tmp_path / "payés.csv"
        engagement = f"210000090{javascript:d}"
        chemin.write_text(VERSEMENTS.format(engagement), encoding="utf-8")
        nav.aller("/instruction/imports/nouveau")
        nav.joindre("#fichier", chemin)
        nav.appuyer("Déposer ce fichier")
        nav.patienter_pour(nav.page.get_by_role("button", name="Importer 1 ligne"))
        nav.appuyer("Importer 1 ligne")
        nav.patienter("Importé le")
        nav.aller("/instruction/versements")
        nav.lire("43832531800014", "900,00 €")
        _tient(nav)
        nav.appuyer("Exporter ces versements en tableur")
        page = load_workbook(io.BytesIO(_pret(nav)))["Versements"]
        assert engagement in [str(cellule) for ligne in page.iter_rows(values_only=True) for cellule in ligne]
        nav.aller("/instruction/donnees-essentielles")
        expect(nav.page.locator("main")).to_contain_text("Données essentielles")
        _tient(nav)
