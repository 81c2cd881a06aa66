"""What the columns of a dossier take from a form whose labels nobody chose for us, and what HTML becomes."""

from decimal import Decimal
from typing import Any

import pytest

from integrations.demarches_simplifiees.parsing import lire
from integrations.demarches_simplifiees.types import DossierRecu
from portal.services.assainissement import texte_de_html
from portal.services.synchronisation import projection

MORALE: dict[str, Any] = {
    "__typename": "PersonneMorale",
    "siret": "73282932000074",
    "entreprise": {"siren": "732829320", "raisonSociale": "Lire ensemble", "formeJuridiqueCode": "9220"},
}


def recu(*champs: tuple[str, str, str], demandeur: dict[str, Any] | None = None) -> DossierRecu:
    """A dossier whose form holds these (type, label, answer)."""
    return lire(
        {
            "number": 1,
            "state": "en_construction",
            "demandeur": demandeur or MORALE,
            "champs": [{"__typename": genre, "label": label, "stringValue": dit} for genre, label, dit in champs],
        }
    )


@pytest.mark.parametrize(
    ("genre", "label", "dit", "montant"),
    [
        ("DecimalNumberChamp", "Montant de la subvention demandée (en euros)", "4249.68", "4249.68"),
        ("DecimalNumberChamp", "Je demande ce montant de subventions", "2349.90", "2349.90"),
        ("IntegerNumberChamp", "Montant sollicité", "1500", "1500.00"),
        ("TextChamp", "Montant de l’aide sollicitée", "1 234,50 €", "1234.50"),
        ("TextChamp", "Subvention demandée", "environ mille euros", None),
        ("TextChamp", "Subvention demandée", "12,34,5", None),
        ("DecimalNumberChamp", "Subvention demandée", "NaN", None),
        ("DecimalNumberChamp", "Subvention demandée", "-5", None),
        ("DecimalNumberChamp", "Coût total de l’opération (en euros HT)", "256888.00", None),
        ("CheckboxChamp", "Avez-vous déjà demandé un montant de subvention ?", "true", None),
    ],
)
def test_the_amount_asked_for_is_found_by_its_label_or_left_unknown(
    genre: str, label: str, dit: str, montant: str | None
) -> None:
    assert projection.montant_demande(recu((genre, label, dit))) == (Decimal(montant) if montant else None)


@pytest.mark.parametrize(
    ("nature", "rna", "association"),
    [("9220", "", True), ("9300", "", True), ("7210", "", False), ("5710", "", False), ("5710", "W691234567", True)],
)
def test_only_the_nature_or_a_known_rna_makes_an_association(nature: str, rna: str, association: bool) -> None:
    entreprise = {**MORALE["entreprise"], "formeJuridiqueCode": nature}
    demandeur = {**MORALE, "entreprise": entreprise, "association": {"rna": rna}}
    assert projection.est_une_association(recu(demandeur=demandeur)) == association


def test_an_individual_files_for_the_association_that_the_form_names() -> None:
    personne = {"__typename": "PersonnePhysique", "nom": "Robin", "prenom": "Léa"}
    dossier = recu(
        ("TextChamp", "Nom de l’association", "Lire ensemble"),
        ("SiretChamp", "Numéro SIRET", "73282932000074"),
        ("RNAChamp", "Numéro RNA", "W691234567"),
        demandeur=personne,
    )
    assert projection.denomination(dossier) == "Léa Robin"
    assert projection.denomination_association(dossier) == "Lire ensemble"
    assert (projection.siret(dossier), projection.rna(dossier)) == ("73282932000074", "W691234567")


def test_identifiers_that_fail_their_key_attach_nothing() -> None:
    faux = {**MORALE, "siret": "12345678900000", "association": {"rna": "W12"}}
    assert (projection.siret(recu(demandeur=faux)), projection.rna(recu(demandeur=faux))) == ("", "")


@pytest.mark.parametrize(
    ("html", "attendu"),
    [
        ("<p>Bonjour,</p><p>Votre dossier est <b>complet</b>.</p>", "Bonjour,\nVotre dossier est complet."),
        ("Une ligne<br>une autre", "Une ligne\nune autre"),
        ("<script>alert(1)</script>Bonjour<style>p{}</style>", "Bonjour"),
        ("Tom &amp; Léa &lt;3", "Tom & Léa <3"),
        ("Texte simple : 3 > 2", "Texte simple : 3 > 2"),
        ("", ""),
    ],
)
def test_html_becomes_the_text_that_a_reader_would_see(html: str, attendu: str) -> None:
    assert texte_de_html(html) == attendu
