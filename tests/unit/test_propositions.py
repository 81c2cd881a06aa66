"""Which question of a form is proposed for which of our facts: a wrong column is worse than none."""

import pytest

from integrations.demarches_simplifiees.simulator.demarche.formulaire import QUESTIONS
from portal.services.synchronisation.propositions import DOUTEUSE, SURE, Proposition, Question, propose
from portal.vocabulaire_ds import CibleChamp

MONTANTS = [
    "Montant de la subvention demandée (en euros)",
    "Montant demandé",
    "Montant sollicité",
    "Subvention sollicitée",
    "Montant de l’aide sollicitée pour le projet",
    "Je demande ce montant de subvention",
    "Montant de la demande de subvention",
    "Aide financière demandée",
    "Montant demandé au titre du FDVA",
    "Somme demandée en €",
    "Montant de la subvention souhaitée",
]
PAS_LE_MONTANT = [
    "Montant accordé l’an dernier",
    "Montant de la subvention accordée en 2023",
    "Montant de la subvention demandée l’année dernière",
    "Montant demandé en N-1",
    "Montant de la subvention précédemment demandée",
    "Montant demandé à un autre financeur",
    "Montants demandés aux autres financeurs publics",
    "Subvention demandée à la Région",
    "Montant de la subvention demandée au conseil départemental",
    "Montant demandé à la commune",
    "Subventions demandées (cumul)",
    "Cumul des subventions demandées",
    "Total des subventions demandées",
    "Montant total des aides sollicitées",
    "Coût total de l’opération",
    "Montant de l’acompte demandé",
    "Montant du solde demandé",
    "Montant de la subvention proposé par le service",
    "Montant éligible de la demande de subvention",
    "Part de la subvention demandée dans le budget (en %)",
    "Taux de subvention demandé",
    "Montant de la subvention obtenue",
    "Montant de la subvention versée",
    "Nombre de subventions demandées",
    "Montant du prêt sollicité",
    "Objet de la subvention demandée",
    "Date de la demande de subvention",
    "Montant de la dépense subventionnable",
    "Montant de la participation demandée aux bénéficiaires",
    "Montant demandé par action",
    "Montant en lettres de la subvention demandée",
    "Subvention demandée (en k€)",
    "Budget du projet",
    "Nombre d’adhérents",
]
A_CONFIRMER = [
    "Montant demandé à l’État",
    "Subvention demandée à la DRAJES",
    "Montant de la subvention demandée pour 2026",
]


def questions(*lignes: tuple[str, ...]) -> list[Question]:
    """Questions as (type, label) or (type, label, heading); their ids count from 1."""
    return [Question(str(rang), *ligne) for rang, ligne in enumerate(lignes, 1)]


def pour(cible: CibleChamp, *lignes: tuple[str, ...]) -> Proposition | None:
    """What is proposed for that target."""
    return next((une for une in propose(questions(*lignes)) if une.cible == cible), None)


@pytest.mark.parametrize("libelle", MONTANTS)
def test_an_amount_asked_for_is_recognised(libelle: str) -> None:
    trouvee = pour(CibleChamp.MONTANT_DEMANDE, ("DecimalNumber", libelle))
    assert trouvee is not None
    assert trouvee.confiance > DOUTEUSE


@pytest.mark.parametrize("libelle", PAS_LE_MONTANT)
def test_what_only_resembles_it_is_left_alone(libelle: str) -> None:
    for genre in ("DecimalNumber", "Text"):
        assert pour(CibleChamp.MONTANT_DEMANDE, (genre, libelle)) is None


@pytest.mark.parametrize("libelle", A_CONFIRMER)
def test_an_amount_whose_label_leaves_a_doubt_is_proposed_for_a_person_to_weigh(libelle: str) -> None:
    trouvee = pour(CibleChamp.MONTANT_DEMANDE, ("DecimalNumber", libelle))
    assert trouvee is not None
    assert trouvee.confiance == DOUTEUSE
    assert "à qui" in trouvee.raison


@pytest.mark.parametrize("section", ["Autres financements", "Subventions obtenues", "Bilan de l’année précédente"])
def test_a_heading_says_that_the_amount_is_another_one(section: str) -> None:
    assert pour(CibleChamp.MONTANT_DEMANDE, ("DecimalNumber", "Montant demandé", section)) is None


