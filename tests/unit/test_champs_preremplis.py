"""Which questions of a DS form we answer, with what: nothing is guessed."""

from typing import Any

import pytest

from integrations.demarches_simplifiees.simulator.demarche.formulaire import QUESTIONS
from portal.queries.champs_preremplis import Connu, Sujet, list_champs, name_for_ds
from portal.services.envoi_preremplissages import safe_link
from portal.services.preremplissages import dropped
from portal.vocabulaire_ds import CibleChamp

CONNUS = {sujet: Connu(f"<{sujet}>", "essai") for sujet in Sujet}


def question(libelle: str, *, genre: str = "Text", section: str = "", **autres: Any) -> dict[str, Any]:
    return {"id": "Q1==", "partie": "champs", "parent": "", "options": [], **autres} | {
        "libelle": libelle,
        "type": genre,
        "section": section,
    }


def reponse(une: dict[str, Any], cible: CibleChamp | None = None, connus: dict[Sujet, Connu] | None = None) -> str:
    """What is answered to that question, "" for nothing."""
    cibles = {"Q1==": cible} if cible else {}
    champs = list_champs(CONNUS if connus is None else connus, [une], cibles)
    return next((un.valeur.strip("<>") for un in champs if un.cle == "Q1=="), "")


@pytest.mark.parametrize(
    ("libelle", "genre", "section", "sujet"),
    [
        ("Nom de l’association", "Text", "", "denomination"),
        ("Dénomination de la structure", "Text", "", "denomination"),
        ("Raison sociale", "Text", "", "denomination"),
        ("Sigle", "Text", "Votre association", "sigle"),
        ("Objet statutaire", "Textarea", "", "objet_social"),
        ("Adresse du siège", "Address", "", "adresse"),
        ("Adresse postale du siège social de l’association", "Text", "", "adresse"),
        ("Nom", "Text", "Représentant légal", "representant_nom"),
        ("Prénom", "Text", "Votre association › Représentant légal", "representant_prenom"),
        ("Nom et prénom du président", "Text", "", "representant"),
        ("Courriel", "Email", "Représentante légale", "representant_courriel"),
        ("Téléphone du représentant légal", "Phone", "", "representant_telephone"),
        ("Fonction", "Text", "Représentant légal", "representant_fonction"),
        ("Prénom", "Text", "Personne chargée du dossier", "personne_prenom"),
        ("Adresse électronique de la personne à contacter", "Email", "", "personne_courriel"),
    ],
)
def test_a_question_that_says_what_it_asks_is_answered(libelle: str, genre: str, section: str, sujet: str) -> None:
    assert reponse(question(libelle, genre=genre, section=section)) == sujet


@pytest.mark.parametrize(
    ("libelle", "genre", "section"),
    [
        ("Nom", "Text", ""),
        ("Nom de l’association partenaire", "Text", ""),
        ("Nom de l’association", "Text", "Partenaires"),
        ("Nom de la banque", "Text", "Représentant légal"),
        ("Adresse du lieu de réalisation", "Address", ""),
        ("Adresse de correspondance", "Address", "Votre association"),
        ("Adresse électronique de l’association", "Email", "Votre association"),
        ("Téléphone", "Phone", "Votre association"),
        ("Nom de l’association", "PieceJustificative", ""),
        ("Nom du trésorier", "Text", "Représentant légal"),
        ("Nom du projet de l’association", "Text", ""),
        ("Numéro RNA de l’association", "RNA", ""),
        ("Commune", "Commune", "Votre association"),
    ],
)
def test_a_doubtful_question_or_one_that_ds_does_not_prefill_stays_empty(
    libelle: str, genre: str, section: str
) -> None:
    assert reponse(question(libelle, genre=genre, section=section)) == ""


