"""Who reads a message is said before it is written; an agent named in it finds it in its tasks."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.echanges import Message
from portal.models.envois import Courriel
from portal.models.services import Service
from portal.models.taches import Tache
from portal.queries.lecteurs_messages import handle
from portal.queries.mentions import named
from portal.vocabulaire import Etat
from portal.vocabulaire_instruction import GenreTache
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69", email="ddets@example.org")


@pytest.fixture
def drajes(creer: Fabriques, dossier: Dossier) -> Service:
    """A service that was asked for its avis."""
    service = creer.service("DRAJES", email="drajes@example.org")
    creer.demande_avis(dossier, service)
    return service


@pytest.fixture
def association(creer: Fabriques) -> Association:
    association = creer.association(denomination="Lire ensemble")
    creer.mandat(creer.usager(), association)
    return association


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service, association: Association) -> Dossier:
    return creer.dossier(ddets, association=association, etat=Etat.EN_INSTRUCTION)


@pytest.fixture
def moi(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets)


@pytest.fixture
def marie(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets, prenom="Marie-Ève", nom="Le Goff")


def page(dossier: Dossier) -> str:
    return f"/instruction/dossiers/{dossier.reference}/echanges"


def ecrire(client: ClientStrict, dossier: Dossier, texte: str, audience: str, **autres: Any) -> int:
    client.get(page(dossier))
    return client.soumettre({"texte": texte, "audience": audience, **autres}).status_code


def appeles(session: Session) -> list[int]:
    return sorted(session.scalars(select(Tache.user_id).where(Tache.genre == GenreTache.MENTION)))


def test_the_page_says_who_will_read_each_kind_of_message_and_chooses_none(
    client: ClientStrict, dossier: Dossier, drajes: Service, creer: Fabriques, moi: User, marie: User
) -> None:
    creer.agent(drajes)
    client.connecter(moi)
    client.get(page(dossier))
    texte = client.texte()
    # The factory of a demande d'avis adds the agent who asks.
    assert "1 personne de Lire ensemble, et 3 agents de DDETS 69." in texte
    assert "1 agent de DRAJES, et 3 agents de DDETS 69." in texte
    assert "3 agents de DDETS 69, personne d’autre." in texte
    radios = [champ for champ in client.arbre.iter("input") if champ.get("type") == "radio"]
    assert len(radios) == 4
    assert "1 agent de DRAJES, 3 agents de DDETS 69. Le liront aussi, sur la fiche de l’association" in texte
    assert not [champ for champ in radios if "checked" in champ.attrib]
    assert ecrire(client, dossier, "Bonjour.", "") == 422


def test_when_no_service_was_asked_the_page_says_so(client: ClientStrict, dossier: Dossier, moi: User) -> None:
    client.connecter(moi)
    client.get(page(dossier))
    assert "Aucun service n’est saisi pour avis" in client.texte()


@pytest.mark.parametrize("texte", ["@marie-eve.le-goff, à voir.", "À voir (@Marie-Ève.Le-Goff)."])
def test_an_agent_named_in_a_message_finds_it_in_its_tasks(
    client: ClientStrict, session: Session, dossier: Dossier, moi: User, marie: User, texte: str
) -> None:
    client.connecter(moi)
    ecrire(client, dossier, texte, "service")
    assert "Marie-Ève Le Goff en trouvera la mention dans ses tâches." in client.texte()
    assert appeles(session) == [marie.id]
    client.connecter(marie)
    client.get("/instruction/taches")
    assert "On vous a mentionné" in client.texte()
    assert moi.nom_affiche in client.texte()
    assert page(dossier) in [lien.get("href") for lien in client.arbre.iter("a")]
    client.get(page(dossier))
    client.get("/instruction/taches")
    assert "On vous a mentionné" in client.texte()


def test_the_same_is_done_by_a_box_without_writing_any_name(
    client: ClientStrict, session: Session, dossier: Dossier, moi: User, marie: User
) -> None:
    client.connecter(moi)
    ecrire(client, dossier, "À voir.", "service", prevenir=[str(marie.id)])
    assert appeles(session) == [marie.id]


def test_a_name_that_nobody_bears_is_said_and_the_message_is_kept(
    client: ClientStrict, session: Session, dossier: Dossier, moi: User
) -> None:
    client.connecter(moi)
    ecrire(client, dossier, "@jean.inconnu, écrivez à jean@example.org.", "service")
    assert "« @jean.inconnu » n’est le nom d’aucun agent qui lit ce dossier" in client.texte()
    assert session.scalars(select(Message)).one().texte.startswith("@jean.inconnu")
    assert appeles(session) == []


def test_an_agent_of_a_service_that_was_asked_is_named_in_what_it_reads_alone(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, drajes: Service, moi: User
) -> None:
    paul = creer.agent(drajes, prenom="Paul", nom="Roux")
    client.connecter(moi)
    ecrire(client, dossier, "@paul.roux", "service")
    assert "Paul Roux ne lit pas ce fil" in client.texte()
    assert ecrire(client, dossier, "À voir.", "service", prevenir=[str(paul.id)]) == 422
    assert "Paul Roux ne lira pas ce message" in client.texte()
    assert appeles(session) == []
    ecrire(client, dossier, "@paul.roux", "services_saisis")
    assert appeles(session) == [paul.id]


def test_nobody_is_called_into_what_the_association_reads(
    client: ClientStrict, session: Session, dossier: Dossier, moi: User, marie: User
) -> None:
    client.connecter(moi)
    assert ecrire(client, dossier, "Bonjour.", "association", prevenir=[str(marie.id)]) == 422
    assert "Rien n’est envoyé." in client.texte()
    ecrire(client, dossier, "Bonjour @marie-eve.le-goff", "association")
    assert appeles(session) == []


def test_an_agent_who_does_not_read_the_dossier_cannot_be_chosen(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, moi: User
) -> None:
    client.connecter(moi)
    assert ecrire(client, dossier, "À voir.", "service", prevenir=[str(creer.agent().id)]) == 422
    assert appeles(session) == []


def test_a_service_that_was_asked_answers_the_others_and_the_owner_is_told(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, drajes: Service, moi: User
) -> None:
    autre = creer.service("CD 69", email="cd@example.org")
    creer.acces(dossier, autre.id)
    client.connecter(creer.agent(drajes))
    ecrire(client, dossier, "Nous connaissons ce projet.", "services_saisis")
    assert sorted(session.scalars(select(Courriel.destinataire))) == ["cd@example.org", "ddets@example.org"]
    assert ecrire(client, dossier, "Entre nous.", "service") == 422
    client.connecter(moi)
    client.get(page(dossier))
    assert "Nous connaissons ce projet." in client.texte()


def test_on_a_dossier_of_no_association_one_writes_within_services_alone(
    client: ClientStrict, creer: Fabriques, ddets: Service, moi: User
) -> None:
    recu = creer.dossier(ddets)
    client.connecter(moi)
    client.get(page(recu))
    choix = [champ.get("value") for champ in client.arbre.iter("input") if champ.get("name") == "audience"]
    assert choix == ["services_saisis", "service"]


def test_the_thread_and_its_readers_are_read_in_as_many_statements(
    client: ClientStrict, creer: Fabriques, dossier: Dossier, drajes: Service, moi: User
) -> None:
    for _ in range(15):
        creer.agent(drajes)
    client.connecter(moi)
    with requetes() as vues:
        client.get(page(dossier))
    assert len(vues) <= 12


def test_names_are_compared_without_accents_nor_capitals_and_an_address_names_nobody() -> None:
    assert handle("Marie-Ève", "Le Goff") == "marie-eve.le-goff"
    assert handle("", "Le Goff") == ""
    assert named("@Marie-Ève.Le-Goff et @paul.d’Arc. Voir a@b.fr, @seul") == ("marie-eve.le-goff", "paul.d-arc")
