"""Asking for avis: whom, about what, once, by one mail per party, and never looser than the démarche."""

import secrets
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import aujourdhui
from portal.forms.consultes import Consulte, TeneurSaisine
from portal.models.avis import DemandeAvis, Recusation, Saisine, ServicePermis
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.envois import Courriel
from portal.models.experts import ConsulteDemarche, Expert, LienExpert
from portal.models.services import Service
from portal.models.taches import Tache
from portal.permissions import Acteur
from portal.services import saisines
from portal.vocabulaire import Audience, Etat
from portal.vocabulaire_demandes import SectionDemande
from portal.vocabulaire_instruction import GenreTache
from tests import fabriques_avis
from tests.client import ClientStrict
from tests.factories import Fabriques

QUESTION = "Ce projet tient-il debout ?"


@pytest.fixture
def ddets(creer: Fabriques) -> Service:
    return creer.service("DDETS 69", email="ddets@example.org")


@pytest.fixture
def drajes(creer: Fabriques) -> Service:
    return creer.service("DRAJES ARA", email="drajes@example.org")


@pytest.fixture
def agent(creer: Fabriques, ddets: Service) -> User:
    return creer.agent(ddets)


@pytest.fixture
def par(creer: Fabriques, agent: User) -> Acteur:
    return creer.acteur(agent)


@pytest.fixture
def dossier(creer: Fabriques, ddets: Service) -> Dossier:
    return creer.dossier(ddets, etat=Etat.EN_INSTRUCTION)


def saisir(session: Session, par: Acteur, objets: Any, *consultes: Consulte, cle: str = "", **teneur: Any) -> Saisine:
    return saisines.ask(
        session,
        by=par,
        objets=objets if isinstance(objets, list) else [objets],
        consultes=consultes,
        teneur=TeneurSaisine(**{"question": QUESTION, **teneur}),
        cle=cle or secrets.token_hex(20),
    )


def demandes(session: Session, **filtre: Any) -> list[DemandeAvis]:
    return list(session.scalars(select(DemandeAvis).filter_by(**filtre).order_by(DemandeAvis.id)))


def courriels(session: Session) -> list[tuple[str, str]]:
    return [(un.gabarit, un.destinataire) for un in session.scalars(select(Courriel).order_by(Courriel.id))]


def test_the_page_asks_a_service_an_agent_and_somebody_outside_at_once(
    client: ClientStrict, session: Session, creer: Fabriques, agent: User, drajes: Service, dossier: Dossier
) -> None:
    collegue = creer.agent(creer.service("CD 69", email="cd@example.org"), email="lea@cd.example")
    client.connecter(agent)
    page = f"/instruction/dossiers/{dossier.reference}/avis/demander"
    client.get(page)
    assert "Voici qui lira" in client.texte()
    adresses = "lea@cd.example\nNoe.Lafarge@univ.example, Noé Lafarge, Université"
    envoi = {"service": str(drajes.id), "adresses": adresses, "question": QUESTION, "audience": "services_saisis"}
    assert client.soumettre({**envoi, "sections": ["projet", "pieces"]}, action="/avis/demander").status_code == 200
    assert "L’avis est demandé" in client.texte()
    faites = demandes(session, dossier_id=dossier.id)
    assert [une.consulte for une in faites] == ["DRAJES ARA", "CD 69", "Noé Lafarge, Université"]
    assert [une.agent_id for une in faites] == [None, collegue.id, None]
    saisine = faites[0].saisine
    assert (saisine.audience, saisine.sections) == (Audience.SERVICES_SAISIS, ["projet", "pieces"])
    assert courriels(session) == [
        ("avis_expert", "noe.lafarge@univ.example"),
        ("avis_demande", "drajes@example.org"),
        ("avis_demande_agent", "lea@cd.example"),
    ]
    (tache,) = session.scalars(select(Tache)).all()
    assert (tache.user_id, tache.genre, tache.envoyee_at is not None) == (collegue.id, GenreTache.AVIS_DEMANDE, True)
    session.refresh(dossier)
    assert dossier.avis_demandes == 3
    lecteurs = session.scalars(select(AccesDossier.service_id).where(AccesDossier.dossier_id == dossier.id)).all()
    assert set(lecteurs) == {dossier.service_id, drajes.id, collegue.affectations[0].service_id}


