"""No count below the threshold can be computed from what is published."""

from collections.abc import Iterator
from itertools import product

from hypothesis import example, given, settings
from hypothesis import strategies as st

from portal.queries.secret_statistique import SEUIL, Repartition, distribute

EFFECTIFS = st.lists(st.integers(0, 12), min_size=1, max_size=6)


def en_table(nombres: list[int]) -> dict[str, int]:
    return {f"ligne {rang}": nombre for rang, nombre in enumerate(nombres)}


def valeurs_possibles(publiee: Repartition, rang: int) -> Iterator[int]:
    """What a reader may think of a hidden cell: it is not zero, and all make the total."""
    assert publiee.total is not None
    masquees = [i for i, ligne in enumerate(publiee.lignes) if ligne.nombre is None]
    reste = publiee.total - sum(ligne.nombre or 0 for ligne in publiee.lignes)
    for choix in product(range(1, reste + 1), repeat=len(masquees)):
        if sum(choix) == reste:
            yield choix[masquees.index(rang)]


@settings(max_examples=200, deadline=None)
@given(EFFECTIFS)
@example([5, 3])
@example([1, 1, 40])
@example([1, 1, 1, 1, 1])
@example([4])
def test_no_hidden_count_can_be_computed_from_the_total_and_the_others(nombres: list[int]) -> None:
    publiee = distribute(en_table(nombres))
    assert all(ligne.nombre is None or not 0 < ligne.nombre < SEUIL for ligne in publiee.lignes)
    for rang, ligne in enumerate(publiee.lignes):
        possibles = valeurs_possibles(publiee, rang)
        if ligne.nombre is None:
            premiere = next(possibles)
            assert any(autre != premiere for autre in possibles)


def test_a_total_below_the_threshold_hides_everything() -> None:
    assert distribute({"a": 3, "b": 0}) == Repartition(None, ())


def test_counts_above_the_threshold_are_told_as_they_are() -> None:
    publiee = distribute({"a": 12, "b": 0, "c": 5})
    assert (publiee.total, [ligne.nombre for ligne in publiee.lignes]) == (17, [12, 0, 5])
    assert not publiee.masquee


def test_one_small_count_takes_the_next_smallest_with_it() -> None:
    assert [ligne.nombre for ligne in distribute({"a": 12, "b": 2, "c": 30}).lignes] == [None, None, 30]


def test_nothing_is_told_where_every_count_is_one() -> None:
    publiee = distribute(en_table([1] * 7))
    assert publiee == Repartition(7, ())
    assert publiee.masquee
