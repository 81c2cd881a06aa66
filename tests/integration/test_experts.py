"""An expert opens what is asked of him by a mailed link: one browser, a code in the others, and nothing else of the portal."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.config import Config
from portal.formats import maintenant
from portal.models.avis import DemandeAvis
from portal.models.connexion import User
from portal.models.experts import Expert, LienExpert, SessionExpert
from portal.permissions import SYSTEME
from portal.queries.connexion import hash_secret
from portal.services import connexion, entretien, experts, liens_experts
from portal.services.moyens import Moyens
from portal.vocabulaire_avis import ClotureAvis
from tests import fabriques_avis
from tests.client import ClientStrict
from tests.fabriques_experts import Boite, ouvrir
from tests.factories import Fabriques


@pytest.fixture
def boite(moyens: Moyens, config: Config) -> Boite:
    return Boite(moyens, config)


@pytest.fixture
def demandeur(creer: Fabriques) -> User:
    return creer.agent(creer.service("DRAJES"))


@pytest.fixture
def expert(session: Session) -> Expert:
    return fabriques_avis.expert(session, "noe@universite.test")


@pytest.fixture
def demande(session: Session, creer: Fabriques, demandeur: User, expert: Expert) -> DemandeAvis:
    """An avis asked of the expert on a dossier, whose letter is owed."""
    dossier = creer.dossier(demandeur.affectations[0].service, intitule="Berges en fête")
    une = fabriques_avis.demande(session, dossier, expert, demandeur, question="Le lieu est-il sûr ?")
    liens_experts.invite(session, by=SYSTEME, saisine=une.saisine, expert=expert)
    session.commit()
    return une


@pytest.fixture
def autre(app: Flask) -> ClientStrict:
    """Another browser."""
    client = app.test_client()
    assert isinstance(client, ClientStrict)
    return client


def test_the_letter_gives_question_service_object_and_a_link_that_no_table_holds(
    session: Session, boite: Boite, demande: DemandeAvis
) -> None:
    texte = boite.dernier()
    assert "Le lieu est-il sûr ?" in texte
    assert "Berges en fête" in texte
    secret = boite.lien().rpartition("/")[2]
    assert session.scalars(select(LienExpert.secret_hash)).all() == [hash_secret(secret)]


def test_looking_at_the_link_opens_nothing_and_the_button_does(
    client: ClientStrict, session: Session, boite: Boite, demande: DemandeAvis
) -> None:
    chemin = boite.lien()
    for _scanner in range(3):
        assert client.get(chemin).status_code == 200
    assert session.scalar(select(func.count()).select_from(SessionExpert)) == 0
    assert client.get("/experts/avis/").status_code == 303

    ouvrir(client, chemin)
    assert "Berges en fête" in client.texte()
    assert "Noé Lafarge" in client.texte()
    assert client.get(f"/experts/avis/{demande.id}").status_code == 200


def test_a_second_browser_must_give_a_code_and_the_first_stays_open(
    client: ClientStrict, autre: ClientStrict, boite: Boite, demande: DemandeAvis
) -> None:
    chemin = boite.lien()
    ouvrir(client, chemin)

    assert "autre navigateur" in autre.get(chemin).text
    assert "autre navigateur" in autre.poster(chemin).text
    assert autre.get("/experts/avis/").status_code == 303

    autre.get(chemin)
    autre.soumettre(action="/code/envoi")
    assert "noe@universite.test" not in autre.texte()
    assert autre.soumettre({"code": boite.code()}, action="/code").status_code == 200
    assert "Avis qui vous sont demandés" in autre.texte()
    assert client.get("/experts/avis/").status_code == 200
    assert client.get(chemin).status_code == 200
    assert "autre navigateur, un code vous sera" in client.texte()


def test_a_code_opens_once_and_for_a_quarter_of_an_hour(
    client: ClientStrict, autre: ClientStrict, app: Flask, session: Session, boite: Boite, demande: DemandeAvis
) -> None:
    chemin = boite.lien()
    ouvrir(client, chemin)
    autre.get(chemin)
    autre.soumettre(action="/code/envoi")
    code = boite.code()
    session.execute(update(LienExpert).values(code_expire_at=maintenant()))
    session.commit()
    assert autre.soumettre({"code": code}, action="/code").status_code == 422

    autre.soumettre(action="/code/envoi")
    code = boite.code()
    assert autre.soumettre({"code": code}, action="/code").status_code == 200
    troisieme = app.test_client()
    assert isinstance(troisieme, ClientStrict)
    troisieme.get(chemin)
    assert troisieme.soumettre({"code": code}, action="/code").status_code == 422


def test_codes_and_links_are_not_mailed_without_end(
    client: ClientStrict, autre: ClientStrict, boite: Boite, demande: DemandeAvis
) -> None:
    chemin = boite.lien()
    ouvrir(client, chemin)
    autre.get(chemin)
    statuts = [autre.soumettre(action="/code/envoi").status_code for _ in range(6)]
    assert statuts == [200] * 5 + [422]
    assert "Trop de codes" in autre.texte()
    autre.get("/experts/acces")
    statuts = [autre.soumettre({"email": "noe@universite.test"}).status_code for _ in range(6)]
    assert statuts == [200] * 5 + [422]


def test_a_lost_link_is_asked_again_in_the_same_words_whoever_asks(
    client: ClientStrict, boite: Boite, demande: DemandeAvis
) -> None:
    boite.dernier()
    textes = []
    for adresse in ("inconnue@example.org", "noe@universite.test"):
        client.get("/experts/acces")
        assert client.soumettre({"email": adresse}).status_code == 200
        textes.append(client.texte())
    assert textes[0] == textes[1]
    assert boite.nombre() == 2
    ouvrir(client, boite.lien())


def test_revoked_between_the_page_and_the_button_nothing_opens(
    client: ClientStrict, session: Session, boite: Boite, demande: DemandeAvis
) -> None:
    chemin = boite.lien()
    client.get(chemin)
    liens_experts.revoke(session, by=SYSTEME, saisine_id=demande.saisine_id, expert_id=demande.expert_id or 0)
    session.commit()
    assert client.soumettre().status_code == 410
    assert client.get("/experts/avis/").status_code == 303


def test_revoked_while_open_the_next_click_is_refused(
    client: ClientStrict, session: Session, boite: Boite, demande: DemandeAvis
) -> None:
    ouvrir(client, boite.lien())
    page = f"/experts/avis/{demande.id}"
    assert client.get(page).status_code == 200
    liens_experts.revoke(session, by=SYSTEME, saisine_id=demande.saisine_id, expert_id=demande.expert_id or 0)
    session.commit()
    assert client.get(page).status_code == 303
    assert client.get(page, follow_redirects=True).status_code == 200
    assert "nouveau lien" in client.texte()


def test_a_link_that_has_expired_or_was_never_made_says_the_same(
    client: ClientStrict, session: Session, boite: Boite, demande: DemandeAvis
) -> None:
    chemin = boite.lien()
    ouvrir(client, chemin)
    session.execute(update(LienExpert).values(expires_at=maintenant()))
    session.commit()
    assert client.get("/experts/avis/").status_code == 303
    assert client.get(chemin).status_code == 410
    expire = client.texte()
    assert client.get("/experts/lien/jamais-fait").status_code == 410
    assert client.texte() == expire


def test_a_link_lives_thirty_days_from_the_moment_it_leaves(
    session: Session, boite: Boite, demande: DemandeAvis
) -> None:
    boite.dernier()
    duree = session.scalars(select(LienExpert.expires_at)).one() - maintenant()
    assert timedelta(days=29, hours=23) < duree <= timedelta(days=30)


def test_a_reminder_bears_a_new_link_and_the_former_keeps_working(
    client: ClientStrict, autre: ClientStrict, session: Session, boite: Boite, demande: DemandeAvis, expert: Expert
) -> None:
    premier = boite.lien()
    liens_experts.invite(session, by=SYSTEME, saisine=demande.saisine, expert=expert, rappel=True)
    session.commit()
    assert "attend toujours" in boite.dernier()
    assert boite.lien() != premier
    ouvrir(client, premier)
    ouvrir(autre, boite.lien())


def test_a_reminder_counts_what_others_expect_of_the_same_person(
    session: Session, creer: Fabriques, boite: Boite, demande: DemandeAvis, expert: Expert
) -> None:
    ailleurs = creer.agent()
    dossier = creer.dossier(ailleurs.affectations[0].service, intitule="Autre chose")
    fabriques_avis.demande(session, dossier, expert, ailleurs)
    assert "autre, à lire sur la page" not in boite.dernier()
    liens_experts.invite(session, by=SYSTEME, saisine=demande.saisine, expert=expert, rappel=True)
    session.commit()
    assert "et 1 autre, à lire sur la page" in boite.dernier()
    assert "Autre chose" not in boite.dernier()


def test_a_letter_does_not_leave_once_nothing_is_asked_any_more(
    session: Session, boite: Boite, demande: DemandeAvis
) -> None:
    demande.close_at, demande.cloture = maintenant(), ClotureAvis.REVOQUEE
    session.commit()
    assert boite.nombre() == 0


def test_what_is_closed_or_asked_of_somebody_else_does_not_exist(
    client: ClientStrict, session: Session, creer: Fabriques, boite: Boite, demande: DemandeAvis, demandeur: User
) -> None:
    dossier = creer.dossier(demandeur.affectations[0].service)
    d_un_autre = fabriques_avis.demande(session, dossier, fabriques_avis.expert(session), demandeur)
    ouvrir(client, boite.lien())
    assert client.get(f"/experts/avis/{d_un_autre.id}").status_code == 404
    demande.close_at, demande.cloture = maintenant(), ClotureAvis.REVOQUEE
    session.commit()
    assert client.get(f"/experts/avis/{demande.id}").status_code == 404
    client.get("/experts/avis/")
    assert "Aucun avis n’est attendu de vous" in client.texte()


def test_an_agent_keeps_his_session_beside_the_expert_s_and_each_page_says_who_acts(
    client: ClientStrict, boite: Boite, demande: DemandeAvis, demandeur: User
) -> None:
    client.connecter(demandeur)
    chemin = boite.lien()
    client.get(chemin)
    assert "cette session reste ouverte" in client.texte()
    ouvrir(client, chemin)
    assert "Vous répondez comme Noé Lafarge" in client.texte()
    assert client.get("/instruction/dossiers").status_code == 200
    assert "Noé Lafarge" not in client.texte()

    client.get("/experts/avis/")
    client.poster("/experts/fermeture")
    assert client.get("/experts/avis/").status_code == 403
    assert client.get("/instruction/dossiers").status_code == 200


def test_opening_a_link_forgets_what_the_browser_held_before(
    client: ClientStrict, boite: Boite, demande: DemandeAvis
) -> None:
    with client.session_transaction() as cookie:
        cookie["posee_par_un_autre"] = "x"
        cookie["csrf_token"] = "a" * 40
    client.get(boite.lien())
    client.soumettre(suivre=False)
    with client.session_transaction() as cookie:
        assert "posee_par_un_autre" not in cookie
        assert cookie.get("csrf_token") != "a" * 40
        assert cookie.permanent


def test_an_account_that_logs_in_forgets_the_expert(
    client: ClientStrict, session: Session, boite: Boite, demande: DemandeAvis
) -> None:
    ouvrir(client, boite.lien())
    client.get("/connexion")
    client.soumettre({"email": "camille@example.org"})
    trouve = re.search(r"http://portail\.test(/connexion/lien/\S+)", boite.dernier())
    assert trouve
    client.get(trouve[1])
    client.soumettre()
    assert client.get("/experts/avis/").status_code == 403


def test_the_session_lasts_twelve_hours_or_as_long_as_the_link_on_one_s_own_device(
    client: ClientStrict, autre: ClientStrict, session: Session, boite: Boite, demande: DemandeAvis
) -> None:
    chemin = boite.lien()
    client.get(chemin)
    client.soumettre({"durable": "y"})
    ouverte = session.scalars(select(SessionExpert)).one()
    assert ouverte.expires_at == session.scalars(select(LienExpert.expires_at)).one()
    autre.get(chemin)
    autre.soumettre(action="/code/envoi")
    autre.soumettre({"code": boite.code()}, action="/code")
    courte = session.scalars(select(SessionExpert).order_by(SessionExpert.id.desc()).limit(1)).one()
    assert courte.expires_at - maintenant() <= timedelta(hours=12)


def test_what_has_ended_is_forgotten_the_day_after_and_what_works_is_kept(
    client: ClientStrict, session: Session, boite: Boite, demande: DemandeAvis, expert: Expert
) -> None:
    ouvrir(client, boite.lien())
    premier = session.scalars(select(LienExpert)).one()
    liens_experts.invite(session, by=SYSTEME, saisine=demande.saisine, expert=expert, rappel=True)
    premier.expires_at = maintenant() - timedelta(days=2)
    session.commit()
    entretien.purge(session)
    session.commit()
    assert session.scalars(select(SessionExpert)).all() == []
    restant = session.scalars(select(LienExpert)).one()
    assert restant.id != premier.id
    ouvrir(client, boite.lien())


def test_an_expert_is_one_person_whoever_asks(session: Session) -> None:
    un = experts.find_or_add(session, email="noe@universite.test", nom="", organisme="Université")
    meme = experts.find_or_add(session, email="noe@universite.test", nom="Noé Lafarge", organisme="Autre")
    assert un.id == meme.id
    assert (meme.nom, meme.organisme) == ("Noé Lafarge", "Université")


def test_no_log_line_holds_the_secret_of_a_link(
    client: ClientStrict, boite: Boite, demande: DemandeAvis, capsys: pytest.CaptureFixture[str]
) -> None:
    chemin = boite.lien()
    capsys.readouterr()
    ouvrir(client, chemin)
    client.get(f"{chemin}/inconnu")
    ecrit = "".join(capsys.readouterr())
    assert "experts.ouvrir_lien" in ecrit
    assert chemin.rpartition("/")[2] not in ecrit


def test_the_account_of_an_agent_of_that_address_opens_nothing_of_the_expert(
    client: ClientStrict, session: Session, creer: Fabriques, demande: DemandeAvis
) -> None:
    meme_adresse = creer.usager(email="noe@universite.test")
    assert connexion.open_session(session, meme_adresse)
    client.connecter(meme_adresse)
    assert client.get(f"/experts/avis/{demande.id}").status_code == 403