def test_an_address_that_is_none_comes_back_with_all_that_was_typed(
    client: ClientStrict, session: Session, agent: User, drajes: Service, dossier: Dossier
) -> None:
    client.connecter(agent)
    client.get(f"/instruction/dossiers/{dossier.reference}/avis/demander")
    envoi = {"service": str(drajes.id), "adresses": "pas une adresse", "question": QUESTION}
    assert client.soumettre(envoi, action="/avis/demander").status_code == 422
    assert "n’est pas une adresse électronique" in client.texte()
    assert QUESTION in client.texte()
    assert client.soumettre({"adresses": "", "service": ""}, action="/avis/demander").status_code == 422
    assert "Choisissez à qui demander un avis" in client.texte()
    assert demandes(session) == []


def test_a_form_sent_twice_asks_once_and_nobody_else_uses_its_key(
    session: Session, creer: Fabriques, par: Acteur, ddets: Service, drajes: Service, dossier: Dossier
) -> None:
    cle = secrets.token_hex(20)
    premiere = saisir(session, par, dossier, Consulte(service_id=drajes.id), cle=cle)
    assert saisir(session, par, dossier, Consulte(service_id=drajes.id), cle=cle) is premiere
    assert len(demandes(session)) == len(courriels(session)) == 1
    with pytest.raises(Conflict, match="déjà servi"):
        saisir(session, creer.acteur(creer.agent(ddets)), dossier, Consulte(service_id=drajes.id), cle=cle)


def test_many_dossiers_make_one_mail_that_names_them(
    session: Session, creer: Fabriques, par: Acteur, ddets: Service, drajes: Service
) -> None:
    dossiers = [creer.dossier(ddets) for _ in range(25)]
    saisir(session, par, dossiers, Consulte(service_id=drajes.id), Consulte(email="noe@univ.example"))
    assert len(demandes(session)) == 50
    assert sorted(courriels(session)) == [
        ("avis_demandes", "drajes@example.org"),
        ("avis_expert", "noe@univ.example"),
    ]
    donnees = session.scalars(select(Courriel.donnees).where(Courriel.gabarit == "avis_demandes")).one()
    assert (len(donnees["objets"]), donnees["autres"]) == (20, 5)
    assert session.scalar(select(func.count()).select_from(LienExpert)) == 1


def test_who_is_asked_already_is_not_asked_again_until_it_answers(
    session: Session, par: Acteur, drajes: Service, dossier: Dossier
) -> None:
    saisir(session, par, dossier, Consulte(service_id=drajes.id), Consulte(email="noe@univ.example"))
    with pytest.raises(Invalid, match="déjà demandé") as refus:
        saisir(session, par, dossier, Consulte(email="noe@univ.example"))
    assert refus.value.champ == "adresses"
    with pytest.raises(Invalid, match="déjà demandé"):
        saisir(session, par, dossier, Consulte(service_id=drajes.id))


def test_nobody_is_asked_by_mistake(
    session: Session, creer: Fabriques, par: Acteur, agent: User, ddets: Service, drajes: Service
) -> None:
    association, usager = creer.association(), creer.usager()
    creer.mandat(usager, association)
    dossier = creer.dossier(ddets, association=association)
    un, autre = creer.agent(drajes), creer.agent(drajes)
    session.add(Recusation(user_id=un.id, dossier_id=dossier.id, motif="J’y siège."))
    refus = {
        "représente cette association": (Consulte(email=usager.email),),
        "une seule personne": (Consulte(email=un.email), Consulte(email=autre.email)),
        "conflit d’intérêts": (Consulte(email=un.email),),
        "aucun autre service": (Consulte(email=agent.email),),
        "Choisissez dans la liste": (Consulte(service_id=ddets.id),),
        "Choisissez à qui": (),
    }
    for phrase, consultes in refus.items():
        with pytest.raises(Invalid, match=phrase):
            saisir(session, par, dossier, *consultes)
    with pytest.raises(Forbidden):
        saisir(session, creer.acteur(un), dossier, Consulte(service_id=ddets.id))
    with pytest.raises(Invalid, match="déjà passée"):
        saisir(session, par, dossier, Consulte(service_id=drajes.id), echeance=aujourdhui() - timedelta(days=1))


def test_a_demarche_that_seals_and_closes_its_list_is_never_loosened(
    client: ClientStrict,
    session: Session,
    creer: Fabriques,
    agent: User,
    par: Acteur,
    drajes: Service,
    dossier: Dossier,
) -> None:
    demarche = session.get_one(Demarche, dossier.demarche_id)
    demarche.avis_scelle = demarche.avis_liste_fermee = True
    expert = Expert(email="noe@univ.example", nom="Noé Lafarge")
    session.add(expert)
    session.flush()
    session.add(ConsulteDemarche(demarche_id=demarche.id, expert_id=expert.id))
    session.commit()
    with pytest.raises(Invalid, match="DRAJES ARA n’y est pas"):
        saisir(session, par, dossier, Consulte(service_id=drajes.id))
    client.connecter(agent)
    client.get(f"/instruction/dossiers/{dossier.reference}/avis/demander")
    assert "toujours demandés sous scellé" in client.texte()
    assert "Service à saisir" not in client.texte()
    envoi = {"proposes": f"expert:{expert.id}", "question": QUESTION}
    assert client.soumettre(envoi, action="/avis/demander").status_code == 200
    (demande,) = demandes(session)
    assert (demande.expert_id, demande.saisine.scelle) == (expert.id, True)


