"""A letter at a browser: its template, the letter, its signature, its way back; then the cahier of a view."""

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, expect

from tests.e2e import histoire
from tests.e2e.conftest import Portail
from tests.e2e.journee import PDF, saisir
from tests.e2e.navigateur import Navigateur
from tests.e2e.test_histoire import personne

pytestmark = pytest.mark.e2e
LETTRE = "Notification d’accord partiel"
PARAPHEUR = "Sur le PDF signé, revenu du parapheur"
TELESERVICE = "Sans signature, comme acte d’un téléservice (CRPA, art. L212-2)"
REFUS = "Dans votre service, une décision part sur sa lettre signée"


@contextmanager
def decisions_signees(nav: Navigateur) -> Iterator[None]:
    """The service signs its decisions for a while: the other stories find it as it was."""
    _regler(nav, PARAPHEUR)
    try:
        yield
    finally:
        histoire.devenir(nav, "Nadia")
        _regler(nav, TELESERVICE)


def _regler(nav: Navigateur, mode: str) -> None:
    nav.aller("/instruction/reglages")
    nav.choisir("Comment les décisions partent", mode)
    nav.appuyer("Enregistrer les réglages")


def ecrire_un_modele(nav: Navigateur, reference: str, phrase: str) -> None:
    """Write a template with a mistake, try it on a real dossier, publish it."""
    nav.aller("/instruction/reglages/lettres")
    nav.suivre(LETTRE)
    nav.remplir(corps=f"{phrase}\n\nVous recevez {{montant_acorde}}.")
    nav.appuyer("Enregistrer cette version")
    nav.lire_une_erreur("Ce champ n’existe pas dans cette lettre : {montant_acorde}. Prenez-le dans la liste.")
    expect(nav.page.locator("[name=corps]")).to_have_value(re.compile(re.escape(phrase)))
    nav.remplir(corps=f"{phrase}\n\nVous recevez **{{montant_accorde}}** pour {{intitule}}.\n\n{{lignes}}")
    nav.appuyer("Enregistrer cette version")
    nav.lire("est enregistrée. Relisez-la, puis publiez-la.", "pas publiée")
    adresse = nav.page.url
    nav.page.locator("#dossier").select_option(reference)
    with nav.page.expect_navigation():
        nav.page.get_by_role("button", name="Essayer sur ce dossier").click()
    nav.regarder()
    nav.lire(phrase, "[montant accordé, en chiffres]", "Rien n’est envoyé")
    nav.appuyer("Préparer le PDF de cet essai")
    nav.patienter("Télécharger")
    assert phrase in histoire.texte_pdf(nav.telecharger("Télécharger"))
    nav.page.goto(adresse)
    nav.appuyer("Publier cette version")
    nav.lire("est publiée", "version")


def prendre_la_lettre(nav: Navigateur, reference: str, phrase: str) -> None:
    """Take the letter of the decision, as a PDF and as a text to edit."""
    page = f"/instruction/dossiers/{reference}/decision"
    nav.aller(page)
    nav.lire(REFUS, "préparée")
    nav.appuyer("Préparer : arrêté attributif de subvention".replace(" :", "\u00a0:"))
    nav.lire("Arrêté attributif de subvention")
    odt = zipfile.ZipFile(io.BytesIO(nav.telecharger(f"texte à modifier.*{LETTRE} {reference}")))
    assert phrase in odt.read("content.xml").decode()
    nav.page.get_by_role("link", name=re.compile(f"PDF.*{LETTRE} {reference}")).click()
    nav.patienter("Télécharger")
    lettre = histoire.texte_pdf(nav.telecharger("Télécharger"))
    for texte in (phrase, "1 000,00 €", "Voies et délais de recours", reference):
        assert texte in lettre
    nav.aller(page)
    nav.ne_lit_pas("Notifier la décision")


