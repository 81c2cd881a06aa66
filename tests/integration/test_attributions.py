"""Who instructs and who follows a dossier."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.models.dossiers import Dossier
from portal.models.file_agents import Suivi
from portal.models.journal import Evenement
from portal.models.services import Service
from portal.models.taches import Tache
from portal.queries import historique
from portal.services import attributions, suivis
from portal.vocabulaire import Etat, RoleAffectation
from portal.vocabulaire_instruction import GenreTache
from tests.client import ClientStrict
from tests.factories import Fabriques


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69")


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service) -> Dossier:
    return creer.dossier(ddets)


def suiveurs(session: Session, dossier: Dossier) -> set[int]:
    return set(session.scalars(select(Suivi.user_id).where(Suivi.dossier_id == dossier.id)))


def actions(session: Session, dossier: Dossier) -> list[str]:
    choix = select(Evenement.action).where(Evenement.objet == f"dossier:{dossier.id}").order_by(Evenement.seq)
    return list(session.scalars(choix))


def test_a_dossier_given_to_a_colleague_is_followed_by_her_waits_in_her_tasks_and_is_told_in_its_history(
    session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    responsable, collegue = creer.responsable(ddets), creer.agent(ddets, prenom="Nadia", nom="Benali")
    attributions.assign(session, by=creer.acteur(responsable), dossier=dossier, user_id=collegue.id, version=1)
    assert (dossier.instructeur_id, dossier.version) == (collegue.id, 2)
    assert suiveurs(session, dossier) == {collegue.id}
    tache = session.scalars(select(Tache)).one()
    assert (tache.user_id, tache.genre, tache.dossier_id) == (collegue.id, GenreTache.ATTRIBUTION, dossier.id)
    etapes = historique.list_etapes(session, creer.acteur(responsable), dossier, notifiee=False)
    assert etapes[0].libelle == "Dossier attribué à Nadia Benali"


def test_a_dossier_taken_for_oneself_makes_no_task_and_given_twice_changes_nothing(
    session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    agent = creer.agent(ddets)
    for _ in range(2):
        attributions.assign(session, by=creer.acteur(agent), dossier=dossier, user_id=agent.id)
    assert session.scalars(select(Tache)).all() == []
    assert actions(session, dossier) == ["dossier_attribue"]


def test_whoever_instructed_follows_no_longer_once_replaced_and_nobody_may_be_chosen(
    session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    ancienne, nouvelle, curieuse = creer.agent(ddets), creer.agent(ddets), creer.agent(ddets)
    suivis.follow(session, by=creer.acteur(curieuse), dossier=dossier)
    attributions.assign(session, by=creer.acteur(ancienne), dossier=dossier, user_id=ancienne.id)
    attributions.assign(session, by=creer.acteur(ancienne), dossier=dossier, user_id=nouvelle.id)
    assert suiveurs(session, dossier) == {nouvelle.id, curieuse.id}
    attributions.assign(session, by=creer.acteur(ancienne), dossier=dossier, user_id=None)
    assert suiveurs(session, dossier) == {curieuse.id}
    assert actions(session, dossier)[-1] == "dossier_desattribue"


def test_only_who_instructs_in_the_owner_service_now_may_be_given_a_dossier(
    session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    by = creer.acteur(creer.agent(ddets))
    lectrice, ailleurs, partie = creer.agent(ddets, RoleAffectation.LECTEUR), creer.agent(), creer.agent(ddets)
    partie.affectations[0].ended_at = dossier.date_depot
    session.commit()
    for autre in (lectrice, ailleurs, partie):
        with pytest.raises(Invalid, match="n’instruit pas de dossiers dans votre service"):
            attributions.assign(session, by=by, dossier=dossier, user_id=autre.id)
    assert dossier.instructeur_id is None


def test_nobody_gives_a_decided_dossier_one_of_another_service_or_one_that_has_changed(
    session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    agent = creer.agent(ddets)
    with pytest.raises(Forbidden):
        attributions.assign(session, by=creer.acteur(creer.agent()), dossier=dossier, user_id=agent.id)
    with pytest.raises(Conflict):
        attributions.assign(session, by=creer.acteur(agent), dossier=dossier, user_id=agent.id, version=7)
    decide = creer.dossier(ddets, etat=Etat.ACCEPTE)
    with pytest.raises(Forbidden, match="ne s’attribue plus"):
        attributions.assign(session, by=creer.acteur(agent), dossier=decide, user_id=agent.id)


def test_an_agent_follows_a_dossier_and_stops_but_for_the_one_that_she_instructs(
    session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    agent = creer.agent(ddets)
    by = creer.acteur(agent)
    for _ in range(2):
        suivis.follow(session, by=by, dossier=dossier)
    assert suiveurs(session, dossier) == {agent.id}
    suivis.unfollow(session, by=by, dossier=dossier)
    assert suiveurs(session, dossier) == set()
    assert actions(session, dossier) == ["dossier_suivi", "dossier_plus_suivi"]
    attributions.assign(session, by=by, dossier=dossier, user_id=agent.id)
    with pytest.raises(Forbidden, match="Vous instruisez ce dossier"):
        suivis.unfollow(session, by=by, dossier=dossier)


def test_a_responsable_hands_over_the_dossiers_of_an_absent_agent_evenly_after_seeing_what_would_be_done(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service
) -> None:
    absente, une, autre = creer.agent(ddets), creer.agent(ddets, nom="Une"), creer.agent(ddets, nom="Zoé")
    siens = [creer.dossier(ddets, instructeur_id=absente.id, etat=Etat.EN_INSTRUCTION) for _ in range(3)]
    decide = creer.dossier(ddets, instructeur_id=absente.id, etat=Etat.ACCEPTE)
    client.connecter(creer.responsable(ddets))
    client.get("/instruction/attributions")
    page = client.get(f"/instruction/attributions?de={absente.id}&vers={une.id}&vers={autre.id}")
    assert "Ce qui sera fait" in page.text
    fait = client.poster("/instruction/attributions", {"de": str(absente.id), "vers": [str(une.id), str(autre.id)]})
    assert fait.status_code == 303
    session.expire_all()
    assert [dossier.instructeur_id for dossier in siens] == [une.id, autre.id, une.id]
    assert decide.instructeur_id == absente.id
    assert {actions(session, dossier)[-1] for dossier in siens} == {"dossier_attribue"}
    taches = session.scalars(select(Tache).order_by(Tache.objet_id)).all()
    assert [(tache.user_id, tache.objet_id) for tache in taches] == [(autre.id, 1), (une.id, 2)]


def test_handing_over_chooses_people_of_the_service_and_tells_when_there_is_nothing(
    client: ClientStrict, creer: Fabriques, ddets: Service
) -> None:
    absente, une = creer.agent(ddets), creer.agent(ddets)
    client.connecter(creer.responsable(ddets))
    vide = client.get(f"/instruction/attributions?de={absente.id}&vers={une.id}")
    assert "aucun dossier ouvert" in vide.text
    client.get("/instruction/attributions")
    for de, vers, phrase in (
        (absente.id, une.id, "plus aucun dossier ouvert"),
        (absente.id, absente.id, "une autre personne que celle qui est absente"),
        (creer.agent().id, une.id, "valid"),
    ):
        refuse = client.poster("/instruction/attributions", {"de": str(de), "vers": [str(vers)]})
        assert refuse.status_code == 422
        assert phrase in refuse.text
    rien = client.get("/instruction/attributions?voir=1")
    assert rien.status_code == 422
    assert "Choisissez la personne absente" in rien.text
    memes = client.get(f"/instruction/attributions?de={absente.id}&vers={absente.id}&vers={une.id}")
    assert memes.status_code == 422
    assert "une autre personne que celle qui est absente" in memes.text
    client.connecter(une)
    assert client.get("/instruction/attributions").status_code == 403


def test_a_dossier_is_given_and_followed_from_its_page(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    agent, collegue = creer.agent(ddets), creer.agent(ddets, nom="Benali")
    client.connecter(agent)
    client.get(f"/instruction/dossiers/{dossier.reference}")
    client.soumettre({"instructeur": str(collegue.id)}, action="/attribution")
    assert "Le dossier est attribué." in client.texte()
    client.soumettre(action="/suivi")
    assert suiveurs(session, dossier) == {agent.id, collegue.id}
    client.soumettre(action="/suivi/retrait")
    client.soumettre({"instructeur": ""}, action="/attribution")
    assert "n’est plus attribué à personne" in client.texte()
    assert suiveurs(session, dossier) == set()
    perime = client.poster(f"/instruction/dossiers/{dossier.reference}/attribution", {"version": "1"})
    assert perime.status_code == 409
