"""Reminders that leave by themselves, three days before, on the day and three days after: one mail per party and day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import PARIS
from portal.models.avis import DemandeAvis
from portal.models.dossiers import Dossier
from portal.models.envois import Courriel
from portal.models.services import Service
from portal.services import rappels_avis
from portal.vocabulaire import Etat
from portal.vocabulaire_avis import ClotureAvis
from tests import fabriques_avis
from tests.factories import Fabriques

# A Thursday: three days before is a Monday, three days after a Sunday.
ECHEANCE = date(2027, 3, 18)
POSEE = datetime(2027, 3, 1, 9, tzinfo=UTC)


@pytest.fixture
def drajes(creer: Fabriques) -> Service:
    return creer.service("DRAJES ARA", email="drajes@example.org")


def matin(jour: date, heure: int = 9) -> datetime:
    return datetime(jour.year, jour.month, jour.day, heure, tzinfo=PARIS)


def passer(session: Session, instant: datetime) -> list[tuple[str, str]]:
    """The mails that the job owes at that moment."""
    avant = set(session.scalars(select(Courriel.id)))
    while rappels_avis.send_due(session, instant):
        session.commit()
    nouveaux = session.scalars(select(Courriel).where(Courriel.id.not_in(avant)).order_by(Courriel.id))
    return [(un.gabarit, un.destinataire) for un in nouveaux]


def demander(creer: Fabriques, service: Service, **valeurs: object) -> DemandeAvis:
    dossier = creer.dossier(creer.service(), etat=Etat.EN_INSTRUCTION)
    return creer.demande_avis(dossier, service, **{"echeance": ECHEANCE, "created_at": POSEE, **valeurs})


def test_three_reminders_leave_on_working_mornings_and_no_more(
    session: Session, creer: Fabriques, drajes: Service
) -> None:
    demande = demander(creer, drajes)
    partis = []
    for ecart in range(-10, 20):
        jour = ECHEANCE + timedelta(days=ecart)
        assert passer(session, matin(jour, 7)) == []
        if passer(session, matin(jour)):
            partis.append(jour.isoformat())
        assert passer(session, matin(jour, 18)) == []
    assert partis == ["2027-03-15", "2027-03-18", "2027-03-22"]
    session.refresh(demande)
    assert demande.rappels == 3


def test_all_that_a_party_owes_is_one_mail(session: Session, creer: Fabriques, drajes: Service) -> None:
    for _ in range(3):
        demander(creer, drajes)
    nommee = creer.agent(drajes, email="lea@drajes.example")
    demander(creer, drajes, agent_id=nommee.id)
    expert = fabriques_avis.expert(session, "noe@univ.example")
    for _ in range(2):
        dossier = creer.dossier(creer.service())
        demandeur = creer.agent(dossier.service)
        fabriques_avis.demande(session, dossier, expert, demandeur, echeance=ECHEANCE, created_at=POSEE)
    assert sorted(passer(session, matin(ECHEANCE))) == [
        ("avis_expert", "noe@univ.example"),
        ("avis_rappele", "drajes@example.org"),
        ("avis_rappele", "lea@drajes.example"),
    ]
    lignes = session.scalars(select(Courriel.donnees).where(Courriel.destinataire == "drajes@example.org")).one()
    assert len(lignes["lignes"]) == 3


def test_nothing_is_recalled_of_what_was_answered_closed_decided_just_asked_or_just_reminded(
    session: Session, creer: Fabriques, drajes: Service
) -> None:
    demander(creer, drajes, repondue_at=POSEE)
    demander(creer, drajes, close_at=POSEE, cloture=ClotureAvis.REVOQUEE)
    demander(creer, drajes, created_at=matin(ECHEANCE, 6))
    demander(creer, drajes, rappelee_at=matin(ECHEANCE, 8), rappels=1)
    demander(creer, drajes, rappels=3)
    session.get_one(Dossier, demander(creer, drajes).dossier_id).etat = Etat.ACCEPTE
    session.commit()
    assert passer(session, matin(ECHEANCE)) == []


def test_a_worker_that_was_down_makes_up_for_two_days_and_no_more(
    session: Session, creer: Fabriques, drajes: Service
) -> None:
    demander(creer, drajes)
    assert passer(session, matin(ECHEANCE + timedelta(days=1))) == [("avis_rappele", "drajes@example.org")]
    demander(creer, drajes, echeance=ECHEANCE - timedelta(days=10))
    assert passer(session, matin(ECHEANCE + timedelta(days=1))) == []


def test_a_worker_killed_before_the_end_has_told_nothing_and_the_next_one_tells_once(
    session: Session, creer: Fabriques, drajes: Service
) -> None:
    demander(creer, drajes)
    assert rappels_avis.send_due(session, matin(ECHEANCE)) == 1
    session.rollback()
    assert session.scalars(select(Courriel)).all() == []
    assert passer(session, matin(ECHEANCE)) == [("avis_rappele", "drajes@example.org")]
