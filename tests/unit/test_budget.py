"""The budget of a project: a plan that never changes under people's feet, and totals computed again independently."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.formats import montant_fr
from portal.forms.budget import (
    BUDGET,
    CONTRIBUTIONS,
    PLAN,
    PLAN_ASSOCIATION,
    BudgetProjetForm,
    a_lire,
    a_remplir,
    phrase_part,
)
from portal.forms.saisie import Contexte, lier
from portal.vocabulaire_demandes import EtatSection, SensBudget

CHARGES = [poste.slug for poste in BUDGET.postes(SensBudget.CHARGES)]
PRODUITS = [poste.slug for poste in BUDGET.postes(SensBudget.PRODUITS)]


def examine(**valeurs: str) -> BudgetProjetForm:
    form = lier(BudgetProjetForm, valeurs, Contexte())
    form.examiner()
    return form


def test_each_line_of_the_plan_has_a_slug_of_its_own() -> None:
    slugs = [poste.slug for tableau in PLAN for sens in SensBudget for poste in tableau.postes(sens)]
    assert len(slugs) == len(set(slugs)) == 53
    assert all(slug.isascii() and slug == slug.lower() and len(slug) <= 60 for slug in slugs)


# The accounts of the cerfa's plan, line by line; what bears no number stands as its slug.
CHARGES_DU_CERFA = [
    "604",
    "601",
    "60",
    "613",
    "615",
    "616",
    "618",
    "622",
    "623",
    "625",
    "62",
    "631",
    "635",
    "641",
    "645",
    "647",
    "65",
    "66",
    "67",
    "68",
    "69",
    "charges_fixes_fonctionnement",
    "frais_financiers_indirects",
    "autres_charges_indirectes",
    "excedent_previsionnel",
]
PRODUITS_DU_CERFA = [
    "70",
    "73",
    "subventions_etat",
    "subventions_region",
    "subventions_departement",
    "subventions_intercommunalite",
    "subventions_commune",
    "organismes_sociaux",
    "fonds_europeens",
    "agence_services_paiement",
    "autres_etablissements_publics",
    "aides_privees",
    "756",
    "758",
    "750",
    "76",
    "77",
    "78",
    "79",
    "ressources_propres",
    "autofinancement",
]


def test_plan_is_that_of_the_cerfa() -> None:
    for sens, attendus in ((SensBudget.CHARGES, CHARGES_DU_CERFA), (SensBudget.PRODUITS, PRODUITS_DU_CERFA)):
        lus = [poste.compte if poste.compte not in ("", "74") else poste.slug for poste in BUDGET.postes(sens)]
        assert lus == attendus
    assert [p.compte for s in SensBudget for p in CONTRIBUTIONS.postes(s)] == [
        "860",
        "861",
        "862",
        "864",
        "870",
        "871",
        "875",
    ]


def test_what_concerns_a_project_alone_is_not_asked_of_the_association() -> None:
    de_l_association = {
        poste.slug for tableau in PLAN_ASSOCIATION for sens in SensBudget for poste in tableau.postes(sens)
    }
    du_projet = {poste.slug for tableau in PLAN for sens in SensBudget for poste in tableau.postes(sens)}
    assert du_projet - de_l_association == {
        "charges_fixes_fonctionnement",
        "frais_financiers_indirects",
        "autres_charges_indirectes",
        "ressources_propres",
    }


def test_deficit_is_balanced_by_autofinancement_and_a_benefit_by_its_own_line() -> None:
    assert examine(locations="100", cotisations="60", autofinancement="40").etat == EtatSection.REMPLIE
    assert examine(locations="60", excedent_previsionnel="40", cotisations="100").etat == EtatSection.REMPLIE


class TestPlusieursProjets:
    CONTEXTE = Contexte(projets=2, montant_demande=Decimal(1000), autres_projets=Decimal(600))

    def examine(self, contexte: Contexte = CONTEXTE, **valeurs: str) -> BudgetProjetForm:
        form = lier(BudgetProjetForm, {"locations": "500", "cotisations": "500", **valeurs}, contexte)
        form.examiner()
        return form

    def test_each_budget_asks_its_part_and_a_single_project_does_not(self) -> None:
        assert self.examine().manquants == ("Montant demandé pour ce projet",)
        seul = self.examine(Contexte(montant_demande=Decimal(400)))
        assert seul.etat == EtatSection.REMPLIE
        assert "80,00\u00a0% du total des produits" in seul.phrase_part

    def test_parts_that_make_the_whole_are_right_and_the_share_is_said_for_this_project(self) -> None:
        form = self.examine(montant_projet="400 €")
        assert form.etat == EtatSection.REMPLIE
        assert form.phrase_part.startswith("La subvention sollicitée de 400,00\u00a0€ représente 80,00")

    @pytest.mark.parametrize(
        ("montant", "phrase"),
        [
            ("300", "font ensemble 900,00\u00a0€, au lieu des 1\u00a0000,00\u00a0€ demandés"),
            ("0", "est nul"),
            ("500,01", "dépasse le total de ses produits, 500,00\u00a0€"),
            ("12,34,5", "n’est pas lisible"),
        ],
    )
    def test_part_that_does_not_fit_is_said_in_words(self, montant: str, phrase: str) -> None:
        form = self.examine(montant_projet=montant)
        assert form.etat == EtatSection.A_CORRIGER
        assert phrase in form.montant_projet.errors[0]

    def test_nothing_is_said_of_the_whole_while_another_part_is_unknown(self) -> None:
        contexte = Contexte(projets=2, montant_demande=Decimal(1000), autres_projets=None)
        assert self.examine(contexte, montant_projet="300").etat == EtatSection.REMPLIE


def test_contributions_volontaires_are_accounts_86_and_87() -> None:
    for sens, compte in ((SensBudget.CHARGES, "86"), (SensBudget.PRODUITS, "87")):
        assert [chapitre.compte for chapitre in CONTRIBUTIONS.chapitres[sens]] == [compte]


def test_balanced_budget_is_filled_in_whatever_the_spelling() -> None:
    form = examine(locations="1 234,50 €", honoraires="765.50", subventions_etat="2.000,00")
    assert form.etat == EtatSection.REMPLIE
    assert form.total(BUDGET, SensBudget.CHARGES) == Decimal(2000)


def test_unbalanced_budget_says_by_how_much() -> None:
    assert "Il manque 500,50\u00a0€ de produits." in examine(locations="1500,50", cotisations="1000").form_errors[0]
    erreurs = examine(locations="100", cotisations="130").form_errors
    assert erreurs == ["Le budget n’est pas équilibré. Les produits dépassent les charges de 30,00\u00a0€."]


def test_contributions_volontaires_balance_apart_from_the_budget() -> None:
    form = examine(locations="100", cotisations="100", personnel_benevole="50")
    assert form.etat == EtatSection.A_CORRIGER
    assert "comptes 86 et 87" in form.form_errors[0]
    assert examine(locations="100", cotisations="50", benevolat="50").etat == EtatSection.A_CORRIGER


def test_budget_of_one_side_only_is_not_finished() -> None:
    assert examine(personnel_benevole="5", benevolat="5").etat == EtatSection.EN_COURS
    assert examine().etat == EtatSection.A_COMMENCER


def test_unreadable_amount_is_kept_and_no_total_is_invented() -> None:
    form = examine(locations="12,34,5", honoraires="10", cotisations="10")
    assert form.etat == EtatSection.A_CORRIGER
    assert form.locations.errors == ["Le montant « 12,34,5 » n’est pas lisible. Écrivez par exemple 1 234,50."]
    table = a_lire(form)[0]
    assert table.totaux.charges == "à vérifier"
    assert table.charges[0].lignes == (("Locations", "12,34,5"),)


def test_table_to_fill_in_has_every_line_and_the_table_to_read_only_those_filled() -> None:
    form = examine(locations="100", cotisations="100")
    assert sum(len(chapitre.lignes) for chapitre in a_remplir(form)[0].charges) == len(CHARGES)
    lecture = a_lire(form)[0]
    assert [(c.code, c.sous_total, c.lignes) for c in lecture.charges] == [
        ("61", "100,00\u00a0€", (("Locations", "100,00\u00a0€"),))
    ]
    assert lecture.totaux.ecart == "Le budget est équilibré."


def test_share_of_the_grant_is_said_as_in_the_cerfa() -> None:
    assert phrase_part(Decimal(1000), Decimal(3000)) == (
        "La subvention sollicitée de 1\u00a0000,00\u00a0€ représente 33,33\u00a0% du total des produits."
    )


@given(
    st.dictionaries(st.sampled_from(CHARGES), st.integers(0, 10**9), max_size=len(CHARGES)),
    st.dictionaries(st.sampled_from(PRODUITS), st.integers(0, 10**9), max_size=len(PRODUITS)),
)
def test_totals_equal_an_independent_sum(charges: dict[str, int], produits: dict[str, int]) -> None:
    centimes = {**charges, **produits}
    form = examine(**{slug: montant_fr(Decimal(valeur) / 100) for slug, valeur in centimes.items()})
    assert form.total(BUDGET, SensBudget.CHARGES) == Decimal(sum(charges.values())) / 100
    assert form.total(BUDGET, SensBudget.PRODUITS) == Decimal(sum(produits.values())) / 100
    assert bool(form.form_errors) == (sum(charges.values()) != sum(produits.values()))


@pytest.mark.parametrize("tableau", PLAN)
def test_every_chapter_has_a_title_and_lines(tableau: object) -> None:
    for sens in SensBudget:
        assert all(chapitre.titre and chapitre.postes for chapitre in tableau.chapitres[sens])
