"""The pro rata of a withdrawal: the days that remained, whatever the dates, and never more than was granted."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models.prorata import Prorata

MONTANTS = st.decimals(min_value="0.01", max_value="999999999999.99", places=2)
JOURS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
AN = (date(2026, 1, 1), date(2026, 12, 31))


def prorata(montant: Decimal, debut: date, duree: int, ecart: int) -> Prorata:
    return Prorata(montant, debut, debut + timedelta(days=duree), debut + timedelta(days=ecart))


CALCULS = st.builds(prorata, MONTANTS, JOURS, st.integers(0, 3_000), st.integers(-500, 3_500))


@pytest.mark.parametrize(
    ("manquement", "restants", "montant"),
    [
        (date(2025, 12, 20), 365, "3650.00"),
        (date(2026, 1, 1), 364, "3640.00"),
        (date(2026, 6, 30), 184, "1840.00"),
        (date(2026, 12, 30), 1, "10.00"),
        (date(2026, 12, 31), 0, "0.00"),
    ],
)
def test_the_day_of_the_breach_no_longer_remains(manquement: date, restants: int, montant: str) -> None:
    calcul = Prorata(Decimal("3650.00"), *AN, manquement)
    assert (calcul.jours, calcul.jours_restants, calcul.montant_retire) == (365, restants, Decimal(montant))


def test_a_leap_year_counts_its_day() -> None:
    assert Prorata(Decimal(366), date(2028, 1, 1), date(2028, 12, 31), date(2028, 2, 28)).jours_restants == 307


@given(CALCULS)
def test_never_less_than_nothing_nor_more_than_was_granted(calcul: Prorata) -> None:
    assert 0 <= calcul.montant_retire <= calcul.montant_accorde
    assert 0 <= calcul.jours_restants <= calcul.jours


@given(CALCULS)
def test_amounts_are_exact_to_half_a_cent(calcul: Prorata) -> None:
    exact = Fraction(calcul.montant_accorde) * calcul.jours_restants / calcul.jours
    assert abs(Fraction(calcul.montant_retire) - exact) <= Fraction(1, 200)
    assert calcul.montant_retire.as_tuple().exponent == -2


@given(CALCULS, st.integers(1, 400))
def test_a_later_breach_never_takes_back_more(calcul: Prorata, jours: int) -> None:
    suivant = calcul.manquement + timedelta(days=jours)
    plus_tard = Prorata(calcul.montant_accorde, calcul.debut, calcul.fin, suivant)
    assert plus_tard.montant_retire <= calcul.montant_retire


@given(CALCULS)
def test_before_the_period_all_is_taken_back_and_from_its_last_day_nothing(calcul: Prorata) -> None:
    if calcul.manquement < calcul.debut:
        assert calcul.montant_retire == calcul.montant_accorde
    if calcul.manquement >= calcul.fin:
        assert calcul.montant_retire == 0
