"""What each document says, read in its HTML."""

from dataclasses import replace

import html5lib
import pytest

from portal.documents.modeles import Document, Recepisse, RecuEngagement, Synthese
from portal.documents.qr import qr_svg
from portal.documents.rendu import html
from tests.unit.documents.conftest import INSTANT
from tests.unit.documents.lecture import mots

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(params=["recu", "recepisse", "synthese", "a_signer"])
def document(request: pytest.FixtureRequest) -> Document:
    trouve: Document = request.getfixturevalue(request.param)
    return trouve


def test_every_document_is_a_french_page_with_one_title_that_its_heading_repeats(document: Document) -> None:
    arbre = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html(document))

    assert arbre.get("lang") == "fr"
    (titre,) = arbre.findall(".//h1")
    assert titre.text
    assert titre.text.strip() == arbre.findtext(".//title")


def test_no_document_names_a_style_a_script_or_a_resource(document: Document) -> None:
    arbre = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html(document))

    assert {e.tag for e in arbre.iter()}.isdisjoint({"script", "style", "link", "img", "iframe", "object"})
    assert not [e for e in arbre.iter() if "style" in e.keys() or "src" in e.keys()]  # noqa: SIM118  # ElementTree elements


def test_the_receipt_says_who_signed_what_and_when(recu: RecuEngagement) -> None:
    texte = mots(html(recu))

    for mention in (
        "Les Amis du Canal",
        "SIRET : 999 900 178 00016",
        "RNA : W691000178",
        "Claire Duval",
        "présidente",
        "représentante légale",
        "22 novembre 2026 à 14 h 05 (heure de Paris)",
        "CER-7F3K-9Q2M",
        recu.texte.sha256,
        "Engagement 7",
        "« Je souscris ces engagements au nom de l’association. »",
    ):
        assert mention in texte


def test_the_receipt_of_a_verified_signatory_and_text_makes_no_reservation(recu: RecuEngagement) -> None:
    texte = mots(html(recu))

    assert "non vérifié" not in texte.casefold()
    assert "à comparer" not in texte


def test_the_receipt_says_that_the_link_is_not_verified_and_what_it_means(recu: RecuEngagement) -> None:
    texte = mots(html(replace(recu, lien_verifie=False)))

    assert "lien non vérifié" in texte
    assert "ne vaut pas encore engagement de l’association" in texte


def test_the_receipt_bears_a_qr_code_that_says_where_it_leads(recu: RecuEngagement) -> None:
    arbre = html5lib.HTMLParser(strict=True).parse(html(recu))

    (dessin,) = arbre.iter(f"{SVG}svg")
    assert recu.adresse_verification in (dessin.findtext(f"{SVG}title") or "")
    assert dessin.find(f"{SVG}path") is not None


def test_two_addresses_give_two_drawings_and_a_hostile_one_stays_text() -> None:
    assert qr_svg("https://portail.example/a") != qr_svg("https://portail.example/b")
    assert "<script>" not in qr_svg("https://portail.example/</title><script>")
    assert "style" not in qr_svg("https://portail.example/a")


def test_the_acknowledgement_bears_the_mentions_that_the_law_asks_for(recepisse: Recepisse) -> None:
    texte = mots(html(recepisse))

    for mention in (
        "P-2026-000123",
        "22 novembre 2026 à 14 h 05 (heure de Paris), soit 2026-11-22T13:05:00Z",
        "DDETS du Rhône",
        "8 rue du Nord",
        "69100 Villeurbanne",
        "ddets@rhone.example",
        "Téléphone : 04 72 00 00 00",
        "susceptible de donner lieu à une décision implicite de rejet",
        "À défaut de décision expresse, et sous réserve que la demande soit complète,",
        "elle sera réputée rejetée le 22 janvier 2027",
        "recours gracieux",
        "recours hiérarchique",
        "tribunal administratif",
        "dans les deux mois",
        "Claire Duval, présidente",
        "5 000,00 €",
        "contrat d’engagement républicain",
        "Les informations sont exactes et sincères.",
        "cd" * 32,
    ):
        assert mention in texte


def test_typed_text_is_never_markup(recepisse: Recepisse) -> None:
    assert "Berges propres <2026> & alentours" in mots(html(recepisse))
    assert "<2026>" not in html(recepisse)


def test_an_empty_value_is_said_and_line_breaks_are_kept(recepisse: Recepisse) -> None:
    page = html(recepisse)

    assert "Sigle Non renseigné" in mots(page)
    assert "Nettoyer\nles berges" in page


def test_the_budget_keeps_the_order_of_the_form_and_shows_its_totals(recepisse: Recepisse) -> None:
    texte = mots(html(recepisse))

    assert texte.index("64 – Charges de personnel") < texte.index("60 – Achats")
    assert texte.count("Total 9 200,50 €") == 2


def test_the_summary_is_dated_and_says_for_whom_it_was_made(synthese: Synthese) -> None:
    texte = mots(html(synthese))

    assert "Établie le 22 novembre 2026 à 14 h 05 pour Camille Martin (DDETS)" in texte
    assert "ce document n’est pas un acte" in texte


def test_the_summary_shows_avis_decision_and_history(synthese: Synthese) -> None:
    texte = mots(html(synthese))
    assert "Conditions Un bilan en juin." in texte

    assert "DRAJES : favorable avec réserves" in texte
    assert "Montant proposé : 3 000,00 €" in texte
    assert "pas encore notifiée" in texte
    assert "Demande déposée Claire Duval" in texte


def test_the_summary_without_decision_or_avis_says_so(synthese: Synthese) -> None:
    texte = mots(html(replace(synthese, decision=None, avis=(), historique=())))

    assert "Aucun avis que vous puissiez lire" in texte
    assert "aucun montant notifié" in texte
    assert "Historique" not in texte


def test_the_summary_dates_the_notification(synthese: Synthese) -> None:
    assert synthese.decision is not None
    notifiee = replace(synthese, decision=replace(synthese.decision, notifiee_le=INSTANT))

    assert "Notifiée le 22 novembre 2026 à 14 h 05" in mots(html(notifiee))