def faire_signer(nav: Navigateur, reference: str) -> bytes:
    """Send what waits to the parapheur; the PDF of the letter of that dossier, out of the archive that leaves."""
    nav.aller("/instruction/parapheur")
    nav.appuyer("Envoyer au parapheur")
    nav.lire("Les lettres sont au parapheur.")
    nav.patienter("Télécharger")
    archive = zipfile.ZipFile(io.BytesIO(nav.telecharger("Télécharger")))
    index = archive.read("index.csv").decode("utf-8-sig").splitlines()
    (ligne,) = [une for une in index if reference in une and LETTRE in une]
    return archive.read(ligne.split(";")[0])


def numeriser(pdf: bytes, chemin: Path) -> Path:
    """Sign each page by hand and scan it: a PDF of images alone."""
    pages: list[Image.Image] = []
    for page in pypdfium2.PdfDocument(pdf):
        image = page.render(scale=150 / 72).to_pil().convert("L").rotate(0.6, fillcolor=255)
        ImageDraw.Draw(image).line([(700, 1250), (760, 1180), (800, 1300), (900, 1200)], fill=40, width=5)
        pages.append(image)
    pages[0].save(chemin, "PDF", resolution=150, save_all=True, append_images=pages[1:])
    return chemin


def rendre_signee(nav: Navigateur, scan: Path, reference: str) -> None:
    """Send the scan back: its letter is found by its code, and the decision may leave."""
    nav.aller("/instruction/parapheur")
    nav.appuyer("Envoyer les copies signées")
    nav.lire_une_erreur("Choisissez au moins un fichier PDF.")
    nav.joindre("[name=fichiers]", scan)
    nav.appuyer("Envoyer les copies signées")
    nav.patienter("rattachée")
    nav.lire(f"{LETTRE} {reference}")
    nav.aller(f"/instruction/dossiers/{reference}/decision")
    nav.lire("revenue signée")
    assert nav.telecharger(f"copie signée.*{LETTRE} {reference}").startswith(b"%PDF")
    nav.confirmer("Notifier la décision")
    nav.lire("accordé", "notifiée")


def prendre_le_cahier(nav: Navigateur, reference: str, intitule: str) -> None:
    """Order the cahier of a view, see how far it is, take it away."""
    nav.aller(f"/instruction/dossiers?q={reference}")
    nav.appuyer("Cahier de commission")
    nav.patienter("Télécharger")
    cahier = histoire.texte_pdf(nav.telecharger("Télécharger"))
    for texte in ("Montants demandés par territoire", "Montants demandés par état", reference, intitule, "1 000,00 €"):
        assert texte in cahier


@pytest.mark.parametrize(("javascript", "largeur"), [(True, 360), (False, 1280)], ids=["javascript", "sans_javascript"])
def test_a_letter_is_written_signed_comes_back_and_leaves(
    browser: Browser, portail: Portail, tmp_path: Path, javascript: bool, largeur: int
) -> None:
    courrier = tmp_path / "demande.pdf"
    courrier.write_bytes(PDF)
    intitule, phrase = f"Jardin d’hiver {largeur}", f"Votre jardin nous plaît {largeur}."
    with personne(browser, portail, javascript=javascript, largeur=largeur) as nav:
        histoire.devenir(nav, "Nadia")
        reference = saisir(nav, courrier, intitule)
        with decisions_signees(nav):
            ecrire_un_modele(nav, reference, phrase)
            histoire.prendre_en_charge(nav, reference)
            histoire.decider(nav, reference, "1 000")
            prendre_la_lettre(nav, reference, phrase)
            scan = numeriser(faire_signer(nav, reference), tmp_path / "scan.pdf")
            rendre_signee(nav, scan, reference)
        prendre_le_cahier(nav, reference, intitule)
        largeur_page = nav.page.locator("html").evaluate("page => page.scrollWidth")
        assert largeur_page <= largeur, "the page scrolls sideways"
