"""The day when silence means rejection: two months, and as many days as required pieces were awaited."""

from datetime import UTC, date, datetime

import pytest

from portal.models.echanges import Complement
from portal.queries.delais_rejet import est_suspendu, rejet_suspendu


def le(jour: str, heure: int = 12) -> datetime:
    return datetime.combine(date.fromisoformat(jour), datetime.min.time(), UTC).replace(hour=heure)


def demande(du: str, au: str, *, repondu: str = "", annule: str = "", exigees: bool = True) -> Complement:
    return Complement(
        demande_at=le(du),
        echeance=date.fromisoformat(au),
        pieces_exigees=exigees,
        repondu_at=le(repondu) if repondu else None,
        annule_at=le(annule) if annule else None,
    )


@pytest.mark.parametrize(
    ("depot", "attendu"),
    [
        (le("2026-03-15"), "2026-05-15"),
        (le("2026-12-31"), "2027-02-28"),
        (le("2027-12-31"), "2028-02-29"),
        (le("2026-06-30"), "2026-08-30"),
        (le("2026-03-15", 23), "2026-05-16"),
    ],
)
def test_two_months_from_the_day_in_paris_to_the_last_day_of_a_shorter_month(depot: datetime, attendu: str) -> None:
    assert rejet_suspendu(depot, []) == date.fromisoformat(attendu)


@pytest.mark.parametrize(
    ("complements", "attendu"),
    [
        ([demande("2026-04-01", "2026-04-16", exigees=False)], "2026-05-15"),
        ([demande("2026-04-01", "2026-04-16")], "2026-05-30"),
        ([demande("2026-04-01", "2026-04-16", repondu="2026-04-05")], "2026-05-19"),
        ([demande("2026-04-01", "2026-04-16", repondu="2026-06-20")], "2026-05-30"),
        ([demande("2026-04-01", "2026-04-16", annule="2026-04-02")], "2026-05-16"),
        ([demande("2026-04-01", "2026-04-16", repondu="2026-04-01")], "2026-05-15"),
        ([demande("2026-05-16", "2026-05-31")], "2026-05-15"),
        ([demande("2026-04-01", "2026-04-11"), demande("2026-05-20", "2026-05-30")], "2026-06-04"),
        ([demande("2026-05-15", "2026-05-30")], "2026-05-30"),
    ],
    ids=[
        "nothing required",
        "until the time given",
        "until the answer",
        "a late answer adds nothing",
        "until it is cancelled",
        "answered at once",
        "asked too late",
        "two in turn",
        "asked on the last day",
    ],
)
def test_only_required_pieces_suspend_and_no_longer_than_the_time_given(
    complements: list[Complement], attendu: str
) -> None:
    assert rejet_suspendu(le("2026-03-15"), complements) == date.fromisoformat(attendu)


def test_the_delay_is_suspended_while_pieces_are_awaited_and_no_longer() -> None:
    ouvert = demande("2026-04-01", "2026-04-16")
    assert est_suspendu([ouvert], date(2026, 4, 1))
    assert est_suspendu([ouvert], date(2026, 4, 16))
    assert not est_suspendu([ouvert], date(2026, 4, 17))
    assert not est_suspendu([demande("2026-04-01", "2026-04-16", repondu="2026-04-05")], date(2026, 4, 5))
    assert not est_suspendu([demande("2026-04-01", "2026-04-16", exigees=False)], date(2026, 4, 5))
