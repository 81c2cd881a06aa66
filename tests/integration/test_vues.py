"""The views of the queue that agents keep and share, and the columns that they choose."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.file_agents import VueEnregistree
from portal.models.services import Service
from portal.vocabulaire import Etat
from portal.vocabulaire_file import COLONNES_PAR_DEFAUT
from tests import fabriques_file, html
from tests.client import ClientStrict
from tests.exports_lus import classeur_de
from tests.factories import Fabriques

FILE = "/instruction/dossiers"
VUES = "/instruction/vues"


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def agent(creer: Fabriques, client: ClientStrict, ddets: Service) -> User:
    agent = creer.agent(ddets)
    client.connecter(agent)
    return agent


def entetes(client: ClientStrict) -> list[str]:
    """The columns of the table shown."""
    return [html.texte(th).replace(", trier", "") for th in client.arbre.iter("th") if th.get("scope") == "col"]


def test_an_agent_keeps_the_view_shown_and_finds_it_beside_the_tabs(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    voulu = creer.dossier(ddets, etat=Etat.EN_INSTRUCTION)
    creer.dossier(ddets)
    client.get(f"{FILE}?onglet=a_decider&tri=montant")
    lien = next(a for a in client.arbre.iter("a") if html.texte(a) == "Enregistrer cette vue")
    client.get(lien.get("href", ""))
    assert "À décider" in client.texte()
    client.soumettre({"nom": "À  décider, petits montants"})
    vue = next(a for a in client.arbre.iter("a") if html.texte(a) == "À décider, petits montants")
    assert vue.get("aria-current") == "page"
    client.get(vue.get("href", ""))
    assert voulu.reference in client.texte()
    assert "1 dossier" in client.texte()


def test_a_view_is_renamed_deleted_and_never_named_twice(
    client: ClientStrict, creer: Fabriques, session: Session, ddets: Service, agent: User
) -> None:
    vue = fabriques_file.vue(creer, ddets, agent, "Première", onglet="avis")
    fabriques_file.vue(creer, ddets, agent, "Seconde")
    client.get(f"{VUES}/{vue.id}")
    assert client.soumettre({"nom": "Seconde"}, adresse=f"{VUES}/{vue.id}").status_code == 422
    assert "s’appelle déjà" in client.texte()
    client.soumettre({"nom": "Avis attendus"}, adresse=f"{VUES}/{vue.id}")
    assert "Avis attendus" in client.texte()
    client.soumettre(action=f"/{vue.id}/suppression")
    assert session.scalars(select(VueEnregistree.nom)).all() == ["Seconde"]


def test_a_responsable_shares_a_view_that_others_open_but_do_not_change(
    client: ClientStrict, creer: Fabriques, session: Session, ddets: Service, agent: User
) -> None:
    client.get(f"{VUES}/nouvelle?retard=oui")
    assert "Partager" not in client.texte()
    assert client.poster(f"{VUES}/nouvelle?retard=oui", {"nom": "En retard", "partagee": "y"}).status_code == 403
    client.connecter(creer.responsable(ddets))
    client.get(f"{VUES}/nouvelle?retard=oui")
    client.soumettre({"nom": "En retard", "partagee": "y"})
    vue = session.scalars(select(VueEnregistree)).one()
    assert (vue.user_id, vue.arguments) == (None, {"retard": "oui"})
    client.connecter(agent)
    client.get(FILE)
    assert "En retard (service)" in client.texte()
    assert client.poster(f"{VUES}/{vue.id}/suppression").status_code == 403
    client.connecter(creer.agent())
    client.get(FILE)
    assert "En retard (service)" not in client.texte()


def test_the_views_of_a_colleague_and_of_another_service_are_not_found(
    client: ClientStrict, creer: Fabriques, session: Session, ddets: Service, agent: User
) -> None:
    siennes = [
        fabriques_file.vue(creer, ddets, creer.agent(ddets), "À elle"),
        fabriques_file.vue(creer, creer.service(), None, "D’ailleurs"),
    ]
    for vue in siennes:
        assert client.get(f"{VUES}/{vue.id}").status_code == 404
        assert client.poster(f"{VUES}/{vue.id}", {"nom": "À moi"}).status_code == 404
        assert client.poster(f"{VUES}/{vue.id}/suppression").status_code == 404
    client.get(VUES)
    assert not [vue.nom for vue in siennes if vue.nom in client.texte()]
    assert sorted(session.scalars(select(VueEnregistree.nom))) == ["D’ailleurs", "À elle"]


def test_columns_are_chosen_and_ordered_without_javascript_and_exported_the_same(
    client: ClientStrict, creer: Fabriques, session: Session, ddets: Service, agent: User
) -> None:
    creer.dossier(ddets, departement="69", exercice=2026, etat=Etat.EN_INSTRUCTION)
    client.get(f"{VUES}/colonnes?onglet=a_decider")
    cases = {nom for nom, _ in html.champs(client.formulaire()) if nom.startswith("montrer_")}
    assert "montrer_etat" in cases
    valeurs: dict[str, str | list[str]] = {nom: [] for nom in cases}
    valeurs |= {"montrer_territoire": "y", "place_territoire": "2", "montrer_etat": "y", "place_etat": "1"}
    client.soumettre(valeurs)
    assert entetes(client) == ["Dossier", "État", "Territoire"]
    assert "1 dossier" in client.texte()
    client.soumettre(action="/export")
    document = session.scalars(select(Document)).one()
    assert (document.parametres or {})["colonnes"] == ["dossier", "etat", "territoire"]
    assert classeur_de(session, document)
    client.get(f"{VUES}/colonnes")
    client.soumettre({nom: [] for nom, _ in html.champs(client.formulaire()) if nom.startswith("montrer_")})
    assert len(entetes(client)) == len(COLONNES_PAR_DEFAUT), "nothing ticked brings back those of the beginning"


def test_every_column_is_shown_and_exported(
    client: ClientStrict, creer: Fabriques, session: Session, ddets: Service, agent: User
) -> None:
    creer.dossier(ddets, association=creer.association())
    client.get(f"{VUES}/colonnes")
    places = [nom for nom, _ in html.champs(client.formulaire()) if nom.startswith("place_")]
    tous = dict.fromkeys((f"montrer_{nom.removeprefix('place_')}" for nom in places), "y")
    client.soumettre(tous)
    assert len(entetes(client)) == 17
    client.soumettre(action="/export")
    assert classeur_de(session, session.scalars(select(Document)).one())


def test_a_place_that_is_no_number_is_said_and_nothing_is_lost(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    client.get(f"{VUES}/colonnes")
    reponse = client.soumettre({"place_etat": "troisième", "montrer_territoire": "y"}, action="/colonnes")
    assert reponse.status_code == 422
    champs = dict(html.champs(client.formulaire()))
    assert champs["montrer_territoire"]
    client.get(FILE)
    assert "Territoire" not in entetes(client)
