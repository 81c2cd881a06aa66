"""The estimate of response times against an example worked by hand, and what must hold of any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.queries.delais_reponse import Attente, kaplan_meier

ATTENTES = st.lists(st.builds(Attente, st.integers(0, 400), st.booleans()), max_size=60)


def test_a_worked_example_with_requests_that_still_wait() -> None:
    """Seven requests: answered after 3, 5, 5, 9 and 14 days; two wait, since 5 and 10 days.

    After 3 days 1/7 is answered; after 5, 1 - 6/7 x 4/6 = 3/7; after 9, 1 - 4/7 x 2/3 = 13/21; after 14, all.
    """
    vues = [(3, True), (5, True), (5, True), (5, False), (9, True), (10, False), (14, True)]
    delais = kaplan_meier(Attente(*une) for une in vues)
    assert [jours for jours, _ in delais.marches] == [3, 5, 9, 14]
    assert [part for _, part in delais.marches] == pytest.approx([1 / 7, 3 / 7, 13 / 21, 1.0])
    assert (delais.mediane, delais.p90, delais.nombre, delais.repondues) == (9, 14, 7, 5)
    assert delais.part_a(7) == pytest.approx(3 / 7)


def test_no_share_is_said_past_the_longest_wait_that_was_seen() -> None:
    delais = kaplan_meier([Attente(0, repondue=False)])
    assert [delais.part_a(jours) for jours in (0, 7, 90)] == [0.0, None, None]
    assert kaplan_meier([Attente(3, repondue=True)]).part_a(90) == pytest.approx(1.0)


def test_a_median_that_is_not_reached_is_not_said() -> None:
    delais = kaplan_meier([Attente(2, repondue=True), *[Attente(30, repondue=False)] * 3])
    assert (delais.mediane, delais.p90) == (None, None)
    assert kaplan_meier([]).mediane is None


@given(ATTENTES)
def test_without_any_that_waits_it_is_the_plain_share(attentes: list[Attente]) -> None:
    toutes = [Attente(une.jours, repondue=True) for une in attentes]
    delais = kaplan_meier(toutes)
    for jours, part in delais.marches:
        assert part == pytest.approx(sum(une.jours <= jours for une in toutes) / len(toutes))


@given(ATTENTES)
def test_the_share_grows_and_stays_a_share(attentes: list[Attente]) -> None:
    parts = [part for _, part in kaplan_meier(attentes).marches]
    assert parts == sorted(parts)
    assert all(0 < part <= 1 + 1e-12 for part in parts)
