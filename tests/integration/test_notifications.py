"""Mails to agents: at once for what is addressed to them, once in the morning for the rest, never when they want none."""

from datetime import datetime, timedelta
from itertools import count

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.formats import PARIS, maintenant
from portal.models.connexion import User
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.envois import Courriel
from portal.models.services import Service
from portal.models.taches import Tache
from portal.services import courriels, notifications, taches
from portal.services.moyens import Moyens
from portal.vocabulaire import Etat
from portal.vocabulaire_instruction import GenreTache
from tests.client import ClientStrict
from tests.factories import Fabriques

PAGE = "/agents/notifications"
LUNDI = datetime(2026, 11, 23, 7, 30, tzinfo=PARIS)
_rang = count(1)


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def agent(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets)


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service) -> Dossier:
    return creer.dossier(ddets, etat=Etat.EN_INSTRUCTION, demandeur_nom="Lire ensemble")


def adresser(session: Session, agent: User, dossier: Dossier, genre: GenreTache, *, le: datetime | None = None) -> None:
    """Something that came at that instant, a minute ago by default."""
    cle = f"essai:{next(_rang)}"
    taches.add(session, user_id=agent.id, service_id=dossier.service_id, genre=genre, dossier_id=dossier.id, cle=cle)
    quand = le or maintenant() - timedelta(minutes=1)
    session.execute(update(Tache).where(Tache.cle == cle).values(created_at=quand))
    session.commit()


def partis(session: Session) -> list[Courriel]:
    return list(session.scalars(select(Courriel).order_by(Courriel.id)))


def choisir(client: ClientStrict, agent: User, genre: GenreTache, quand: str) -> None:
    client.connecter(agent)
    client.get(PAGE)
    client.soumettre({genre.value: quand})


def test_what_is_addressed_to_me_is_mailed_at_once_and_once(
    session: Session, moyens: Moyens, agent: User, dossier: Dossier
) -> None:
    adresser(session, agent, dossier, GenreTache.MENTION)
    for _ in range(2):
        notifications.tell_now(session, maintenant())
    session.commit()
    (courriel,) = partis(session)
    assert (courriel.destinataire, courriel.gabarit) == (agent.email, "tache_adressee")
    assert courriels.send_due(moyens)
    (lettre,) = list((moyens.config.courriel_dossier or moyens.config.stockage_dossier).iterdir())
    texte = lettre.read_text(encoding="utf-8").replace("=\n", "")
    assert f"/instruction/dossiers/{dossier.reference}" in texte


def test_a_lot_of_dossiers_given_together_rings_once(
    session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    for _ in range(12):
        adresser(session, agent, creer.dossier(ddets), GenreTache.ATTRIBUTION)
    assert notifications.tell_now(session, maintenant()) == 1
    (courriel,) = partis(session)
    assert courriel.donnees == {"nombre": 12, "lignes": ["12 dossiers attribués (DDETS 69)"]}


def test_dossiers_handed_over_by_one_task_are_counted_each(session: Session, agent: User, ddets: Service) -> None:
    tache = {"user_id": agent.id, "service_id": ddets.id, "genre": GenreTache.ATTRIBUTION}
    taches.add(session, cle="reprise:1", objet_id=40, **tache)
    notifications.tell_now(session, maintenant() + timedelta(minutes=1))
    (courriel,) = partis(session)
    assert courriel.donnees == {"nombre": 40, "lignes": ["40 dossiers attribués (DDETS 69)"]}


def test_acts_that_follow_one_another_are_waited_for(session: Session, agent: User, dossier: Dossier) -> None:
    adresser(session, agent, dossier, GenreTache.MENTION, le=maintenant())
    assert notifications.tell_now(session, maintenant()) == 0
    assert partis(session) == []


def test_the_rest_waits_for_the_morning_in_one_mail(
    session: Session, creer: Fabriques, ddets: Service, agent: User, dossier: Dossier
) -> None:
    hier = LUNDI - timedelta(hours=14)
    adresser(session, agent, dossier, GenreTache.MESSAGE, le=hier)
    for _ in range(2):
        adresser(session, agent, creer.dossier(ddets), GenreTache.AVIS_RENDU, le=hier)
    adresser(session, agent, creer.dossier(ddets), GenreTache.AVIS_RENDU, le=LUNDI + timedelta(minutes=5))
    notifications.tell_now(session, LUNDI)
    assert notifications.send_digests(session, LUNDI - timedelta(minutes=1)) == 0
    assert notifications.send_digests(session, LUNDI) == 1
    assert notifications.send_digests(session, LUNDI + timedelta(minutes=10)) == 0
    (courriel,) = partis(session)
    assert courriel.gabarit == "resume_du_matin"
    assert courriel.donnees == {
        "nombre": 3,
        "lignes": ["2 avis rendus (DDETS 69)", "un dossier avec de nouveaux messages (DDETS 69)"],
    }


def test_a_morning_that_the_worker_missed_is_made_up_for_and_no_digest_leaves_at_the_weekend(
    session: Session, agent: User, dossier: Dossier
) -> None:
    adresser(session, agent, dossier, GenreTache.MESSAGE, le=LUNDI - timedelta(days=3))
    assert notifications.send_digests(session, LUNDI - timedelta(days=1)) == 0
    assert notifications.send_digests(session, LUNDI + timedelta(hours=3)) == 1


def test_nothing_to_say_sends_nothing(session: Session, agent: User, dossier: Dossier) -> None:
    adresser(session, agent, dossier, GenreTache.MESSAGE, le=LUNDI - timedelta(hours=20))
    session.scalars(select(Tache)).one().lue_at = LUNDI - timedelta(hours=12)
    session.commit()
    assert notifications.send_digests(session, LUNDI) == 0
    assert partis(session) == []


def test_an_agent_chooses_when_it_is_told_of_each_kind(
    client: ClientStrict, session: Session, agent: User, dossier: Dossier
) -> None:
    choisir(client, agent, GenreTache.MENTION, "jamais")
    assert "Vos notifications sont réglées." in client.texte()
    choisir(client, agent, GenreTache.MESSAGE, "immediat")
    hier = LUNDI - timedelta(hours=14)
    adresser(session, agent, dossier, GenreTache.MENTION, le=hier)
    adresser(session, agent, dossier, GenreTache.MESSAGE, le=hier)
    assert notifications.tell_now(session, LUNDI) == 1
    assert notifications.send_digests(session, LUNDI) == 0
    (courriel,) = partis(session)
    assert courriel.donnees["quoi"] == "Un message est arrivé"


def test_a_choice_that_does_not_exist_is_refused(client: ClientStrict, agent: User) -> None:
    client.connecter(agent)
    client.get(PAGE)
    assert client.soumettre({"mention": "parfois"}).status_code == 422


def test_who_left_the_service_or_reads_the_dossier_no_more_is_not_told(
    session: Session, creer: Fabriques, ddets: Service, agent: User, dossier: Dossier
) -> None:
    parti = creer.agent(ddets)
    parti.affectations[0].ended_at = maintenant()
    ferme = creer.agent(ddets, disabled_at=maintenant())
    adresser(session, parti, dossier, GenreTache.MENTION)
    adresser(session, ferme, dossier, GenreTache.MENTION)
    ailleurs = creer.dossier(ddets)
    adresser(session, agent, ailleurs, GenreTache.MENTION)
    session.delete(session.get_one(AccesDossier, (ddets.id, ailleurs.id)))
    session.commit()
    notifications.tell_now(session, maintenant())
    assert partis(session) == []
