"""« Mes tâches »: what is addressed to one agent, and to nobody else, until it is done."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import aujourdhui, maintenant
from portal.models.connexion import User
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.echanges import Complement
from portal.models.services import Affectation, Service
from portal.models.taches import Tache
from portal.queries.recepisses import rejet_implicite
from portal.services import taches
from portal.vocabulaire import Etat, RoleAffectation
from portal.vocabulaire_instruction import GenreTache
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

PAGE = "/instruction/taches"


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def agent(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets)


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service) -> Dossier:
    return creer.dossier(ddets, etat=Etat.EN_INSTRUCTION, demandeur_nom="Lire ensemble")


def adresser(
    session: Session, agent: User, dossier: Dossier, genre: GenreTache = GenreTache.MENTION, **valeurs: object
) -> None:
    taches.add(
        session,
        user_id=agent.id,
        service_id=dossier.service_id,
        genre=genre,
        dossier_id=dossier.id,
        **{"cle": f"{genre}:1", **valeurs},  # type: ignore[arg-type]  # as a test says them
    )
    session.commit()


def menu(client: ClientStrict) -> str:
    """What the menu says of the tasks."""
    nav = html.par_id(client.arbre, "navigation")
    assert nav is not None
    return next(html.texte(lien) for lien in nav.iter("a") if (lien.get("href") or "").endswith("/taches"))


def test_a_task_waits_for_its_agent_alone_until_it_is_done(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User, dossier: Dossier
) -> None:
    adresser(session, agent, dossier)
    client.connecter(creer.agent(ddets))
    client.get(PAGE)
    assert "Aucune tâche ne vous attend" in client.texte()
    assert menu(client) == "Mes tâches"
    client.connecter(agent)
    client.get(PAGE)
    assert menu(client) == "Mes tâches (1)"
    assert "On vous a mentionné" in client.texte()
    assert f"{dossier.reference}, Lire ensemble" in client.texte()
    client.soumettre(action="/faite")
    assert menu(client) == "Mes tâches"
    assert "Aucune tâche ne vous attend" in client.texte()


def test_a_task_done_by_mistake_waits_again(
    client: ClientStrict, session: Session, agent: User, dossier: Dossier
) -> None:
    adresser(session, agent, dossier)
    client.connecter(agent)
    client.get(PAGE)
    client.soumettre(action="/faite")
    client.get(f"{PAGE}/faites")
    assert dossier.reference in client.texte()
    client.soumettre(action="/a-faire")
    assert menu(client) == "Mes tâches (1)"


def test_what_was_done_thirty_days_ago_is_shown_no_more(
    client: ClientStrict, session: Session, agent: User, dossier: Dossier
) -> None:
    adresser(session, agent, dossier)
    session.scalars(select(Tache)).one().faite_at = maintenant() - timedelta(days=31)
    session.commit()
    client.connecter(agent)
    client.get(f"{PAGE}/faites")
    assert dossier.reference not in client.texte()


def test_the_same_thing_is_addressed_once_and_never_to_who_caused_it(
    session: Session, agent: User, dossier: Dossier
) -> None:
    for _ in range(2):
        adresser(session, agent, dossier)
    adresser(session, agent, dossier, cle="autre", par_id=agent.id)
    assert len(session.scalars(select(Tache)).all()) == 1


def test_the_task_of_another_agent_cannot_be_touched(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User, dossier: Dossier
) -> None:
    adresser(session, agent, dossier)
    tache = session.scalars(select(Tache)).one()
    client.connecter(creer.agent(ddets, RoleAffectation.RESPONSABLE))
    assert client.poster(f"{PAGE}/{tache.id}/faite").status_code == 404
    session.refresh(tache)
    assert tache.faite_at is None


def test_a_dossier_gone_elsewhere_takes_its_tasks_along(
    client: ClientStrict, session: Session, agent: User, dossier: Dossier
) -> None:
    adresser(session, agent, dossier)
    session.delete(session.get_one(AccesDossier, (dossier.service_id, dossier.id)))
    session.commit()
    client.connecter(agent)
    client.get(PAGE)
    assert menu(client) == "Mes tâches"
    assert dossier.reference not in client.texte()


def test_an_agent_of_two_services_reads_the_tasks_of_one_and_how_many_wait_in_the_other(
    client: ClientStrict, session: Session, creer: Fabriques, agent: User, dossier: Dossier
) -> None:
    drajes = creer.service("DRAJES")
    session.add(Affectation(user_id=agent.id, service_id=drajes.id, role=RoleAffectation.INSTRUCTEUR))
    session.commit()
    adresser(session, agent, creer.dossier(drajes, demandeur_nom="Nager loin"))
    client.connecter(agent)
    client.get(PAGE)
    assert menu(client) == "Mes tâches"
    assert "Nager loin" not in client.texte()
    assert "1 tâche vous attend aussi pour DRAJES" in client.texte()


def test_what_is_only_to_be_known_is_read_at_once_and_does_not_wait(
    client: ClientStrict, session: Session, agent: User, dossier: Dossier
) -> None:
    adresser(session, agent, dossier, GenreTache.AVIS_RENDU, a_faire=False)
    client.connecter(agent)
    client.get(PAGE)
    assert menu(client) == "Mes tâches"
    assert "Un avis est rendu" in client.texte()
    client.soumettre(action="/lues")
    assert "Un avis est rendu" not in client.texte()


def test_tasks_are_read_by_fifty_by_kind_oldest_first_in_as_many_statements(
    client: ClientStrict, session: Session, agent: User, dossier: Dossier
) -> None:
    genres = (GenreTache.REORIENTATION, GenreTache.MENTION)
    communs = {"user_id": agent.id, "service_id": dossier.service_id, "dossier_id": dossier.id}
    session.add_all(Tache(genre=genres[rang % 2], cle=f"t:{rang}", **communs) for rang in range(120))
    session.commit()
    client.connecter(agent)
    vues: list[str] = []
    adresse, nombre = PAGE, 0
    while adresse:
        with requetes() as ordres:
            client.get(adresse)
        assert len(ordres) <= 12
        vues += [f.get("action", "") for f in client.arbre.iter("form") if f.get("action", "").endswith("/faite")]
        adresse = next((str(a.get("href")) for a in client.arbre.iter("a") if a.get("rel") == "next"), "")
        nombre += 1
    assert nombre == 3
    assert len(vues) == len(set(vues)) == 120
    rangs = {tache.id: (genres[::-1].index(tache.genre), tache.id) for tache in session.scalars(select(Tache))}
    ordre = [rangs[int(action.split("/")[-2])] for action in vues]
    assert ordre == sorted(ordre)
    for illisible in ("abc", "-1", "9" * 30, "1-" + "9" * 40):
        assert client.get(f"{PAGE}?apres={illisible}").status_code == 200


def test_an_instructeur_reads_which_of_its_dossiers_silence_will_soon_reject(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, agent: User
) -> None:
    depots = {"bientôt": 55, "passé": 80, "loin": 10}
    dossiers = {
        nom: creer.dossier(
            ddets,
            etat=Etat.EN_INSTRUCTION,
            instructeur_id=agent.id,
            demandeur_nom=f"Association {nom}",
            date_depot=maintenant() - timedelta(days=jours),
        )
        for nom, jours in depots.items()
    }
    decide = creer.dossier(
        ddets, etat=Etat.REFUSE, instructeur_id=agent.id, date_depot=maintenant() - timedelta(days=90)
    )
    client.connecter(agent)
    client.get(PAGE)
    texte = client.texte()
    assert texte.index(dossiers["passé"].reference) < texte.index(dossiers["bientôt"].reference)
    assert dossiers["loin"].reference not in texte
    assert decide.reference not in texte
    assert rejet_implicite(dossiers["passé"].date_depot) < aujourdhui()
    client.connecter(creer.agent(ddets))
    client.get(PAGE)
    assert "Délais de rejet implicite" not in client.texte()


def test_more_delays_than_a_page_of_tasks_shows_lead_to_the_queue_in_their_order(
    client: ClientStrict, creer: Fabriques, ddets: Service, agent: User
) -> None:
    vieux = {"date_depot": maintenant() - timedelta(days=80), "instructeur_id": agent.id, "etat": Etat.EN_INSTRUCTION}
    derniers = [creer.dossier(ddets, **vieux).reference for _ in range(11)]
    client.connecter(agent)
    client.get(PAGE)
    assert "Les 10 premiers sur 11." in client.texte()
    suite = next(lien for lien in client.arbre.iter("a") if "plus proches d’abord" in html.texte(lien))
    client.get(suite.get("href") or "")
    assert all(reference in client.texte() for reference in derniers)


def test_corrections_that_do_not_come_are_told_to_who_instructs(
    client: ClientStrict, session: Session, agent: User, dossier: Dossier
) -> None:
    dossier.instructeur_id = agent.id
    session.add(
        Complement(
            dossier_id=dossier.id,
            sections=[],
            motif="Le RIB",
            echeance=aujourdhui() - timedelta(days=2),
            demande_par_id=agent.id,
        )
    )
    session.commit()
    client.connecter(agent)
    client.get(PAGE)
    assert "Corrections demandées qui ne sont pas arrivées" in client.texte()


def test_a_service_asked_for_its_avis_reads_how_many_wait(
    client: ClientStrict, creer: Fabriques, dossier: Dossier
) -> None:
    drajes = creer.service("DRAJES")
    creer.demande_avis(dossier, drajes)
    client.connecter(creer.agent(drajes))
    client.get(PAGE)
    assert "1 avis à donner par votre service" in client.texte()


def test_a_task_about_an_association_names_it_and_leads_to_the_request(
    client: ClientStrict, session: Session, creer: Fabriques, agent: User, ddets: Service
) -> None:
    association = creer.association(denomination="Lire ensemble")
    creer.dossier(ddets, association=association)
    saisi = creer.agent(creer.service("DRAJES"))
    session.commit()
    client.connecter(agent)
    client.get(f"/instruction/associations/{association.id}/saisir")
    client.soumettre({"adresses": saisi.email, "question": "Que savez-vous d’elle ?"}, action="/saisir")
    client.connecter(saisi)
    client.get("/instruction/taches")
    liens = {html.texte(lien): lien.get("href", "") for lien in client.arbre.iter("a")}
    assert "/instruction/demandes-avis/" in liens["Lire ensemble"]
    assert client.get(liens["Lire ensemble"]).status_code == 200
