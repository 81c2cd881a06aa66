"""Co-funders named one by one: what differs from the budget is said in words, and stops nothing."""

from decimal import Decimal

import pytest

from portal.forms.budget import BUDGET, BudgetProjetForm
from portal.forms.demandes.cofinancements import FINANCEURS, SEUILS, CofinancementsForm, ecarts
from portal.forms.saisie import Contexte, lier
from portal.vocabulaire_demandes import EtatSection, SensBudget


def examine(contexte: Contexte | None = None, **valeurs: str) -> CofinancementsForm:
    form = lier(CofinancementsForm, {nom.replace("__", "-"): v for nom, v in valeurs.items()}, contexte or Contexte())
    form.examiner()
    return form


def financeur(rang: int, genre: str, somme: str, **autres: str) -> dict[str, str]:
    champs = {"type": genre, "financeur": "Ville", "montant": somme, "etat": "demande", **autres}
    return {f"cofinanceurs-{rang}-{nom}": valeur for nom, valeur in champs.items()}


def aide(base: str, montant: str) -> dict[str, str]:
    champs = {
        "acte-jour": "1",
        "acte-mois": "2",
        "acte-annee": "2025",
        "annees": "2025",
        "base": base,
        "autorite": "Région",
        "montant": montant,
    }
    return {f"aides-0-{nom}": valeur for nom, valeur in champs.items()}


def budget(**valeurs: str) -> BudgetProjetForm:
    form = lier(BudgetProjetForm, valeurs, Contexte())
    form.examiner()
    return form


def test_kinds_of_funders_are_the_lines_of_account_74() -> None:
    chapitre = next(un for un in BUDGET.chapitres[SensBudget.PRODUITS] if un.compte == "74")
    assert list(FINANCEURS) == [poste.slug for poste in chapitre.postes]


def test_nobody_else_pays_is_a_whole_answer_once_the_question_of_aids_is_answered() -> None:
    assert examine().etat == EtatSection.A_COMMENCER
    assert examine(economique="non").etat == EtatSection.REMPLIE


def test_funder_that_is_begun_must_be_finished() -> None:
    form = examine(economique="non", **{"cofinanceurs-0-type": "subventions_commune"})
    assert form.etat == EtatSection.EN_COURS
    assert examine(economique="non", **financeur(0, "subventions_commune", "500")).etat == EtatSection.REMPLIE


@pytest.mark.parametrize(("champ", "valeur"), [("type", "mecene"), ("montant", "1,234"), ("etat", "promis")])
def test_answer_that_is_not_offered_or_not_readable_is_kept_and_said(champ: str, valeur: str) -> None:
    form = examine(economique="non", **financeur(0, "subventions_commune", "5", **{champ: valeur}))
    assert form.etat == EtatSection.A_CORRIGER
    assert form.brut()[f"cofinanceurs-0-{champ}"] == valeur


def test_aids_of_the_last_three_years_are_asked_of_an_economic_activity() -> None:
    assert examine(economique="oui").etat == EtatSection.EN_COURS
    assert examine(economique="oui", **aide("regime", "1000")).etat == EtatSection.REMPLIE


def test_aids_above_the_ceiling_of_their_regime_are_said_and_stop_nothing() -> None:
    form = examine(economique="oui", **aide("minimis", "300 000,01"))
    assert form.etat == EtatSection.REMPLIE
    assert "est de 300\u00a0000,00\u00a0€ sur 3 ans" in form.avertissements[0]
    assert not examine(economique="oui", **aide("minimis", "300000")).avertissements
    assert not examine(economique="oui", **aide("minimis_sieg", "700000")).avertissements
    assert SEUILS["sieg"].plafond == 750_000


def test_project_is_asked_when_there_are_several() -> None:
    contexte = Contexte(projets=2, noms_projets=((1, "Lire"), (3, "Fête")))
    form = examine(contexte, economique="non", **financeur(0, "subventions_commune", "5", projet="3"))
    assert form.etat == EtatSection.REMPLIE
    assert "Fête" in form.cofinanceurs.lignes[0].lisible()
    seul = examine(economique="non", **financeur(0, "subventions_commune", "5", projet="3"))
    assert seul.etat == EtatSection.REMPLIE


class TestEcarts:
    def test_funders_that_make_their_lines_are_right_beside_the_grant_asked_here(self) -> None:
        form = examine(
            economique="non", **financeur(0, "subventions_commune", "300"), **financeur(4, "subventions_commune", "200")
        )
        lu = budget(subventions_commune="500", subventions_etat="1000")
        assert ecarts(form, [lu], Decimal(1000)) == ()

    def test_difference_is_said_for_each_kind_with_both_amounts(self) -> None:
        form = examine(economique="non", **financeur(0, "subventions_commune", "300"))
        phrases = ecarts(form, [budget(subventions_commune="500", subventions_etat="1000")], Decimal(1000))
        assert phrases[1] == (
            "Commune\u00a0: 500,00\u00a0€ dans le budget, 300,00\u00a0€ chez les financeurs nommés "
            "(sans la subvention demandée ici)."
        )
        assert len(phrases) == 2

    def test_funder_absent_from_the_budget_is_said(self) -> None:
        form = examine(economique="non", **financeur(0, "aides_privees", "300"))
        assert "Aide privée (fondation)\u00a0: 0,00\u00a0€ dans le budget" in ecarts(form, [budget()], None)[0]

    def test_budgets_of_several_projects_count_together(self) -> None:
        form = examine(economique="non", **financeur(0, "subventions_region", "300"))
        deux = [budget(subventions_region="100"), budget(subventions_region="200", subventions_etat="50")]
        assert ecarts(form, deux, Decimal(50)) == ()
