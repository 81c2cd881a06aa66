"""However many workers share a token, DS is asked no more than the setting says, and nobody asks while DS throttles."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.formats import maintenant
from portal.models.debit import DebitDS, JetonDS
from portal.services import debit_ds
from portal.services.debit_ds import DebitPartage, note_answer, token_hash

PAR_MINUTE = 30
# What a burst may take at once, at the start of a minute or later: the share of the time elapsed, and ten seconds ahead.
BORNE = PAR_MINUTE


def servis(debits: list[DebitPartage], demandes: int) -> int:
    """How many turns are given at once to these limiters, asked from threads."""
    with ThreadPoolExecutor(8) as fils:
        return sum(
            attente == 0 for attente in fils.map(lambda rang: debits[rang % len(debits)]._ask(), range(demandes))
        )


def test_workers_share_one_limit(fabrique_reelle: Fabrique) -> None:
    debits = [DebitPartage(fabrique_reelle, "jeton", PAR_MINUTE) for _ in range(3)]
    donnes = servis(debits, 80)
    with fabrique_reelle() as session:
        comptes = session.scalars(select(DebitDS.requetes)).all()
    assert sum(comptes) == donnes
    assert max(comptes) <= BORNE


def test_a_token_does_not_slow_another_and_is_never_kept(session: Session, fabrique: Fabrique) -> None:
    DebitPartage(fabrique, "premier", 1).attendre()
    DebitPartage(fabrique, "second", 1).attendre()
    jetons = session.scalars(select(DebitDS.jeton)).all()
    assert set(jetons) == {token_hash("premier"), token_hash("second")}


def test_nobody_asks_while_ds_throttles_and_a_wrong_clock_never_stops_us_for_long(fabrique: Fabrique) -> None:
    debit = DebitPartage(fabrique, "jeton", 300)
    debit.ralentir(maintenant() + timedelta(seconds=30))
    assert 25 < DebitPartage(fabrique, "jeton", 300)._ask() <= 30
    debit.ralentir(maintenant() + timedelta(hours=5))
    assert 110 < debit._ask() <= 120
    debit.ralentir(None)
    assert 50 < debit._ask() <= 60


def test_those_who_wait_go_on_as_soon_as_their_turn_comes(fabrique: Fabrique, monkeypatch: pytest.MonkeyPatch) -> None:
    debit, sommeils = DebitPartage(fabrique, "jeton", 300), []
    debit.ralentir(maintenant() + timedelta(seconds=20))

    def dormir(secondes: float) -> None:
        sommeils.append(secondes)
        with fabrique.begin() as session:
            session.execute(text("UPDATE jeton_ds SET ralenti_jusqu_a = NULL"))

    monkeypatch.setattr(debit_ds.time, "sleep", dormir)
    debit.attendre()
    assert len(sommeils) == 1


def test_a_refused_token_is_told_until_it_is_accepted_again(session: Session, fabrique: Fabrique) -> None:
    note_answer(fabrique, "jeton", "Démarches Simplifiées refuse l’accès.")
    ligne = session.get_one(JetonDS, token_hash("jeton"))
    assert ligne.refus_at is not None
    assert "refuse" in ligne.refus
    note_answer(fabrique, "jeton", "")
    session.expire_all()
    assert (ligne.refus, ligne.refus_at) == ("", None)


def test_minutes_that_no_longer_count_are_forgotten(session: Session) -> None:
    session.add_all(DebitDS(jeton="x", minute=maintenant() - timedelta(days=jours), requetes=3) for jours in (0, 2))
    session.flush()
    debit_ds.purge(session)
    assert len(session.scalars(select(DebitDS)).all()) == 1
