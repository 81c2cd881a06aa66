"""An avis on an association: valid until a day, taken up again on dossiers, and answering by itself whom it allows."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import aujourdhui
from portal.forms.consultes import Consulte, TeneurSaisine
from portal.models.associations import Association
from portal.models.avis import Avis, RevisionAvis, ServicePermis
from portal.models.connexion import User
from portal.models.envois import Courriel
from portal.models.services import Service
from portal.models.taches import Tache
from portal.services import avis_permanents, saisines
from portal.vocabulaire import Audience, Etat, RoleAffectation
from tests import fabriques_avis
from tests.client import ClientStrict
from tests.factories import Fabriques

CANARI = "CANARI-ASSOCIATION-8812"


@pytest.fixture
def association(creer: Fabriques) -> Association:
    return creer.association()


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def drajes(creer: Fabriques, association: Association) -> Service:
    """A service that has a dossier of the association."""
    service = creer.service("DRAJES ARA")
    creer.dossier(service, association=association)
    return service


@pytest.fixture
def agent(creer: Fabriques, drajes: Service) -> User:
    return creer.agent(drajes)


def page(association: Association, suite: str = "") -> str:
    return f"/instruction/associations/{association.id}/avis{suite}"


def donner(client: ClientStrict, association: Association, **valeurs: str) -> int:
    client.get(page(association))
    fin = {"valable_jusqu_au-jour": "31", "valable_jusqu_au-mois": "12", "valable_jusqu_au-annee": "2099"}
    envoi = {"sens": "favorable", "texte": CANARI, **fin, **valeurs}
    return client.soumettre(envoi, action="/avis").status_code


def test_an_avis_on_the_association_is_given_dated_and_changed(
    client: ClientStrict, session: Session, association: Association, agent: User, ddets: Service
) -> None:
    client.connecter(agent)
    assert donner(client, association, permis=str(ddets.id)) == 200
    assert "valable jusqu’au 31 décembre 2099" in client.texte()
    assert "Il répond de lui-même à 1 service" in client.texte()
    avis = session.scalars(select(Avis)).one()
    assert (avis.association_id, avis.service_id, avis.version) == (association.id, agent.affectations[0].service_id, 1)
    assert [un.service_id for un in session.scalars(select(ServicePermis))] == [ddets.id]
    assert donner(client, association, sens="defavorable", permis=str(ddets.id)) == 200
    client.get(f"/instruction/avis/{avis.id}")
    assert "Version 2" in client.texte()
    assert "Version 1" in client.texte()
    client.get(page(association))
    client.soumettre(action="/retirer")
    assert session.scalars(select(ServicePermis)).all() == []


def test_its_last_day_is_asked_for_and_what_was_typed_is_kept(
    client: ClientStrict, association: Association, agent: User
) -> None:
    client.connecter(agent)
    assert (
        donner(
            client,
            association,
            **{"valable_jusqu_au-jour": "", "valable_jusqu_au-mois": "", "valable_jusqu_au-annee": ""},
        )
        == 422
    )
    assert "Donnez le dernier jour où cet avis vaut." in client.texte()
    assert CANARI in client.texte()
    client.get(page(association))
    client.soumettre({"texte": CANARI, "geste": "brouillon"}, action="/avis")
    assert "Votre brouillon du" in client.texte()
    ailleurs = {"version": "0.0", "page": "x.1", "texte": "Écrit sur une autre page."}
    assert client.poster(page(association, "/brouillon"), ailleurs).status_code == 409
    client.get(page(association))
    client.soumettre(action="/effacer")
    assert CANARI not in client.texte()


def test_a_service_without_a_dossier_of_it_and_unasked_has_no_page_and_a_lecteur_gives_none(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, drajes: Service, ddets: Service
) -> None:
    client.connecter(creer.agent(ddets))
    assert client.get(page(association)).status_code == 404
    client.connecter(creer.agent(drajes, RoleAffectation.LECTEUR))
    assert client.get(page(association)).status_code == 403
    fabriques_avis.demande(session, association, ddets, creer.agent(drajes))
    client.connecter(creer.agent(ddets))
    assert client.get(page(association)).status_code == 200


def valable(session: Session, association: Association, agent: User, pour: Service, **valeurs: object) -> Avis:
    donne = {"valable_jusqu_au": aujourdhui(), "texte": CANARI, "audience": Audience.PARTAGE, **valeurs}
    avis = fabriques_avis.avis(session, association, agent, **donne)
    session.add(ServicePermis(avis_id=avis.id, service_id=pour.id))
    session.commit()
    return avis


def test_a_later_request_of_a_service_that_it_allows_is_answered_at_once_copied_and_dated(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, agent: User, ddets: Service
) -> None:
    permanent = valable(session, association, agent, ddets)
    dossier = creer.dossier(ddets, association=association, etat=Etat.EN_INSTRUCTION)
    demande = creer.demande_avis(dossier, agent.affectations[0].service, audience=Audience.SERVICES_SAISIS)
    demandeur = creer.agent(ddets)
    rendus = avis_permanents.answer(session, by=creer.acteur(demandeur), demandes=[demande])
    session.commit()
    assert [(un.dossier_id, un.repris_de_id, un.texte, un.audience) for un in rendus] == [
        (dossier.id, permanent.id, CANARI, Audience.SERVICES_SAISIS)
    ]
    assert demande.repondue_at is not None
    assert session.scalars(select(RevisionAvis)).one().auteur_id == agent.id
    assert (dossier.avis_rendus, dossier.avis_demandes) == (1, 1)
    dossier.contenu_version += 1
    session.commit()
    client.connecter(demandeur)
    client.get(f"/instruction/dossiers/{dossier.reference}/avis")
    assert "Repris de l’avis du service sur l’association" in client.texte()
    assert "donné avant" not in client.texte()


def test_asking_a_service_whose_avis_answers_by_itself_tells_it_nothing(
    session: Session, creer: Fabriques, association: Association, agent: User, ddets: Service
) -> None:
    valable(session, association, agent, ddets)
    dossier = creer.dossier(ddets, association=association, etat=Etat.EN_INSTRUCTION)
    saisines.ask(
        session,
        by=creer.acteur(creer.agent(ddets)),
        objets=[dossier],
        consultes=[Consulte(service_id=agent.affectations[0].service_id)],
        teneur=TeneurSaisine(question="Qu’en pensez-vous ?"),
        cle="saisine-repondue-d-elle-meme",
    )
    assert (dossier.avis_rendus, dossier.avis_demandes) == (1, 1)
    assert session.scalars(select(Courriel)).all() == []
    assert session.scalars(select(Tache)).all() == []


@pytest.mark.parametrize("cas", ["expire", "non permis", "deja donne", "autre association"])
def test_it_answers_nobody_else_nor_past_its_day_nor_over_a_specific_avis(
    session: Session, creer: Fabriques, association: Association, agent: User, ddets: Service, cas: str
) -> None:
    fin = aujourdhui() - timedelta(days=1) if cas == "expire" else aujourdhui()
    permis = creer.service() if cas == "non permis" else ddets
    valable(session, association, agent, permis, valable_jusqu_au=fin)
    sienne = creer.association() if cas == "autre association" else association
    dossier = creer.dossier(ddets, association=sienne, etat=Etat.EN_INSTRUCTION)
    if cas == "deja donne":
        creer.avis(dossier, agent)
    demande = creer.demande_avis(dossier, agent.affectations[0].service)
    assert avis_permanents.answer(session, by=creer.acteur(creer.agent(ddets)), demandes=[demande]) == []
    assert demande.repondue_at is None


def test_an_earlier_avis_of_my_service_is_taken_up_again_copied_and_editable(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, agent: User, ddets: Service
) -> None:
    ancien = creer.dossier(ddets, association=association, intitule="Fête du quartier")
    creer.demande_avis(ancien, agent.affectations[0].service)
    source = creer.avis(ancien, agent, texte=CANARI)
    dossier = creer.dossier(ddets, association=association, etat=Etat.EN_INSTRUCTION)
    creer.demande_avis(dossier, agent.affectations[0].service)
    client.connecter(agent)
    adresse = f"/instruction/dossiers/{dossier.reference}/avis/donner"
    client.get(adresse)
    assert "Reprendre mon avis du" in client.texte()
    client.get(f"{adresse}?reprendre={source.id}")
    assert client.soumettre({"texte": f"{CANARI} Toujours vrai."}, action="/donner").status_code == 200
    copie = session.scalars(select(Avis).where(Avis.dossier_id == dossier.id)).one()
    assert (copie.repris_de_id, copie.texte) == (source.id, f"{CANARI} Toujours vrai.")


def test_another_services_avis_is_not_taken_up_again(
    client: ClientStrict, session: Session, creer: Fabriques, association: Association, agent: User, ddets: Service
) -> None:
    autre = creer.avis(creer.dossier(ddets, association=association), creer.agent(ddets), texte=CANARI)
    dossier = creer.dossier(ddets, association=association, etat=Etat.EN_INSTRUCTION)
    creer.demande_avis(dossier, agent.affectations[0].service)
    client.connecter(agent)
    adresse = f"/instruction/dossiers/{dossier.reference}/avis/donner"
    assert CANARI not in client.get(f"{adresse}?reprendre={autre.id}").text
    assert (
        client.soumettre(
            {"repris_de": str(autre.id), "sens": "favorable", "texte": "Oui."}, action="/donner"
        ).status_code
        == 422
    )
    assert session.scalars(select(Avis).where(Avis.dossier_id == dossier.id)).all() == []
