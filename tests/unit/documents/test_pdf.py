"""The PDF of each document, made by the real workshop: text, pages, tags, font, and what it refuses to read."""

import socket
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import cast

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from portal.documents.atelier import Atelier, DocumentImpossible
from portal.documents.modeles import Document, Recepisse, RecuEngagement, Synthese
from portal.documents.rendu import html
from tests.unit.documents.lecture import etiquettes, mots_pdf


def page(corps: str) -> str:
    return f"<!doctype html><html lang=fr><title>Essai</title><h1>Essai</h1>{corps}"


@pytest.mark.parametrize("nom", ["recu", "recepisse", "synthese", "a_signer"])
def test_every_pdf_is_tagged_titled_french_a4_with_its_fonts_inside(
    nom: str, atelier: Atelier, request: pytest.FixtureRequest
) -> None:
    document: Document = request.getfixturevalue(nom)
    lecteur = PdfReader(BytesIO(atelier.pdf(html(document))))
    racine = lecteur.root_object

    assert str(racine["/Lang"]) == "fr"
    assert cast("DictionaryObject", racine["/MarkInfo"])["/Marked"]
    assert lecteur.metadata is not None
    assert (lecteur.metadata.title or "\n").isprintable()
    assert lecteur.xmp_metadata is not None
    assert b"pdfuaid" in lecteur.xmp_metadata.stream.get_data()
    assert [round(float(cote)) for cote in lecteur.pages[0].mediabox[2:]] == [595, 842]
    polices = {str(p["/BaseFont"]) for p in _polices(lecteur)}
    assert polices
    assert all("+" in police for police in polices)


def test_the_receipt_has_headings_a_table_and_a_qr_code_with_its_alternative(
    atelier: Atelier, recu: RecuEngagement
) -> None:
    elements = etiquettes(atelier.pdf(html(recu)))
    genres = [str(element.get("/S")) for element in elements]

    assert genres.count("/H1") == 1
    assert genres.count("/H3") == 7
    assert {"/Table", "/TH", "/TD", "/Link", "/P"} <= set(genres)
    (figure,) = [element for element in elements if element.get("/S") == "/Figure"]
    assert recu.adresse_verification in str(figure["/Alt"])


def test_the_qr_code_of_the_printed_receipt_is_read_as_the_address_of_its_page(
    atelier: Atelier, recu: RecuEngagement, tmp_path: Path
) -> None:
    (tmp_path / "recu.pdf").write_bytes(atelier.pdf(html(recu)))
    subprocess.run(["pdftoppm", "-r", "150", "-l", "1", "-png", "recu.pdf", "page"], cwd=tmp_path, check=True)
    (image,) = tmp_path.glob("page*.png")
    (lu,) = zxingcpp.read_barcodes(Image.open(image))
    assert lu.text == recu.adresse_verification


def test_an_unverified_text_says_so_on_every_page_with_its_reference(atelier: Atelier, recu: RecuEngagement) -> None:
    pages = mots_pdf(atelier.pdf(html(replace(recu, texte=replace(recu.texte, verifie=False)))))

    assert len(pages) > 1
    for rang, texte in enumerate(pages, start=1):
        assert "Texte à comparer à Légifrance" in texte
        assert recu.texte.reference in texte
        assert f"Page {rang}/{len(pages)}" in texte
        assert "Reçu CER-7F3K-9Q2M" in texte


def test_the_printed_acknowledgement_bears_every_mention_of_the_crpa(atelier: Atelier, recepisse: Recepisse) -> None:
    """L. 112-3 and R. 112-11-1 (what), R. 112-5 (address, missing pieces), L. 231-4 (rejection by silence, its day)."""
    texte = " ".join(mots_pdf(atelier.pdf(html(recepisse))))

    mentions = (
        "Accusé de réception de votre demande de subvention",
        "Dossier P-2026-000123",
        "Reçue le 22 novembre 2026 à 14 h 05 (heure de Paris), soit 2026-11-22T13:05:00Z",
        "Service chargé de la demande DDETS du Rhône",
        "8 rue du Nord 69100 Villeurbanne",
        "ddets@rhone.example",
        "Téléphone : 04 72 00 00 00",
        "Votre demande est susceptible de donner lieu à une décision implicite de rejet.",
        "À défaut de décision expresse, et sous réserve que la demande soit complète, elle sera réputée rejetée le 22 janvier",
        "rejetée le 22 janvier 2027.",
        "S’il manque des pièces, le service vous en donnera la liste et le délai pour les fournir.",
        "Voies et délais de recours",
        "dans les deux mois qui suivent la notification de la décision ou, sans réponse, la date de rejet implicite",
        "recours gracieux au service qui a pris la décision (DDETS du Rhône)",
        "recours hiérarchique",
        "saisir le tribunal administratif compétent, par courrier ou sur www.telerecours.fr",
        "articles L. 112-3, R. 112-5, R. 112-11-1 et L. 231-4",
    )
    assert [mention for mention in mentions if mention not in texte] == []


def test_the_summary_says_on_every_page_when_it_was_made(atelier: Atelier, synthese: Synthese) -> None:
    for texte in mots_pdf(atelier.pdf(html(synthese))):
        assert "Établie le 22 novembre 2026" in texte


def test_the_same_content_gives_the_same_bytes_in_another_process(atelier: Atelier, recu: RecuEngagement) -> None:
    with Atelier() as autre:
        assert autre.pdf(html(recu)) == atelier.pdf(html(recu))


@pytest.mark.parametrize(
    "corps",
    [
        '<img alt="x" src="{url}/img">',
        '<link rel="stylesheet" href="{url}/css">',
        '<link rel="attachment" href="{url}/piece">',
        '<style>@import "{url}/import";</style>',
        '<style>h1 {{ background: url("{url}/fond") }}</style>',
        '<style>@font-face {{ font-family: X; src: url("{url}/police") }} h1 {{ font-family: X }}</style>',
        '<object data="{url}/objet"></object>',
    ],
)
def test_a_page_that_names_a_remote_or_local_resource_reads_nothing(
    corps: str, atelier: Atelier, tmp_path: Path
) -> None:
    (tmp_path / "secret").write_text("mot-secret")
    with socket.create_server(("127.0.0.1", 0)) as ecoute:
        ecoute.setblocking(False)
        for url in (f"http://127.0.0.1:{ecoute.getsockname()[1]}", f"file://{tmp_path}/secret#"):
            with pytest.raises(DocumentImpossible, match="RessourceInterdite"):
                atelier.pdf(page(corps.format(url=url)))
        with pytest.raises(BlockingIOError):
            ecoute.accept()


@pytest.mark.parametrize(
    "adresse", ["asset:../recepisse.html", "asset:document.css/../base.html", "data:,x", "image.png"]
)
def test_only_the_listed_names_are_packaged_resources(adresse: str, atelier: Atelier) -> None:
    with pytest.raises(DocumentImpossible, match="RessourceInterdite"):
        atelier.pdf(page(f'<link rel="stylesheet" href="{adresse}">'))


def _polices(lecteur: PdfReader) -> list[DictionaryObject]:
    ressources = [cast("DictionaryObject", page["/Resources"]) for page in lecteur.pages]
    polices = [cast("DictionaryObject", r["/Font"]) for r in ressources]
    return [cast("DictionaryObject", police.get_object()) for p in polices for police in p.values()]
