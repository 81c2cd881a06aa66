"""The circuit breaker, with a clock that the test moves."""

import pytest

from integrations.annuaire.disjoncteur import Disjoncteur


class Horloge:
    """Seconds that only move when told."""

    def __init__(self) -> None:
        self.secondes = 1000.0

    def __call__(self) -> float:
        return self.secondes


@pytest.fixture
def horloge() -> Horloge:
    return Horloge()


@pytest.fixture
def disjoncteur(horloge: Horloge) -> Disjoncteur:
    return Disjoncteur(echecs=3, repos=30, horloge=horloge)


def test_it_opens_at_the_third_failure_in_a_row(disjoncteur: Disjoncteur) -> None:
    disjoncteur.echec()
    disjoncteur.echec()
    assert not disjoncteur.ouvert()

    disjoncteur.echec()
    assert disjoncteur.ouvert()


def test_a_success_between_failures_starts_the_count_again(disjoncteur: Disjoncteur) -> None:
    disjoncteur.echec()
    disjoncteur.echec()
    disjoncteur.reussite()
    disjoncteur.echec()

    assert not disjoncteur.ouvert()


def test_it_lets_a_call_through_after_its_rest_and_opens_again_if_that_one_fails(
    disjoncteur: Disjoncteur, horloge: Horloge
) -> None:
    for _ in range(3):
        disjoncteur.echec()
    horloge.secondes += 29.9
    assert disjoncteur.ouvert()
    horloge.secondes += 0.2
    assert not disjoncteur.ouvert()

    disjoncteur.echec()
    assert disjoncteur.ouvert()


def test_it_closes_for_good_when_the_machine_is_back(disjoncteur: Disjoncteur, horloge: Horloge) -> None:
    for _ in range(3):
        disjoncteur.echec()
    horloge.secondes += 31
    disjoncteur.reussite()
    disjoncteur.echec()

    assert not disjoncteur.ouvert()
