"""What services write to each other: read by those asked today, and shared on the sheet of the association when said so."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.avis import DemandeAvis
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.envois import Courriel
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries import fiches_associations
from portal.queries.messages_partages import MessagePartage
from portal.services import acces_dossiers
from tests import fabriques_lectures
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69", email="ddets@example.org")


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association(denomination="Lire ensemble")


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service, association: Association) -> Dossier:
    return creer.dossier(ddets, association=association)


@pytest.fixture
def saisi(session: Session, creer: Fabriques, dossier: Dossier) -> User:
    """An agent of the service that was asked."""
    agent = fabriques_lectures.saisi(session, creer, dossier)
    agent.affectations[0].service.email = "saisi@example.org"
    session.commit()
    return agent


def partages(session: Session, viewer: Acteur, association_id: int) -> tuple[MessagePartage, ...]:
    """Those that the sheet shows that agent."""
    return fiches_associations.read(
        session, viewer, fiches_associations.enter(session, viewer, association_id)
    ).messages


def ecrire(client: ClientStrict, dossier: Dossier, texte: str, audience: str, **autres: Any) -> int:
    client.get(f"/instruction/dossiers/{dossier.reference}/echanges")
    return client.soumettre({"texte": texte, "audience": audience, **autres}).status_code


def audiences(client: ClientStrict, dossier: Dossier) -> list[str | None]:
    """Those that the page offers."""
    client.get(f"/instruction/dossiers/{dossier.reference}/echanges")
    return [champ.get("value") for champ in client.arbre.iter("input") if champ.get("name") == "audience"]


def test_a_shared_message_is_read_by_the_services_of_the_dossier_and_on_the_sheet_of_the_association(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, saisi: User, ddets: Service
) -> None:
    assert dossier.association_id is not None
    client.connecter(saisi)
    assert audiences(client, dossier) == ["services_saisis", "partage"]
    assert ecrire(client, dossier, "Association rencontrée en mai.", "partage") == 200
    assert session.scalars(select(Courriel.destinataire)).all() == ["ddets@example.org"]
    client.connecter(creer.agent(ddets))
    client.get(f"/instruction/dossiers/{dossier.reference}/messagerie")
    assert "Association rencontrée en mai." in client.texte()
    client.get(f"/associations/{dossier.association_id}")
    assert "Association rencontrée en mai." in client.texte()
    for agent, reference in ((saisi, dossier.reference), (creer.agent(), None)):
        (lu,) = partages(session, creer.acteur(agent), dossier.association_id)
        assert (lu.texte, lu.reference) == ("Association rencontrée en mai.", reference)


def test_nothing_else_is_shared_nor_what_a_conflict_of_interest_closes(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, saisi: User, ddets: Service
) -> None:
    agent = creer.agent(ddets)
    client.connecter(agent)
    for audience in ("services_saisis", "service", "association"):
        ecrire(client, dossier, "Réservé.", audience)
    assert dossier.association_id is not None
    assert partages(session, creer.acteur(saisi), dossier.association_id) == ()
    ecrire(client, dossier, "Partagé.", "partage")
    with requetes() as vues:
        assert len(partages(session, creer.acteur(saisi), dossier.association_id)) == 1
    assert len([une for une in vues if "FROM message" in une]) == 1
    fabriques_lectures.recuser(session, saisi, dossier)
    client.connecter(saisi)
    assert client.get(f"/instruction/dossiers/{dossier.reference}/echanges").status_code == 404


def test_a_confidential_demarche_shares_no_message_not_even_one_of_before(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, saisi: User, ddets: Service
) -> None:
    agent = creer.agent(ddets)
    client.connecter(agent)
    ecrire(client, dossier, "Partagé avant.", "partage")
    dossier.demarche.confidentielle = True
    session.commit()
    assert dossier.association_id is not None
    assert partages(session, creer.acteur(saisi), dossier.association_id) == ()
    assert audiences(client, dossier) == ["association", "services_saisis", "service"]
    client.get(f"/instruction/dossiers/{dossier.reference}/echanges")
    assert client.soumettre({"texte": "Et maintenant ?", "audience": "services_saisis"}).status_code == 200


def test_a_service_whose_demande_was_taken_back_neither_reads_the_thread_nor_is_told_of_it(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, saisi: User, ddets: Service
) -> None:
    service = saisi.affectations[0].service
    client.connecter(creer.agent(ddets))
    client.get(f"/instruction/dossiers/{dossier.reference}/echanges")
    assert service.sigle in client.texte()
    demande = session.scalars(select(DemandeAvis).where(DemandeAvis.service_id == service.id)).one()
    demande.close_at = maintenant()
    acces_dossiers.close(session, dossier=dossier, service_id=service.id)
    session.commit()
    client.get(f"/instruction/dossiers/{dossier.reference}/echanges")
    assert "Aucun service n’est saisi pour avis" in client.texte()
    ecrire(client, dossier, "Entre services.", "services_saisis")
    assert session.scalars(select(Courriel.destinataire)).all() == []
    client.connecter(saisi)
    assert client.get(f"/instruction/dossiers/{dossier.reference}/echanges").status_code == 404
