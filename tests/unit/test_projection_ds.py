"""What the columns of a dossier take from a form whose labels nobody chose for us, and what HTML becomes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from integrations.demarches_simplifiees.parsing import lire
from integrations.demarches_simplifiees.types import DossierRecu
from portal.queries.assainissement import texte_de_html
from portal.services.synchronisation import projection
from portal.services.synchronisation.plan import PLAN_VIDE, Plan
from portal.vocabulaire_ds import CibleChamp

MORALE: dict[str, Any] = {
    "__typename": "PersonneMorale",
    "siret": "73282932000074",
    "entreprise": {"siren": "732829320", "raisonSociale": "Lire ensemble", "formeJuridiqueCode": "9220"},
}


def recu(*champs: tuple[str, str, str], demandeur: dict[str, Any] | None = None) -> DossierRecu:
    """A dossier whose form R1 holds these (type, label, answer); their ids are C1, C2…"""
    return lire(
        {
            "number": 1,
            "state": "en_construction",
            "demandeur": demandeur or MORALE,
            "demarche": {"revision": {"id": "R1"}},
            "champs": [
                {
                    "__typename": genre,
                    "champDescriptorId": f"C{rang}",
                    "label": label,
                    "stringValue": dit,
                    "date": dit if genre == "DateChamp" else None,
                }
                for rang, (genre, label, dit) in enumerate(champs, 1)
            ],
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


def confirme(cible: CibleChamp, *champs: str, revisions: tuple[str, ...] = ("R1",)) -> Plan:
    """A plan in which these champs, the latest first, feed that fact on those forms."""
    return Plan(champs={cible: champs}, revisions={cible: frozenset(revisions)})


MONTANT = CibleChamp.MONTANT_DEMANDE
DEUX_MONTANTS = [
    ("DecimalNumberChamp", "Montant demandé", "100.00"),
    ("TextChamp", "Combien faut-il", "1 234,50"),
]


@pytest.mark.parametrize(
    ("plan", "montant"),
    [
        (PLAN_VIDE, "100.00"),
        (confirme(MONTANT, "C2"), "1234.50"),
        (confirme(MONTANT, "C9", "C2"), "1234.50"),
        (confirme(MONTANT, "C9"), None),
        (confirme(MONTANT, "C9", revisions=("R2",)), "100.00"),
        (Plan(ecartes=frozenset({(MONTANT, "C1")})), None),
        (Plan(ecartes=frozenset({(CibleChamp.INTITULE, "C1")})), "100.00"),
    ],
    ids=[
        "labels speak where nothing is confirmed",
        "the confirmed champ wins",
        "the dossier uses the champ that it holds",
        "labels are silent on a form that has its champ",
        "labels still speak on another form",
        "what is set aside is never read",
        "for that fact alone",
    ],
)
def test_confirmed_champs_rule(plan: Plan, montant: str | None) -> None:
    lu = projection.montant_demande(recu(*DEUX_MONTANTS), plan)
    assert lu == (Decimal(montant) if montant else None)


def test_the_budget_and_the_cer_come_from_confirmed_champs_only() -> None:
    dossier = recu(
        ("DecimalNumberChamp", "Locations", "50.5"),
        ("TextChamp", "Assurance", "beaucoup"),
        ("CheckboxChamp", "J’ai souscrit au contrat d’engagement républicain", "true"),
        ("DateChamp", "Date de souscription du contrat d’engagement républicain", "2026-02-01"),
    )
    assert projection.miroir(dossier, PLAN_VIDE) == {"budget": [], "cer_atteste": None, "cer_date": None}
    plan = Plan(
        champs={CibleChamp.BUDGET: ("C1", "C2"), CibleChamp.CER_CASE: ("C3",), CibleChamp.CER_DATE: ("C4",)},
        budget={"C1": "locations", "C2": "assurance"},
    )
    assert projection.miroir(dossier, plan) == {
        "budget": [{"ligne": "locations", "montant": "50.50"}],
        "cer_atteste": True,
        "cer_date": date(2026, 2, 1),
    }


def test_a_commune_that_names_an_association_is_not_taken_for_it() -> None:
    commune = {**MORALE, "entreprise": {**MORALE["entreprise"], "formeJuridiqueCode": "7210"}}
    dossier = recu(
        ("RNAChamp", "RNA de l’association soutenue", "W691234567"),
        ("TextChamp", "Nom de l’association", "Les amis du lac"),
        demandeur=commune,
    )
    assert not projection.est_une_association(dossier)
    assert projection.rna(dossier) == ""
    plan = confirme(CibleChamp.RNA, "C1")
    assert projection.est_une_association(dossier, plan)
    assert (projection.rna(dossier, plan), projection.siret(dossier, plan)) == ("W691234567", "")
    assert projection.denomination_association(dossier) == "Les amis du lac"


@pytest.mark.parametrize("titre", ["Autres financements sollicités", "Subventions obtenues l’année précédente"])
def test_an_amount_under_another_heading_is_not_the_one(titre: str) -> None:
    dossier = recu(("HeaderSectionChamp", titre, ""), ("DecimalNumberChamp", "Montant demandé", "100.00"))
    assert projection.montant_demande(dossier) is None