def test_a_mapping_tells_what_a_question_asks_whatever_its_words() -> None:
    assert reponse(question("Immatriculation", genre="Siret"), CibleChamp.SIRET) == "siret"
    assert reponse(question("Immatriculation"), CibleChamp.RNA) == "rna"
    assert reponse(question("Immatriculation", genre="RNA"), CibleChamp.RNA) == ""
    assert reponse(question("Montant", genre="DecimalNumber"), CibleChamp.MONTANT_DEMANDE) == ""


def test_an_annotation_or_a_row_of_a_repetition_is_never_answered() -> None:
    assert reponse(question("Nom de l’association", partie="annotations")) == ""
    assert reponse(question("Nom de l’association", parent="R1")) == ""


def test_a_choice_is_answered_only_by_one_of_its_options() -> None:
    une = question("Fonction", genre="DropDownList", section="Représentant légal", options=["Présidente"])
    connue = {Sujet.REPRESENTANT_FONCTION: Connu("Présidente", "essai")}
    assert (reponse(une), reponse(une, connus=connue)) == ("", "Présidente")


def test_what_is_not_known_is_not_answered_and_the_identity_of_a_person_comes_first() -> None:
    une = question("Nom de l’association")
    assert list_champs({}, [une], {}) == ()
    cles = [un.cle for un in list_champs(CONNUS, [une], {})]
    assert cles == ["identite_prenom", "identite_nom", "Q1=="]
    assert [name_for_ds(cle) for cle in cles] == ["identite_prenom", "identite_nom", "champ_Q1"]


def test_the_form_of_the_demonstration_gets_what_is_certain_and_nothing_of_the_project() -> None:
    section, repondues = "", []
    for une in QUESTIONS:
        section = une.label if une.genre == "HeaderSection" else section
        if reponse(question(une.label, genre=une.genre, section=section, options=list(une.options))):
            repondues.append(une.label)
    assert repondues == [
        "Nom de l’association",
        "Sigle",
        "Adresse du siège",
        "Nom du représentant légal",
        "Prénom du représentant légal",
    ]


def test_ds_has_dropped_what_is_absent_or_empty_and_not_marked() -> None:
    champs = [
        {"id": "repris", "champDescriptorId": "repris", "prefilled": True, "stringValue": None},
        {"id": "vide", "champDescriptorId": "vide", "prefilled": False, "stringValue": " "},
        {"id": "saisi", "champDescriptorId": "saisi", "prefilled": False, "stringValue": "à la main"},
    ]
    envoyes = dict.fromkeys(["repris", "vide", "saisi", "absent", "identite_nom"])
    assert dropped(envoyes, champs) == ["vide", "absent"]


@pytest.mark.parametrize(
    ("url", "racine", "sur"),
    [
        ("https://ds.example.org/commencer/x", "https://ds.example.org/api/v2/graphql", True),
        ("http://127.0.0.1:8001/commencer/x", "http://127.0.0.1:8001/api/v2/graphql", True),
        ("https://demarche.numerique.gouv.fr/x", "https://www.demarches-simplifiees.fr/api/v2/graphql", True),
        ("http://ds.example.org/commencer/x", "https://ds.example.org/api/v2/graphql", False),
        ("https://ds.example.org.evil.test/x", "https://ds.example.org/api/v2/graphql", False),
        ("https://evil@ds.example.org/x", "https://ds.example.org/api/v2/graphql", False),
        ("https://evil.test\\@ds.example.org/x", "https://ds.example.org/api/v2/graphql", False),
        ("javascript:alert(1)", "https://ds.example.org/api/v2/graphql", False),
        ("https://[", "https://ds.example.org/api/v2/graphql", False),
        ("", "https://ds.example.org/api/v2/graphql", False),
        ("https://demarche.numerique.gouv.fr/x", "https://ds.example.org/api/v2/graphql", False),
    ],
)
def test_only_a_link_that_leads_to_ds_is_shown(url: str, racine: str, sur: bool) -> None:
    assert safe_link(url, racine) is sur
