"""The three-way merge of working sheets: no change is lost, none is made that nobody made."""

from hypothesis import given
from hypothesis import strategies as st

from portal.classeurs.trois_voies import Sort, comparable, comparer, juger

TEXTES = st.text(alphabet="ab1é \n\u00a0", max_size=4)
CHAMPS = st.sampled_from(["etat", "avis_texte", "note"])
LIGNES = st.dictionaries(
    st.sampled_from(["P-1", "P-2", "P-3"]), st.dictionaries(CHAMPS, TEXTES, max_size=3), max_size=3
)


@given(base=TEXTES, feuille=TEXTES, portail=TEXTES)
def test_a_cell_is_written_only_when_it_changed_there_and_nowhere_else(base: str, feuille: str, portail: str) -> None:
    la_bas, ici = comparable(feuille) != comparable(base), comparable(portail) != comparable(base)
    sort = juger(base, feuille, portail)
    assert (sort == Sort.LA_BAS) == (la_bas and not ici)
    assert (sort == Sort.ICI) == (ici and not la_bas)
    assert (sort == Sort.INCHANGE) == (not la_bas and not ici)
    assert (sort in {Sort.CONFLIT, Sort.PAREIL}) == (la_bas and ici)
    assert (sort == Sort.PAREIL) == (la_bas and comparable(feuille) == comparable(portail))


@given(base=TEXTES, feuille=TEXTES, portail=TEXTES)
def test_who_of_the_two_changed_it_never_hides_a_disagreement(base: str, feuille: str, portail: str) -> None:
    miroir = {Sort.LA_BAS: Sort.ICI, Sort.ICI: Sort.LA_BAS}
    sort = juger(base, feuille, portail)
    assert juger(base, portail, feuille) == miroir.get(sort, sort)


@given(bases=LIGNES, feuilles=LIGNES, portails=LIGNES)
def test_no_change_is_lost_and_none_is_made_that_nobody_made(
    bases: dict[str, dict[str, str]], feuilles: dict[str, dict[str, str]], portails: dict[str, dict[str, str]]
) -> None:
    ecarts = {(un.cle, un.champ): un for un in comparer(bases, feuilles, portails)}
    for cle, base in bases.items():
        for champ, avant in base.items():
            rendue = feuilles.get(cle, {}).get(champ)
            if rendue is None or champ not in portails.get(cle, {}):
                assert (cle, champ) not in ecarts
                continue
            changee = comparable(rendue) != comparable(avant)
            dite = ecarts.get((cle, champ))
            assert not changee or (dite is not None and dite.sort != Sort.ICI), "a change made there is told"
            if dite is not None and dite.sort in {Sort.LA_BAS, Sort.CONFLIT}:
                assert changee
                assert (dite.feuille, dite.base) == (rendue, avant)
    assert {cle for cle, _ in ecarts} <= set(bases)


@given(bases=LIGNES)
def test_a_sheet_that_comes_back_as_it_left_changes_nothing(bases: dict[str, dict[str, str]]) -> None:
    assert list(comparer(bases, bases, bases)) == []


@given(bases=LIGNES, portails=LIGNES)
def test_a_sheet_that_nobody_filled_in_writes_nothing_whatever_has_changed_here(
    bases: dict[str, dict[str, str]], portails: dict[str, dict[str, str]]
) -> None:
    assert {un.sort for un in comparer(bases, bases, portails)} <= {Sort.ICI}
