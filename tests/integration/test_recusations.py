"""A conflict of interest: the dossier is closed to that agent everywhere, and to nobody else."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid, NotFound
from portal.models.avis import Recusation
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.envois import Courriel
from portal.models.file_agents import Suivi
from portal.models.journal import Evenement
from portal.models.services import Service
from portal.models.taches import Tache
from portal.permissions import Acteur
from portal.queries import avis_associations, dossiers, objets_saisis, onglets, suites_avis, taches
from portal.queries.acteurs import agent_of
from portal.queries.dossiers_associations import list_dossiers
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.queries.lecteurs_messages import agents_of
from portal.services import abonnements, appels_avis, attributions
from portal.services import avis as services_avis
from portal.services import suites_avis as services_suites
from portal.services import taches as a_faire
from portal.vocabulaire import Audience, Etat, MotifAcces, RoleAffectation, SensAvis
from portal.vocabulaire_file import Onglet
from portal.vocabulaire_instruction import GenreTache
from tests import fabriques_avis, fabriques_lectures
from tests.client import ClientStrict
from tests.factories import Fabriques

PAGES = (
    "",
    "/demande",
    "/budget",
    "/pieces",
    "/avis",
    "/messagerie",
    "/decision",
    "/historique",
    "/impression",
    "/note",
)


@pytest.fixture
def service(creer: Fabriques) -> Service:
    return creer.service()


@pytest.fixture
def dossier(creer: Fabriques, service: Service) -> Dossier:
    return creer.dossier(service, association=creer.association(), intitule="Chorale fermée")


@pytest.fixture
def agent(creer: Fabriques, service: Service) -> User:
    return creer.agent(service)


def acteur_de(session: Session, agent: User) -> Acteur:
    """That agent with its rights of now."""
    session.expire_all()
    acteur = agent_of(session, agent.id, agent.affectations[0].service_id)
    assert acteur is not None
    return acteur


def test_no_page_opens_a_dossier_to_an_agent_who_has_a_conflict_of_interest_while_colleagues_read_it(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, agent: User, service: Service
) -> None:
    client.connecter(agent)
    assert client.get(f"/instruction/dossiers/{dossier.reference}").status_code == 200
    fabriques_lectures.recuser(session, agent, dossier)
    for suite in PAGES:
        assert client.get(f"/instruction/dossiers/{dossier.reference}{suite}").status_code == 404, suite
    assert client.poster(f"/instruction/dossiers/{dossier.reference}/suivi").status_code == 404
    client.connecter(creer.agent(service))
    for suite in PAGES:
        assert client.get(f"/instruction/dossiers/{dossier.reference}{suite}").status_code == 200, suite


def test_it_leaves_the_queue_the_counters_the_search_the_follows_and_the_next_dossier(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, agent: User, service: Service
) -> None:
    autre = creer.dossier(service, association=creer.association(), intitule="Chorale ouverte")
    session.add_all([Suivi(user_id=agent.id, dossier_id=un.id) for un in (dossier, autre)])
    session.commit()
    fabriques_lectures.recuser(session, agent, dossier)
    client.connecter(agent)
    for adresse in ("", "?q=chorale", "?onglet=suivis", "?onglet=suivis&q=chorale", "?onglet=tous"):
        client.get(f"/instruction/dossiers{adresse}")
        assert "Chorale fermée" not in client.texte(), adresse
        assert "Chorale ouverte" in client.texte(), adresse
    client.get("/instruction")
    assert "Chorale fermée" not in client.texte()
    lecteur = acteur_de(session, agent)
    for filtre in (FiltreDossiers(), FiltreDossiers(q="chorale")):
        comptes, _ = onglets.look(session, lecteur, filtre)
        assert (comptes[Onglet.TOUS], comptes[Onglet.SUIVIS]) == (1, 1)
    assert dossiers.neighbours(session, lecteur, FiltreDossiers(), autre) == (None, None)


def test_the_association_closes_every_dossier_that_it_files_afterwards_too(
    session: Session, creer: Fabriques, dossier: Dossier, agent: User, service: Service
) -> None:
    assert dossier.association is not None
    fabriques_lectures.recuser(session, agent, dossier.association)
    suivant = creer.dossier(service, association=dossier.association)
    lecteur = acteur_de(session, agent)
    assert lecteur.associations_recusees == {dossier.association.id}
    for un in (dossier, suivant):
        with pytest.raises(NotFound):
            dossiers.get(session, lecteur, un.reference)
    assert dossiers.get(session, acteur_de(session, creer.agent(service)), suivant.reference)


def test_it_is_neither_exported_told_by_a_task_nor_counted_in_the_menu(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, agent: User, service: Service
) -> None:
    a_faire.add(
        session,
        user_id=agent.id,
        service_id=service.id,
        genre=GenreTache.MENTION,
        cle="mention:1",
        dossier_id=dossier.id,
    )
    session.commit()
    client.connecter(agent)
    client.get("/instruction/taches")
    assert dossier.reference in client.texte()
    fabriques_lectures.recuser(session, agent, dossier)
    client.get("/instruction/taches")
    assert dossier.reference not in client.texte()
    lecteur = acteur_de(session, agent)
    assert taches.list_open(session, lecteur).groupes == ()
    assert list(dossiers.all_dossiers(session, lecteur, FiltreDossiers())) == []
    assert agent.id not in {un.id for un in agents_of(session, dossier)}, "nobody may name this agent in a message"


def test_a_responsable_sees_the_conflict_on_the_dossier_and_lifts_it(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, agent: User, service: Service
) -> None:
    numero = fabriques_lectures.recuser(session, agent, dossier).id
    client.connecter(creer.agent(service))
    client.get(f"/instruction/dossiers/{dossier.reference}/avis")
    assert "Conflits d’intérêts" not in client.texte()
    client.connecter(creer.agent(service, RoleAffectation.RESPONSABLE))
    client.get(f"/instruction/dossiers/{dossier.reference}/avis")
    assert "Mon frère préside l’association." in client.texte()
    reponse = client.soumettre(action="/levee")
    assert reponse.status_code == 200
    assert "Conflits d’intérêts" not in client.texte()
    session.expunge_all()
    assert session.get(Recusation, numero) is None
    levees = session.scalars(select(Evenement.objet).where(Evenement.action == "recusation_levee")).all()
    assert levees == [f"dossier:{dossier.id}"]
    client.connecter(agent)
    assert client.get(f"/instruction/dossiers/{dossier.reference}").status_code == 200


def test_a_responsable_of_another_service_lifts_nothing(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, agent: User
) -> None:
    recusation = fabriques_lectures.recuser(session, agent, dossier)
    saisi = fabriques_lectures.saisi(session, creer, dossier)
    voisin = creer.agent(saisi.affectations[0].service, RoleAffectation.RESPONSABLE)
    client.connecter(voisin)
    adresse = f"/instruction/dossiers/{dossier.reference}"
    client.get(f"{adresse}/avis")
    assert "Conflits d’intérêts" not in client.texte()
    assert client.poster(f"{adresse}/recusations/{recusation.id}/levee").status_code == 404


def test_the_sheet_of_the_association_and_its_requests_leave_the_dossier_out_too(
    client: ClientStrict, session: Session, creer: Fabriques, dossier: Dossier, agent: User, service: Service
) -> None:
    association = dossier.association
    assert association is not None
    autre = creer.dossier(service, association=association)
    avis = fabriques_avis.avis(session, dossier, creer.agent(), audience=Audience.PARTAGE, texte="Un canari partagé.")
    demande = fabriques_avis.demande(session, dossier, creer.service(), agent)
    lecteur = acteur_de(session, agent)
    assert len(list_dossiers(session, lecteur, association.id)) == 2
    assert [un.avis.id for un in avis_associations.read(session, lecteur, association.id).avis] == [avis.id]
    assert suites_avis.get(session, lecteur, demande.id)
    fabriques_lectures.recuser(session, agent, dossier)
    lecteur = acteur_de(session, agent)
    assert [un.reference for un in list_dossiers(session, lecteur, association.id)] == [autre.reference]
    assert avis_associations.read(session, lecteur, association.id).avis == ()
    client.connecter(agent)
    client.get(f"/instruction/dossiers/{autre.reference}/avis")
    assert "Un canari partagé." not in client.texte()
    with pytest.raises(NotFound):
        suites_avis.get(session, lecteur, demande.id)
    fabriques_lectures.recuser(session, agent, association)
    with pytest.raises(NotFound):
        objets_saisis.get_association(session, acteur_de(session, agent), association.id)


@pytest.mark.parametrize("sur_association", [False, True])
def test_nobody_hands_the_dossier_to_a_colleague_who_has_a_conflict_of_interest(
    session: Session, creer: Fabriques, dossier: Dossier, agent: User, service: Service, sur_association: bool
) -> None:
    assert dossier.association is not None
    fabriques_lectures.recuser(session, agent, dossier.association if sur_association else dossier)
    par = creer.acteur(creer.agent(service))
    with pytest.raises(Invalid, match="conflit d’intérêts"):
        attributions.assign(session, by=par, dossier=dossier, user_id=agent.id)
    assert dossier.instructeur_id != agent.id


@pytest.mark.parametrize("sur_association", [False, True])
def test_the_service_takes_no_avis_from_an_agent_who_has_a_conflict_of_interest(
    session: Session, dossier: Dossier, agent: User, sur_association: bool
) -> None:
    assert dossier.association is not None
    objet = dossier.association if sur_association else dossier
    fabriques_lectures.recuser(session, agent, objet)
    with pytest.raises(Forbidden, match="conflit d’intérêts"):
        services_avis.give(
            session,
            by=acteur_de(session, agent),
            objet=objet,
            sens=SensAvis.FAVORABLE,
            montant_propose=None,
            texte="Très bien.",
            audience=Audience.SERVICES_SAISIS,
        )


def test_an_association_that_is_closed_to_an_agent_leaves_its_avis_its_requests_its_tasks_and_its_mails(
    client: ClientStrict, session: Session, creer: Fabriques, agent: User, service: Service
) -> None:
    """Also what another service asks of that agent by name about it, or about a dossier of it."""
    association, autre = creer.association(denomination="Les Fermés"), creer.service("DRAC ARA")
    demandeur, collegue = creer.agent(autre), creer.agent(service)
    sien = creer.dossier(autre, association=association, etat=Etat.EN_INSTRUCTION)
    creer.acces(sien, service.id, MotifAcces.SAISI)
    donne = fabriques_avis.avis(session, association, agent, texte="Un canari à nous.")
    une = fabriques_avis.demande(session, association, service, demandeur)
    tiers = creer.responsable()
    nommees = [fabriques_avis.demande(session, un, service, tiers, agent_id=agent.id) for un in (association, sien)]
    for demande in (une, *nommees):
        appels_avis.call(session, par_id=demandeur.id, demande=demande)
    abonnements.subscribe(session, by=creer.acteur(agent), association_id=association.id)
    a_faire.add(
        session, user_id=agent.id, service_id=service.id, genre=GenreTache.ABONNEMENT, cle="abonnement:1",
        objet_id=association.id, a_faire=False,
    )  # fmt: skip
    session.commit()
    pages = (f"/instruction/associations/{association.id}/avis", f"/instruction/avis/{donne.id}")
    client.connecter(agent)
    assert [client.get(adresse).status_code for adresse in pages] == [200, 200]
    services_suites.declare_conflict(session, by=creer.acteur(agent), demande=une, motif="Ma sœur la préside.")
    session.commit()
    assert [client.get(adresse).status_code for adresse in pages] == [404, 404]
    for adresse in ("/instruction/avis", "/instruction/taches", "/instruction/associations/suivies"):
        assert client.get(adresse).status_code == 200
        assert "Les Fermés" not in client.texte()
    assert [un.agent_id for un in nommees] == [None, None], "nobody writes to that agent about it any more"
    ouvertes = select(Tache.user_id).where(Tache.faite_at.is_(None), Tache.genre == GenreTache.AVIS_DEMANDE)
    assert taches.list_open(session, acteur_de(session, agent)).groupes == ()
    assert taches.list_informations(session, acteur_de(session, agent)) == []
    assert collegue.id in session.scalars(ouvertes).all()
    client.connecter(collegue)
    assert [client.get(adresse).status_code for adresse in pages] == [200, 200]


def test_who_asked_and_has_a_conflict_of_interest_since_is_told_neither_of_the_answer_nor_that_none_comes(
    session: Session, creer: Fabriques, dossier: Dossier, agent: User
) -> None:
    saisis = [creer.agent(), creer.agent()]
    demandes = [fabriques_avis.demande(session, dossier, un.affectations[0].service, agent) for un in saisis]
    fabriques_lectures.recuser(session, agent, dossier)
    services_suites.not_concerned(session, by=creer.acteur(saisis[0]), demande=demandes[0], motif="Hors de mon champ.")
    services_avis.give(
        session,
        by=creer.acteur(saisis[1]),
        objet=dossier,
        sens=SensAvis.FAVORABLE,
        montant_propose=None,
        texte="Très bien.",
        audience=Audience.SERVICES_SAISIS,
    )
    assert session.scalars(select(Courriel.destinataire)).all() == []
    assert session.scalars(select(Tache.genre).where(Tache.user_id == agent.id)).all() == []


def test_a_responsable_lifts_a_conflict_on_an_association_from_the_request_that_it_answers(
    client: ClientStrict, session: Session, creer: Fabriques
) -> None:
    association, drajes = creer.association(), creer.service("DRAJES")
    demande = fabriques_avis.demande(session, association, drajes, creer.agent())
    recuse, adresse = creer.agent(drajes), f"/instruction/demandes-avis/{demande.id}"
    client.connecter(recuse)
    client.get(adresse)
    client.soumettre({"recuser-motif": "Ma sœur en est la trésorière."}, action="/conflit")
    assert client.get(adresse).status_code == 404
    client.connecter(creer.agent(drajes, RoleAffectation.RESPONSABLE))
    client.get(adresse)
    assert "Ma sœur en est la trésorière." in client.texte()
    assert client.soumettre(action="/levee").status_code == 200
    assert "Ma sœur" not in client.texte()
    client.connecter(recuse)
    assert client.get(adresse).status_code == 200
