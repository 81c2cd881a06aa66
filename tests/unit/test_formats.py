"""French values: read without guessing, shown in one way."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.formats import (
    MONTANT_MAXIMAL,
    ValeurIllisible,
    date_fr,
    instant_fr,
    montant_fr,
    mots_de_recherche,
    parse_montant,
    parse_rna,
    parse_siren,
    parse_siret,
    siren_fr,
    siret_fr,
)
from tests.montants import ILLISIBLES, LISIBLES, ecrits, quelconques, sens_possibles


@pytest.mark.parametrize(("ecrit", "attendu"), LISIBLES)
def test_amount_in_a_usual_spelling_is_read(ecrit: str, attendu: str) -> None:
    assert parse_montant(ecrit) == Decimal(attendu)


@pytest.mark.parametrize("ecrit", ILLISIBLES)
def test_amount_that_may_mean_two_things_is_refused(ecrit: str) -> None:
    with pytest.raises(ValeurIllisible) as refus:
        parse_montant(ecrit)
    assert ecrit.strip() in str(refus.value)


def test_there_are_enough_written_examples() -> None:
    assert len(LISIBLES) + len(ILLISIBLES) >= 100
    assert len({ecrit for ecrit, _ in LISIBLES} | set(ILLISIBLES)) == len(LISIBLES) + len(ILLISIBLES)


def test_ten_thousand_right_spellings_are_read_as_written() -> None:
    fautes = [(ecrit, montant) for ecrit, montant in ecrits(10_000, graine=12156) if parse_montant(ecrit) != montant]
    assert not fautes


def test_ten_thousand_texts_of_any_shape_never_gain_a_factor_of_ten() -> None:
    """What is read is what the digits say: all of them, and three digits after a lone dot or comma are never guessed."""
    lus = 0
    for ecrit in quelconques(10_000, graine=15059):
        try:
            montant = parse_montant(ecrit)
        except ValeurIllisible:
            continue
        lus += 1
        assert montant in sens_possibles(ecrit), ecrit
        nombre = ecrit.strip("€ \u00a0\u202f")
        assert not re.fullmatch(r"[0-9]+[.,][0-9]{3}", nombre), ecrit
        decimales = re.search(r"[.,]\s*([0-9]{1,2})$", nombre)
        assert montant == montant.to_integral_value() or decimales, ecrit
    assert lus > 500


def test_refusal_gives_an_example() -> None:
    with pytest.raises(ValeurIllisible, match=r"« 12,34,5 » n’est pas lisible\. Écrivez par exemple 1 234,50\."):
        parse_montant("12,34,5")


def _ecrire(centimes: int, separateur: str, virgule: str, devise: str) -> str:
    euros = f"{centimes // 100:,}".replace(",", separateur)
    return f"{euros}{virgule}{centimes % 100:02d}{devise}"


@given(
    centimes=st.integers(min_value=0, max_value=int(MONTANT_MAXIMAL * 100)),
    separateur=st.sampled_from(["", " ", "\u00a0", "\u202f", "\u2009", "."]),
    devise=st.sampled_from(["", "€", " €", "\u00a0€", " EUR", " euros"]),
)
def test_every_spelling_of_an_amount_reads_the_same(centimes: int, separateur: str, devise: str) -> None:
    assert parse_montant(_ecrire(centimes, separateur, ",", devise)) == Decimal(centimes) / 100


@given(st.decimals(min_value=0, max_value=MONTANT_MAXIMAL, places=2))
def test_what_the_portal_shows_it_reads_back(montant: Decimal) -> None:
    assert parse_montant(montant_fr(montant)) == montant


@given(st.text(alphabet="0123456789.,  \u00a0€", max_size=14))
def test_any_amount_that_is_read_keeps_its_digits(ecrit: str) -> None:
    try:
        montant = parse_montant(ecrit)
    except ValeurIllisible:
        return
    chiffres = "".join(c for c in ecrit if c.isdigit())
    decimales = ecrit.rstrip(" \u00a0€")
    rang = max(decimales.rfind(","), decimales.rfind("."))
    apres = len([c for c in decimales[rang + 1 :] if c.isdigit()]) if rang >= 0 else 0
    echelle = apres if apres in (1, 2) else 0
    assert montant == Decimal(int(chiffres)).scaleb(-echelle)


def test_amount_is_shown_with_non_breaking_spaces() -> None:
    assert montant_fr(Decimal("1234567.5")) == "1\u00a0234\u00a0567,50\u00a0€"
    assert montant_fr(None) == "non renseigné"


def test_instants_are_shown_in_paris() -> None:
    assert date_fr(date(2026, 11, 22)) == "22 novembre 2026"
    assert date_fr(datetime(2026, 12, 31, 23, 30, tzinfo=UTC)) == "1er janvier 2027"
    assert instant_fr(datetime(2026, 7, 1, 12, 5, tzinfo=UTC)) == "1er juillet 2026 à 14\u00a0h\u00a005"


def test_identifiers_are_read_with_their_spaces_and_checked() -> None:
    assert parse_siren("732 829 320") == "732829320"
    assert parse_siret("732 829 320 00074") == "73282932000074"
    assert parse_rna("w2a.1234567") == "W2A1234567"
    for lecture, faux in ((parse_siren, "732829321"), (parse_siret, "73282932000079"), (parse_rna, "W12")):
        with pytest.raises(ValeurIllisible, match="n’est pas valide"):
            lecture(faux)


def test_identifiers_are_shown_in_groups() -> None:
    assert siren_fr("732829320") == "732\u00a0829\u00a0320"
    assert siret_fr("73282932000074") == "732\u00a0829\u00a0320\u00a000074"
    assert siren_fr("inconnu") == "inconnu"
    assert siret_fr("") == ""


def test_searched_words_have_neither_accents_nor_case() -> None:
    assert mots_de_recherche("L’Été à Saint-Étienne", "P-2026-000123") == "l ete a saint etienne p 2026 000123"
