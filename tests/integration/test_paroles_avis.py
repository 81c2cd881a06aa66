"""What the pages of the avis say holds: who reads, what a date means, where a button leads."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.formats import aujourdhui
from portal.models.associations import Association
from portal.models.avis import Avis
from portal.models.connexion import User
from portal.models.dossiers import AccesDossier
from portal.models.services import Service
from portal.vocabulaire import Etat, SensAvis
from tests.client import ClientStrict
from tests.factories import Fabriques


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association()


@pytest.fixture
def ddets(creer: Fabriques, association: Association) -> Service:
    """A service that has a dossier of the association."""
    service = creer.service("DDETS 69")
    creer.dossier(service, association=association)
    return service


@pytest.fixture
def agent(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets)


def test_who_writes_a_shared_avis_is_told_that_others_read_it_for_a_reason(
    client: ClientStrict, association: Association, agent: User
) -> None:
    client.connecter(agent)
    client.get(f"/instruction/associations/{association.id}/avis")
    assert "et ceux qui disent pourquoi ils ouvrent sa fiche" in client.texte()


def test_a_sheet_opened_for_a_reason_offers_no_avis_that_its_pages_refuse(
    client: ClientStrict, creer: Fabriques, association: Association
) -> None:
    client.connecter(creer.agent(creer.service("Préfecture 69")))
    client.poster(f"/instruction/associations/{association.id}/motif", {"motif": "controle", "precision": "Visite."})
    client.get(f"/associations/{association.id}")
    assert association.denomination in client.texte()
    assert "Demander un avis sur l’association" not in client.texte()
    assert "Donner l’avis de mon service" not in client.texte()


def test_an_avis_is_not_given_until_a_day_that_is_past(
    client: ClientStrict, session: Session, association: Association, agent: User
) -> None:
    client.connecter(agent)
    client.get(f"/instruction/associations/{association.id}/avis")
    fin = {"valable_jusqu_au-jour": "31", "valable_jusqu_au-mois": "12", "valable_jusqu_au-annee": "2020"}
    assert client.soumettre({"sens": "favorable", "texte": "Bien.", **fin}, action="/avis").status_code == 422
    assert "Cette date est passée" in client.texte()
    assert session.scalars(select(Avis)).all() == []


def test_an_avis_past_its_last_day_is_said_valid_no_more(
    client: ClientStrict, session: Session, association: Association, agent: User
) -> None:
    client.connecter(agent)
    client.get(f"/instruction/associations/{association.id}/avis")
    fin = {"valable_jusqu_au-jour": "31", "valable_jusqu_au-mois": "12", "valable_jusqu_au-annee": "2099"}
    client.soumettre({"sens": "favorable", "texte": "Bien.", **fin}, action="/avis")
    session.scalars(select(Avis)).one().valable_jusqu_au = aujourdhui() - timedelta(days=1)
    session.commit()
    client.get(f"/instruction/associations/{association.id}/avis")
    assert "n’est plus valable" in client.texte()
    assert "répond de lui-même à" not in client.texte()


def test_a_refusal_shows_choices_in_the_words_of_the_form(
    client: ClientStrict, session: Session, creer: Fabriques
) -> None:
    saisi = creer.service("DRAJES")
    dossier = creer.dossier(creer.service("DDETS 69"), etat=Etat.EN_INSTRUCTION)
    creer.demande_avis(dossier, saisi)
    session.commit()
    client.connecter(creer.agent(saisi))
    adresse = f"/instruction/dossiers/{dossier.reference}/avis/donner"
    client.get(adresse)
    session.execute(delete(AccesDossier).where(AccesDossier.service_id == saisi.id))
    session.commit()
    reponse = client.soumettre(
        {"sens": SensAvis.RESERVES.value, "texte": "Un avis.", "audience": "service"}, suivre=False
    )
    assert reponse.status_code == 404
    assert "a pu être retiré" in client.texte()
    assert "favorable avec réserves" in client.texte()
    assert "mon service et celui qui a demandé" in client.texte()


def test_the_question_why_is_asked_again_when_its_page_is_loaded_again(client: ClientStrict, creer: Fabriques) -> None:
    association = creer.association()
    client.connecter(creer.agent(creer.service("DRAJES")))
    adresse = f"/instruction/associations/{association.id}/motif"
    assert client.get(adresse, follow_redirects=True).status_code == 200
    assert f"Ouvrir la fiche de {association.denomination}" in client.texte()
    client.connecter(creer.usager())
    assert client.get(adresse).status_code in (403, 404)
