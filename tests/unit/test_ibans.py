"""IBANs are read with both their keys, shown, masked; a change of account is told from a first account."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.cli.pieces_demo import iban_invente
from portal.formats import ValeurIllisible, iban_fr, iban_masque, parse_bic, parse_iban
from portal.models.pieces import PieceCoffre
from portal.queries.ribs import concorde, lire_rib

IBAN = "FR7630006000011234567890189"
INSTANT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ecrit", "lu"),
    [
        ("FR76 3000 6000 0112 3456 7890 189", IBAN),
        ("fr76\u00a03000\u202f6000.0112-3456 7890 189", IBAN),
        ("FR14 2004 1010 0505 0001 3M02 606", "FR1420041010050500013M02606"),
        ("DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    ],
)
def test_an_iban_is_read_as_people_write_it(ecrit: str, lu: str) -> None:
    assert parse_iban(ecrit) == lu


@pytest.mark.parametrize(
    "ecrit", ["", "FR76", "XX00", "FR76 3000 6000 0112 3456 7890 188", "FR7630006000011234567890189X", "é"]
)
def test_what_is_no_iban_is_refused_in_french(ecrit: str) -> None:
    with pytest.raises(ValeurIllisible, match=r"^L’IBAN"):
        parse_iban(ecrit)


def test_a_french_iban_whose_own_key_is_right_but_whose_rib_key_is_wrong_is_refused() -> None:
    rib = "30006000011234567890188"
    cle = 98 - int(f"{rib}152700") % 97
    with pytest.raises(ValeurIllisible, match="un de ses caractères est faux"):
        parse_iban(f"FR{cle:02d}{rib}")


@given(st.integers(min_value=0, max_value=99_999_999_999), st.integers(min_value=4, max_value=26), st.integers(1, 9))
def test_any_digit_changed_is_seen(numero: int, place: int, ecart: int) -> None:
    juste = iban_invente(numero)
    assert parse_iban(juste) == juste
    faux = f"{juste[:place]}{(int(juste[place]) + ecart) % 10}{juste[place + 1 :]}"
    with pytest.raises(ValeurIllisible):
        parse_iban(faux)


def test_it_is_shown_by_groups_of_four_or_masked() -> None:
    assert iban_fr(IBAN) == "FR76\u00a03000\u00a06000\u00a00112\u00a03456\u00a07890\u00a0189"
    assert iban_masque(IBAN) == "FR76\u00a0••••\u00a0189"
    assert iban_masque("") == ""


def test_a_bic_has_eight_or_eleven_characters() -> None:
    assert parse_bic("agri frpp") == "AGRIFRPP"
    with pytest.raises(ValeurIllisible, match=r"^Le BIC"):
        parse_bic("AGRIFR")


@pytest.mark.parametrize(
    ("titulaire", "nom", "attendu"),
    [
        ("ASSOCIATION LIRE ENSEMBLE", "Lire ensemble", True),
        ("Assoc. Lire Ensemble - Lyon", "Lire ensemble", True),
        ("M.J.C. du Canal", "MJC du Canal Saint-Martin", False),
        ("MJC DU CANAL", "MJC du Canal Saint-Martin", True),
        ("L’École à l’été", "ECOLE ETE", True),
        ("Jean Dupont", "Lire ensemble", False),
        ("Ensemble pour la mer", "Lire ensemble", False),
        ("Association", "Association", True),
        ("", "Lire ensemble", False),
    ],
)
def test_the_holder_is_compared_by_the_words_that_say_something(titulaire: str, nom: str, *, attendu: bool) -> None:
    assert concorde(titulaire, nom, "") is attendu


def rib(ident: int, iban: str, jours: int, *, confirme: bool = False) -> PieceCoffre:
    """A RIB that came so many days ago."""
    return PieceCoffre(
        id=ident,
        iban=iban,
        bic="",
        titulaire="",
        deposee_at=INSTANT - timedelta(days=jours),
        confirme_at=INSTANT if confirme else None,
    )


def nouveau(piece: PieceCoffre, *histoire: PieceCoffre) -> datetime | None:
    return lire_rib(piece, histoire, instant=INSTANT).nouveau_depuis


def test_a_first_account_is_not_new_and_a_changed_one_is_for_thirty_days() -> None:
    premier, second = rib(1, "A", 400), rib(2, "B", 29)
    assert nouveau(premier, premier) is None
    assert nouveau(second, premier, second) == second.deposee_at
    assert nouveau(premier, premier, second) is None
    assert nouveau(rib(2, "B", 31), premier, rib(2, "B", 31)) is None


def test_the_same_iban_sent_again_is_no_older_nor_newer() -> None:
    histoire = [rib(1, "A", 400), rib(2, "B", 10), rib(3, "B", 2)]
    assert nouveau(histoire[2], *histoire) == histoire[1].deposee_at


def test_an_account_taken_back_after_another_is_new_again() -> None:
    histoire = [rib(1, "A", 400), rib(2, "B", 10), rib(3, "A", 2)]
    assert nouveau(histoire[2], *histoire) == histoire[2].deposee_at


def test_confirmed_by_a_second_member_it_is_no_longer_new() -> None:
    histoire = [rib(1, "A", 400), rib(2, "B", 10, confirme=True)]
    assert nouveau(histoire[1], *histoire) is None