def test_a_question_of_the_demarche_begins_the_question_without_asking_anything(
    client: ClientStrict, session: Session, creer: Fabriques, ddets: Service, dossier: Dossier
) -> None:
    responsable = creer.responsable(ddets)
    client.connecter(responsable)
    reglage = f"/instruction/reglages/avis/{dossier.demarche_id}"
    client.get(reglage)
    type_ = {"question-libelle": "Territoire", "question-texte": "Connaissez-vous cette association ?"}
    assert client.soumettre(type_, action="/questions").status_code == 200
    assert client.soumettre({"consulte-adresses": "noe@univ.example, Noé"}, action="/consultes").status_code == 200
    assert client.soumettre({"consulte-adresses": ""}, action="/consultes").status_code == 422
    client.get(reglage)
    assert client.soumettre({"regles-scelle": "y"}, action=reglage).status_code == 200
    session.expire_all()
    demarche = session.get_one(Demarche, dossier.demarche_id)
    assert (demarche.avis_scelle, demarche.avis_liste_fermee) == (True, False)
    client.get(f"/instruction/dossiers/{dossier.reference}/avis/demander")
    assert "Noé (noe@univ.example)" in client.texte()
    modele = html_option(client, "Territoire")
    client.soumettre({"modele": modele, "reprendre": "oui"}, action="/avis/demander")
    assert "Connaissez-vous cette association ?" in client.texte()
    assert demandes(session) == []
    client.get(reglage)
    assert client.soumettre({}, action=f"/questions/{modele}/retirer").status_code == 200
    assert "Aucune question type" in client.texte()


def html_option(client: ClientStrict, texte: str) -> str:
    options = [une for une in client.arbre.iter("option") if (une.text or "").strip() == texte]
    return str(options[0].get("value"))


def test_an_avis_is_asked_on_an_association_by_who_knows_it(
    client: ClientStrict, session: Session, creer: Fabriques, agent: User, ddets: Service, drajes: Service
) -> None:
    association = creer.association()
    page = f"/instruction/associations/{association.id}/saisir"
    client.connecter(agent)
    assert client.get(page).status_code == 404
    creer.dossier(ddets, association=association)
    assert client.get(page).status_code == 200
    assert client.soumettre({"service": str(drajes.id), "question": QUESTION}, action="/saisir").status_code == 200
    (demande,) = demandes(session, association_id=association.id)
    assert (demande.dossier_id, demande.demandeur_service_id) == (None, ddets.id)
    assert courriels(session) == [("avis_demandes", "drajes@example.org")]


def test_every_section_ticked_is_all_of_them_and_none_is_refused(
    client: ClientStrict, session: Session, agent: User, drajes: Service, dossier: Dossier
) -> None:
    client.connecter(agent)
    client.get(f"/instruction/dossiers/{dossier.reference}/avis/demander")
    envoi: dict[str, Any] = {"service": str(drajes.id), "question": QUESTION}
    assert client.soumettre({**envoi, "sections": []}, action="/avis/demander").status_code == 422
    assert "Cochez au moins" in client.texte()
    client.soumettre({**envoi, "sections": [une.value for une in SectionDemande]}, action="/avis/demander")
    assert demandes(session)[0].saisine.sections == []


def test_a_valid_avis_on_the_association_answers_at_once_and_nobody_is_written_to(
    session: Session, creer: Fabriques, par: Acteur, ddets: Service, drajes: Service
) -> None:
    association = creer.association()
    dossier = creer.dossier(ddets, association=association)
    demain = aujourdhui() + timedelta(days=1)
    valable = fabriques_avis.avis(session, association, creer.agent(drajes), valable_jusqu_au=demain)
    session.add(ServicePermis(avis_id=valable.id, service_id=ddets.id))
    session.commit()
    saisir(session, par, dossier, Consulte(service_id=drajes.id))
    (demande,) = demandes(session)
    assert demande.repondue_at is not None
    assert courriels(session) == []
    session.refresh(dossier)
    assert (dossier.avis_rendus, dossier.avis_demandes) == (1, 1)
