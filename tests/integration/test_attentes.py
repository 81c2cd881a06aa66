"""What one agent's act makes wait for another: an avis asked of a service without a mailbox, an avis given."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.envois import Courriel
from portal.models.services import Service
from portal.models.taches import Tache
from portal.services import avis
from portal.vocabulaire import Audience, Etat, RoleAffectation, SensAvis
from portal.vocabulaire_instruction import GenreTache
from tests.fabriques_saisines import saisir
from tests.factories import Fabriques


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def agent(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets)


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service, agent: User) -> Dossier:
    return creer.dossier(ddets, etat=Etat.EN_INSTRUCTION, instructeur_id=agent.id)


def ouvertes(session: Session, genre: GenreTache) -> list[int]:
    """Whom such tasks wait for."""
    choix = select(Tache.user_id).where(Tache.genre == genre, Tache.faite_at.is_(None))
    return sorted(session.scalars(choix))


def donner(session: Session, creer: Fabriques, par: User, dossier: Dossier, version: int = 0) -> None:
    avis.give(
        session,
        by=creer.acteur(par),
        objet=dossier,
        sens=SensAvis.FAVORABLE,
        montant_propose=None,
        texte="Projet solide.",
        audience=Audience.SERVICES_SAISIS,
        version=version,
    )


def test_agents_of_a_service_that_no_mail_reaches_are_told_one_by_one_until_the_avis_is_given(
    session: Session, creer: Fabriques, agent: User, dossier: Dossier
) -> None:
    drajes = creer.service("DRAJES", email="")
    eux = [creer.agent(drajes), creer.responsable(drajes)]
    creer.agent(drajes, RoleAffectation.LECTEUR)
    saisir(session, by=creer.acteur(agent), dossier=dossier, service_id=drajes.id, question="Qu’en dites-vous ?")
    assert ouvertes(session, GenreTache.AVIS_DEMANDE) == sorted(un.id for un in eux)
    assert session.scalars(select(Courriel)).all() == []
    donner(session, creer, eux[0], dossier)
    assert ouvertes(session, GenreTache.AVIS_DEMANDE) == []


def test_a_service_with_a_mailbox_is_told_there_and_its_agents_are_left_in_peace(
    session: Session, creer: Fabriques, agent: User, dossier: Dossier
) -> None:
    drajes = creer.service("DRAJES", email="drajes@example.org")
    creer.agent(drajes)
    saisir(session, by=creer.acteur(agent), dossier=dossier, service_id=drajes.id, question="Qu’en dites-vous ?")
    assert ouvertes(session, GenreTache.AVIS_DEMANDE) == []
    assert session.scalars(select(Courriel.destinataire)).all() == ["drajes@example.org"]


def test_who_asked_and_who_instructs_know_each_time_an_avis_is_given(
    session: Session, creer: Fabriques, ddets: Service, agent: User, dossier: Dossier
) -> None:
    drajes, demandeur = creer.service("DRAJES"), creer.agent(ddets)
    saisir(session, by=creer.acteur(demandeur), dossier=dossier, service_id=drajes.id, question="Qu’en dites-vous ?")
    la = creer.agent(drajes)
    donner(session, creer, la, dossier)
    donner(session, creer, la, dossier, version=1)
    attendus = sorted([agent.id, demandeur.id] * 2)
    assert ouvertes(session, GenreTache.AVIS_RENDU) == attendus
    assert not session.scalars(select(Tache).where(Tache.a_faire)).all()


def test_the_avis_of_the_owner_service_tells_nobody(
    session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    donner(session, creer, creer.agent(ddets), dossier)
    assert session.scalars(select(Tache)).all() == []
