"""A block copied from a spreadsheet: what is understood fills its line, what is not is said, nothing is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.formats import parse_montant
from portal.forms.collage import lire_bloc
from portal.forms.plan_budget import PLAN
from portal.vocabulaire_demandes import SensBudget

POSTES = [poste for tableau in PLAN for sens in SensBudget for poste in tableau.postes(sens)]


@pytest.mark.parametrize(
    ("bloc", "attendu"),
    [
        ("Locations\t1 200,50", {"locations": "1 200,50"}),
        ("LOCATIONS\t1200", {"locations": "1200"}),
        ("613 - Locations\t1200", {"locations": "1200"}),
        ("613\tLocations\t1200", {"locations": "1200"}),
        ("Impots et taxes sur remuneration\t10 €", {"impots_sur_remuneration": "10 €"}),
        ("Locations\t100\tCotisations\t300", {"locations": "100", "cotisations": "300"}),
        ('"Publicité, publication"\t"1.234,50"', {"publicite_publication": "1.234,50"}),
        ("Achats\n\nLocations\t\nAssurance\t5\r\n", {"assurance": "5"}),
        ("Locations\t0", {"locations": "0"}),
        ("", {}),
    ],
)
def test_lines_of_the_plan_are_recognised_by_their_labels(bloc: str, attendu: dict[str, str]) -> None:
    colle = lire_bloc(bloc, PLAN, {})
    assert (colle.lus, colle.refuses) == (attendu, ())


@pytest.mark.parametrize(
    ("bloc", "mot"),
    [
        ("Loc.\t100", "n’est pas celui d’une ligne du plan"),
        ("Total des charges\t100", "n’est pas celui d’une ligne du plan"),
        ("Locations\t1,234", "n’est pas lisible"),
        ("Locations\t3 k€", "n’est pas lisible"),
        ("Locations\t-5", "n’est pas lisible"),
        ("Locations\t#REF!", "n’est pas celui"),
    ],
)
def test_line_that_is_not_understood_is_said_and_fills_nothing(bloc: str, mot: str) -> None:
    colle = lire_bloc(bloc, PLAN, {})
    assert colle.lus == {}
    if "#" not in bloc:
        assert mot in colle.refuses[0]


def test_line_pasted_twice_is_taken_once_and_said() -> None:
    colle = lire_bloc("Locations\t100\nLocations\t200", PLAN, {})
    assert colle.lus == {"locations": "100"}
    assert "deux fois" in colle.refuses[0]


def test_amount_already_typed_is_kept_and_said() -> None:
    colle = lire_bloc("Locations\t100\nAssurance\t5", PLAN, {"locations": "90", "assurance": "5,00"})
    assert colle.lus == {"assurance": "5"}
    assert "porte déjà «\u00a090\u00a0»" in colle.refuses[0]


def test_block_that_is_too_long_is_refused_whole() -> None:
    colle = lire_bloc("Locations\t1\n" * 301, PLAN, {})
    assert colle.lus == {}
    assert "plus de 300 lignes" in colle.refuses[0]


@given(st.lists(st.tuples(st.sampled_from(POSTES), st.integers(0, 10**9)), unique_by=lambda paire: paire[0].slug))
def test_each_line_of_the_plan_can_be_pasted(paires: list[tuple[object, int]]) -> None:
    bloc = "\n".join(f"{poste.libelle}\t{centimes // 100},{centimes % 100:02d}" for poste, centimes in paires)
    colle = lire_bloc(bloc, PLAN, {})
    assert colle.refuses == ()
    assert {slug: parse_montant(texte) * 100 for slug, texte in colle.lus.items()} == {
        poste.slug: centimes for poste, centimes in paires
    }


@given(st.text(max_size=300))
def test_no_block_breaks_the_reading_and_every_amount_taken_is_readable(bloc: str) -> None:
    for texte in lire_bloc(bloc, PLAN, {}).lus.values():
        parse_montant(texte)