@pytest.mark.parametrize(
    ("genre", "libelle", "cible"),
    [
        ("Siret", "Numéro SIRET de l’association", CibleChamp.SIRET),
        ("Siret", "Identifiant de votre structure", CibleChamp.SIRET),
        ("Text", "N° SIRET", CibleChamp.SIRET),
        ("RNA", "Votre association", CibleChamp.RNA),
        ("Text", "Numéro RNA (commençant par W)", CibleChamp.RNA),
        ("Text", "Intitulé du projet", CibleChamp.INTITULE),
        ("Text", "Titre de l’action", CibleChamp.INTITULE),
        ("Text", "Nom de votre projet", CibleChamp.INTITULE),
        ("Checkbox", "J’ai souscrit au contrat d’engagement républicain", CibleChamp.CER_CASE),
        ("YesNo", "Avez-vous signé le CER ?", CibleChamp.CER_CASE),
        ("Date", "Date de signature du contrat d’engagement républicain", CibleChamp.CER_DATE),
    ],
)
def test_the_other_facts_are_recognised(genre: str, libelle: str, cible: CibleChamp) -> None:
    assert [une.cible for une in propose(questions((genre, libelle)))] == [cible]


@pytest.mark.parametrize(
    ("genre", "libelle"),
    [
        ("Siret", "SIRET de la fédération"),
        ("Siret", "SIRET du partenaire"),
        ("Text", "Numéro RNA de l’union"),
        ("Text", "Intitulé du poste"),
        ("Text", "Intitulé du compte bancaire"),
        ("Text", "Intitulé de l’association"),
        ("Text", "Titre de l’action réalisée l’an dernier"),
        ("Checkbox", "L’association refuse le contrat d’engagement républicain"),
        ("Date", "Date de fin de la dispense de contrat d’engagement républicain"),
        ("Checkbox", "J’atteste sur l’honneur l’exactitude des informations"),
        ("Date", "Date de début du projet"),
        ("PieceJustificative", "Contrat d’engagement républicain"),
        ("Textarea", "Montant demandé"),
    ],
)
def test_their_neighbours_are_not(genre: str, libelle: str) -> None:
    assert propose(questions((genre, libelle))) == ()


@pytest.mark.parametrize(
    ("libelle", "section", "ligne"),
    [
        ("613 - Locations", "Budget", "locations"),
        ("Compte 64 : Rémunération du personnel", "Budget › Charges", "remuneration_personnels"),
        ("Assurances", "Charges prévisionnelles", "assurance"),
        ("Conseil régional", "Recettes prévisionnelles", "subventions_region"),
        ("Prestations de services", "Budget › Charges", "prestations_de_services"),
        ("Vente de produits et prestations de services", "Budget › Produits", "ventes_prestations"),
        ("Bénévolat", "Contributions volontaires en nature › Produits", "benevolat"),
        ("Total des charges", "Budget › Charges", None),
        ("Locations", "Moyens de l’association", None),
        ("Locations", "Budget réalisé", None),
        ("Bénévolat", "Budget › Produits", None),
    ],
)
def test_a_line_of_the_budget_is_known_by_its_words_its_account_and_its_heading(
    libelle: str, section: str, ligne: str | None
) -> None:
    trouvee = pour(CibleChamp.BUDGET, ("DecimalNumber", libelle, section))
    assert (trouvee.detail if trouvee else None) == ligne


def test_of_two_that_resemble_each_other_a_person_chooses() -> None:
    deux = ("DecimalNumber", "Montant demandé pour l’action 1"), ("DecimalNumber", "Montant demandé pour l’action 2")
    trouvee = pour(CibleChamp.MONTANT_DEMANDE, *deux)
    assert trouvee is not None
    assert trouvee.confiance == DOUTEUSE
    assert "2 champs se ressemblent" in trouvee.raison


def test_what_was_set_aside_gives_its_place_to_the_next() -> None:
    deux = questions(("DecimalNumber", "Montant demandé"), ("DecimalNumber", "Aide financière demandée"))
    exclues = frozenset({(CibleChamp.MONTANT_DEMANDE, "1")})
    assert [une.champ_id for une in propose(deux, exclues)] == ["2"]


def test_the_form_of_an_ordinary_campaign_is_read_without_a_mistake() -> None:
    lignes = [(str(une.numero), une.genre, une.label) for une in QUESTIONS]
    trouvees = {une.cible: (une.champ_id, une.confiance) for une in propose([Question(*une) for une in lignes])}
    assert trouvees == {
        CibleChamp.SIRET: ("103", SURE),
        CibleChamp.RNA: ("102", SURE),
        CibleChamp.MONTANT_DEMANDE: ("161", SURE),
        CibleChamp.INTITULE: ("142", SURE),
        CibleChamp.CER_CASE: ("133", SURE),
        CibleChamp.CER_DATE: ("134", SURE),
    }
