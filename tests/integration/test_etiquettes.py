"""The labels of a service: for its own eyes, in its queue."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid, NotFound
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.file_agents import Etiquette
from portal.models.services import Service
from portal.services import etiquettes
from portal.vocabulaire import RoleAffectation
from tests.client import ClientStrict
from tests.factories import Fabriques


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service) -> Dossier:
    return creer.dossier(ddets)


def facettes(session: Session, dossier: Dossier, service_id: int) -> str:
    session.flush()
    choix = select(AccesDossier.recherche).where(
        AccesDossier.dossier_id == dossier.id, AccesDossier.service_id == service_id
    )
    return str(session.scalar(choix))


def test_a_label_put_on_a_dossier_is_found_by_the_queue_of_its_service_alone(
    session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    saisi = creer.service()
    creer.acces(dossier, saisi.id)
    by = creer.acteur(creer.agent(ddets))
    urgente = etiquettes.create(session, by=by, nom="  à  revoir ")
    assert urgente.nom == "à revoir"
    assert etiquettes.put(session, by=by, dossier=dossier, etiquette_id=urgente.id)
    assert not etiquettes.put(session, by=by, dossier=dossier, etiquette_id=urgente.id)
    assert f"{ddets.id}=etiquette:{urgente.id}" in facettes(session, dossier, ddets.id)
    assert "etiquette" not in facettes(session, dossier, saisi.id)
    assert etiquettes.remove(session, by=by, dossier=dossier, etiquette_id=urgente.id)
    assert not etiquettes.remove(session, by=by, dossier=dossier, etiquette_id=urgente.id)
    assert "etiquette" not in facettes(session, dossier, ddets.id)


def test_a_label_of_another_service_does_not_exist_and_a_lecteur_puts_none(
    session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    by = creer.acteur(creer.agent(ddets))
    ailleurs = etiquettes.create(session, by=creer.acteur(creer.agent()), nom="Chez nous")
    with pytest.raises(NotFound):
        etiquettes.put(session, by=by, dossier=dossier, etiquette_id=ailleurs.id)
    sienne = etiquettes.create(session, by=by, nom="Chez nous")
    lectrice = creer.acteur(creer.agent(ddets, RoleAffectation.LECTEUR))
    with pytest.raises(Forbidden):
        etiquettes.put(session, by=lectrice, dossier=dossier, etiquette_id=sienne.id)
    with pytest.raises(Forbidden):
        etiquettes.create(session, by=lectrice, nom="Autre")


def test_a_retired_label_stays_where_it_is_is_put_nowhere_else_and_comes_back_when_made_again(
    session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    by = creer.acteur(creer.agent(ddets))
    une = etiquettes.create(session, by=by, nom="Comité de mai")
    etiquettes.put(session, by=by, dossier=dossier, etiquette_id=une.id)
    etiquettes.retire(session, by=by, etiquette=une)
    assert f"etiquette:{une.id}" in facettes(session, dossier, ddets.id)
    with pytest.raises(Invalid, match="ne se pose plus"):
        etiquettes.put(session, by=by, dossier=creer.dossier(ddets), etiquette_id=une.id)
    assert etiquettes.create(session, by=by, nom="comité de mai").id == une.id
    assert une.retiree_at is None


@pytest.mark.parametrize("nom", ["", "   ", "x" * 41, "URGENT"])
def test_a_name_that_is_empty_too_long_or_taken_is_refused(session: Session, creer: Fabriques, nom: str) -> None:
    by = creer.acteur(creer.agent())
    une, autre = etiquettes.create(session, by=by, nom="Urgent"), etiquettes.create(session, by=by, nom="Autre")
    with pytest.raises(Invalid):
        etiquettes.create(session, by=by, nom=nom)
    with pytest.raises(Invalid):
        etiquettes.rename(session, by=by, etiquette=autre, nom=nom)
    assert etiquettes.rename(session, by=by, etiquette=une, nom="urgent").nom == "urgent"


def test_the_labels_of_a_service_are_made_renamed_and_retired_on_their_page(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service
) -> None:
    client.connecter(creer.agent(ddets))
    client.get("/instruction/etiquettes")
    assert client.poster("/instruction/etiquettes", {"nom": ""}).status_code == 422
    assert client.poster("/instruction/etiquettes", {"nom": "Comité <b>"}).status_code == 303
    client.get("/instruction/etiquettes")
    assert "Comité <b>" in client.texte()
    une = session.scalars(select(Etiquette)).one()
    adresse = f"/instruction/etiquettes/{une.id}"
    client.get(adresse)
    assert client.poster(adresse, {"nom": ""}).status_code == 422
    assert client.poster(adresse, {"nom": "Comité de mai"}).status_code == 303
    client.get("/instruction/etiquettes")
    assert client.poster(f"{adresse}/retrait").status_code == 303
    assert "ne se pose plus" in client.get("/instruction/etiquettes").text
    client.connecter(creer.agent())
    assert client.get(adresse).status_code == 404


def test_a_label_is_put_and_taken_off_from_the_page_of_the_dossier(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    agent = creer.agent(ddets)
    une = etiquettes.create(session, by=creer.acteur(agent), nom="Comité <mai>")
    session.commit()
    client.connecter(agent)
    client.get(f"/instruction/dossiers/{dossier.reference}")
    client.soumettre({"etiquette": str(une.id)}, action="/etiquetage")
    assert "L’étiquette est posée." in client.texte()
    assert "Comité <mai>" in client.texte()
    client.soumettre(action="/etiquetage/retrait")
    assert "L’étiquette est ôtée." in client.texte()
    assert "Aucune étiquette." in client.texte()
