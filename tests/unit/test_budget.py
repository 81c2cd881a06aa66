"""The budget of a project: a plan that never changes under people's feet, and totals computed again independently."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.formats import montant_fr
from portal.forms.budget import BUDGET, CONTRIBUTIONS, PLAN, BudgetForm, a_lire, a_remplir, phrase_part
from portal.forms.saisie import Contexte, lier
from portal.vocabulaire import EtatSection, SensBudget

CHARGES = [poste.slug for poste in BUDGET.postes(SensBudget.CHARGES)]
PRODUITS = [poste.slug for poste in BUDGET.postes(SensBudget.PRODUITS)]


def examine(**valeurs: str) -> BudgetForm:
    form = lier(BudgetForm, valeurs, Contexte())
    form.examiner()
    return form


def test_each_line_of_the_plan_has_a_slug_of_its_own() -> None:
    slugs = [poste.slug for tableau in PLAN for sens in SensBudget for poste in tableau.postes(sens)]
    assert len(slugs) == len(set(slugs)) == 50
    assert all(slug.isascii() and slug == slug.lower() and len(slug) <= 60 for slug in slugs)


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
