"""Écarts of a compte rendu, against sums made another way."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from portal.formats import montant_fr
from portal.forms.budget import BUDGET, PLAN
from portal.forms.comptes_rendus import TableauForm, ecart_fr, ligne_ecart, pourcentage, tableaux
from portal.forms.saisie import Contexte, lier
from portal.vocabulaire_demandes import SensBudget

montants = st.integers(0, 10_000_000).map(lambda centimes: Decimal(centimes) / 100)


@given(montants, montants)
def test_percent_is_that_of_exact_fractions_to_one_decimal(prevu: Decimal, realise: Decimal) -> None:
    lu = pourcentage(prevu, realise - prevu)
    if not prevu:
        assert lu == "sans objet"
        return
    exact = Fraction(realise - prevu) * 100 / Fraction(prevu)
    ecrit = Fraction(lu.removesuffix("\u00a0%").replace("−", "-").replace(",", "."))
    assert abs(exact - ecrit) <= Fraction(1, 20)


@given(st.dictionaries(st.sampled_from([p.slug for s in SensBudget for p in BUDGET.postes(s)]), montants))
def test_totals_are_the_sums_of_the_lines(realises: dict[str, Decimal]) -> None:
    form = lier(TableauForm, {slug: montant_fr(montant) for slug, montant in realises.items()}, Contexte())
    form.prevus = {slug: Decimal(100) for slug in realises}
    form.examiner()
    for cote in tableaux(form, remplir=True)[0].cotes:
        siens = [realises[p.slug] for p in PLAN[0].postes(cote.sens) if p.slug in realises]
        assert cote.total.realise == montant_fr(sum(siens, Decimal(0)))
        assert cote.total.prevu == montant_fr(Decimal(100) * len(siens))
        assert cote.total.ecart == ecart_fr(sum(siens, Decimal(0)) - 100 * len(siens))


def test_no_difference_bears_no_sign() -> None:
    assert pourcentage(Decimal(100), Decimal(0)) == "0,0\u00a0%"
    assert pourcentage(Decimal(10_000), Decimal("-0.01")) == "0,0\u00a0%", "not −0,0 either"


def test_an_amount_that_cannot_be_read_gives_no_ecart() -> None:
    ligne = ligne_ecart("Locations", Decimal(10), None, "12,34,5")
    assert (ligne.realise, ligne.ecart, ligne.pourcentage) == ("12,34,5", "à vérifier", "à vérifier")


def test_what_is_not_typed_yet_is_no_ecart_while_filling_in_and_zero_once_read() -> None:
    form = lier(TableauForm, {"locations": "0"}, Contexte())
    form.prevus = {"locations": Decimal(50), "assurance": Decimal(100)}
    form.examiner()

    def lus(*, remplir: bool) -> dict[str, tuple[str, str]]:
        charges = tableaux(form, remplir=remplir)[0].cotes[0]
        lignes = [ligne for chapitre in charges.chapitres for ligne in chapitre.lignes]
        return {ligne.libelle: (ligne.ecart, ligne.pourcentage) for ligne in (*lignes, charges.total)}

    saisie, lecture = lus(remplir=True), lus(remplir=False)
    assert saisie["Locations"] == lecture["Locations"] == ("−50,00\u00a0€", "−100,0\u00a0%")
    assert saisie["Assurance"] == ("", "")
    assert saisie["Total des charges"] == ("à compléter", "à compléter")
    assert lecture["Assurance"] == ("−100,00\u00a0€", "−100,0\u00a0%")
    assert lecture["Total des charges"] == ("−150,00\u00a0€", "−100,0\u00a0%")
