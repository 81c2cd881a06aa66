"""Letters of a service: their fields and marks, their amounts in words, their PDF and their text to edit."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader

from portal.documents.atelier import Atelier
from portal.documents.gabarits_lettres import Bloc, Morceau, champs_inconnus, composer, remplir, texte_par_defaut
from portal.documents.lecteur_signees import FichierRefuse, lire_copies
from portal.documents.modeles_cahier import AvisBref, Cahier, FicheCommission
from portal.documents.modeles_lettres import LettreAgent, figer, relire
from portal.documents.odt import texte_a_modifier
from portal.documents.rendu import html
from portal.documents.sommes_en_lettres import somme_en_lettres
from portal.texte_json import ecrire, lire
from portal.vocabulaire_instruction import GenreLettre
from portal.vocabulaire_lettres import champs_de
from tests.bureautique import convertir
from tests.unit.documents.conftest import DDETS, INSTANT
from tests.unit.documents.lecture import etiquettes, mots_pdf

VALEURS = {nom: f"<{nom}>" for genre in GenreLettre for nom in champs_de(genre)}


@pytest.fixture
def lettre() -> LettreAgent:
    texte = texte_par_defaut(GenreLettre.REFUS)
    return LettreAgent(
        numero="D-7F3K-9Q2M-0000",
        nature="Notification de refus",
        reference="P-2026-000123",
        service=DDETS,
        destinataire=("Les Amis du Canal", "12 quai des Étroits", "69005 Lyon"),
        fait_le="Lyon, le 22 novembre 2026",
        objet=remplir(texte.objet, VALEURS),
        blocs=composer(texte.corps, VALEURS | {"motivation": "Le budget est épuisé. " * 300}),
        auteur="Camille Martin",
        qualite="Responsable, DDETS du Rhône",
        suivi_par="Paul Leroy",
        voies=composer("Deux mois\u00a0:\n\n- Télérecours", {}),
    )


@pytest.mark.parametrize(
    ("montant", "attendu"),
    [
        ("0.01", "zéro euro et un centime"),
        ("1", "un euro"),
        ("21", "vingt et un euros"),
        ("71", "soixante et onze euros"),
        ("80", "quatre-vingts euros"),
        ("81", "quatre-vingt-un euros"),
        ("91", "quatre-vingt-onze euros"),
        ("200", "deux cents euros"),
        ("1000", "mille euros"),
        ("80000", "quatre-vingt mille euros"),
        ("200000", "deux cent mille euros"),
        ("23000.50", "vingt-trois mille euros et cinquante centimes"),
        ("1000000", "un million d’euros"),
        ("2000281", "deux millions deux cent quatre-vingt-un euros"),
    ],
)
def test_amounts_are_written_in_words(montant: str, attendu: str) -> None:
    assert somme_en_lettres(Decimal(montant)) == attendu


@pytest.mark.parametrize("genre", GenreLettre)
def test_each_kind_has_a_text_by_default_whose_fields_all_exist(genre: GenreLettre) -> None:
    texte = texte_par_defaut(genre)
    assert champs_inconnus(genre, texte.objet + texte.corps) == []
    assert composer(texte.corps, VALEURS)


def test_unknown_fields_are_named_and_unclosed_ones_too() -> None:
    assert champs_inconnus(GenreLettre.REFUS, "{motif} {motfi} {motfi} {demandes}") == ["motfi", "demandes"]
    assert champs_inconnus(GenreLettre.REFUS, "{motif") == ["{"]


def test_marks_are_those_of_the_template_never_those_of_a_value() -> None:
    blocs = composer("**{a}** et {b}\n\n- {a}\n- {vide}\n\n{vide}\n\n**{vide}** seul", {"a": "**x**", "b": "- y"})
    assert blocs == (
        Bloc(((Morceau("**x**", gras=True), Morceau(" et - y")),)),
        Bloc(((Morceau("**x**"),),), liste=True),
    )


def test_a_letter_is_a_tagged_pdf_that_bears_its_number_on_every_page(atelier: Atelier, lettre: LettreAgent) -> None:
    pdf = atelier.pdf(html(lettre))
    pages, genres = mots_pdf(pdf), [str(element.get("/S")) for element in etiquettes(pdf)]
    assert len(pages) > 1
    assert all("D-7F3K-9Q2M-0000" in page and "P-2026-000123" in page for page in pages)
    for mention in (
        "8 rue du Nord",
        "12 quai des Étroits",
        "Affaire suivie par Paul Leroy",
        "Camille Martin",
        "Télérecours",
    ):
        assert mention in " ".join(pages)
    assert genres.count("/H1") == 1
    assert {"/H2", "/P", "/L", "/LI"} <= set(genres)
    assert [copie.numero for copie in lire_copies(pdf)] == [lettre.numero]
    assert lire_copies(pdf)[0].pages == tuple(range(1, len(pages) + 1))


def test_a_letter_read_again_from_json_gives_the_same_text_to_edit(lettre: LettreAgent) -> None:
    relue = relire(lire(ecrire(figer(lettre)).decode()))
    assert relue == lettre
    contenu = zipfile.ZipFile(io.BytesIO(texte_a_modifier(relue))).read("content.xml").decode()
    for mention in ("Les Amis du Canal", "Objet\u00a0: ", "Camille Martin", "Voies et délais de recours"):
        assert mention in contenu


def mots_de(pdf: bytes) -> set[str]:
    """The words of a PDF, whatever its marks of lists and its numbers of pages."""
    return {
        mot for mot in re.findall(r"[^\W_][^\s•\uf095]*", " ".join(mots_pdf(pdf))) if not re.fullmatch(r"\d/\d", mot)
    }


def test_the_text_to_edit_opens_in_a_word_processor_with_every_word_and_the_code_of_the_letter(
    lettre: LettreAgent, atelier: Atelier, tmp_path: Path
) -> None:
    ouvert = convertir(texte_a_modifier(lettre), de="odt", vers="pdf", dossier=tmp_path)
    texte, page = (mots_de(pdf) for pdf in (ouvert, atelier.pdf(html(lettre))))
    assert page - texte == {"Dossier", "Page"}
    assert texte - page == set(), "no number of chapter, nothing that the page does not say"
    assert [copie.numero for copie in lire_copies(ouvert)] == [lettre.numero]


@pytest.mark.parametrize("octets", [b"", b"%PDF-1.7 casse", b"\x00" * 10_000])
def test_what_is_no_pdf_is_refused_in_french(octets: bytes) -> None:
    with pytest.raises(FichierRefuse, match="n’est pas un PDF lisible"):
        lire_copies(octets)


def test_a_reading_that_lasts_too_long_or_takes_too_much_is_stopped(lettre: LettreAgent, atelier: Atelier) -> None:
    pdf = atelier.pdf(html(lettre))
    with pytest.raises(FichierRefuse, match="arrêtée"):
        lire_copies(pdf, delai=0.01)
    with pytest.raises(FichierRefuse, match="arrêtée"):
        lire_copies(pdf, memoire=1 << 24)


def test_each_dossier_of_a_cahier_has_one_page_whatever_people_wrote(atelier: Atelier) -> None:
    fleuve = "MAIRIE WWWWWWW " * 40
    fiche = FicheCommission(
        reference="P-2026-000123",
        etat="en instruction",
        demandeur=fleuve[:300],
        siret="99990017800016",
        commune="Lyon",
        territoire="Rhône",
        intitule=fleuve[:500],
        objectifs=fleuve,
        description=fleuve,
        demarche="Politique de la ville",
        exercice=2026,
        depose_le=INSTANT,
        echeance=date(2027, 1, 22),
        instructeur="Paul Leroy",
        cer=fleuve,
        montant_demande=Decimal(5000),
        cout=None,
        propose=Decimal(3000),
        accorde=None,
        decidee=False,
        proposition=fleuve,
        avis=(AvisBref("DRAJES", "favorable", Decimal(3000), fleuve),) * 9,
        avis_attendus=1,
    )
    cahier = Cahier(
        "DDETS", ("Onglet\u00a0: Tous",), "Camille Martin", INSTANT, (fiche, replace(fiche, reference="P-2"))
    )
    suivies: list[int] = []
    pages = mots_pdf(atelier.pdf(html(cahier), suivre=suivies.append))
    fiches = [page for page in pages if "Proposition du service" in page]
    assert (len(fiches), len(pages)) == (2, suivies[-1])
    assert len(PdfReader(io.BytesIO(atelier.pdf(html(cahier)))).pages) == len(pages)
    assert pages[-2:] == fiches
    assert all("5 autres avis" in fiche and "Objectifs" in fiche for fiche in fiches)
