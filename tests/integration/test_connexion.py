"""Magic links: two namespaces, one winner, neutral answers, clear sentences."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from integrations.courriel.dossier import BoiteDemonstration
from portal.app import create_app
from portal.config import Config
from portal.db import Fabrique
from portal.formats import maintenant
from portal.models.connexion import LienConnexion, SessionConnexion, User
from portal.models.envois import Courriel
from portal.models.journal import Evenement
from portal.models.services import Affectation
from portal.queries.connexion import hash_secret
from portal.services import courriels
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire import EtatEnvoi, GenreUser, RoleAffectation
from portal.web.connexion import signer_suite
from tests.client import ClientStrict
from tests.factories import Fabriques

AWA = "awa@amis-du-canal.example"


def _envoyer(moyens: Moyens) -> None:
    while courriels.send_due(moyens):
        pass


def _lettres(moyens: Moyens) -> list[str]:
    boite = moyens.messagerie
    assert isinstance(boite, BoiteDemonstration)
    return [lettre.texte for lettre in boite.lister()]


def _lien(texte: str) -> str:
    return re.search(r"http://portail\.test(\S+/lien/\S+)", texte)[1]


def _demander(client: ClientStrict, moyens: Moyens, email: str, *, page: str = "/connexion") -> str:
    """Ask for a link and return its path, as read in the mail."""
    client.get(page)
    assert client.soumettre({"email": email}).status_code == 200
    _envoyer(moyens)
    return _lien(_lettres(moyens)[0])


def test_newcomer_logs_in_by_the_link_and_says_her_name_once(
    client: ClientStrict, moyens: Moyens, session: Session
) -> None:
    lien = _demander(client, moyens, f"  {AWA.upper()} ")
    assert "Votre lien est valable" in client.get(lien).text
    client.soumettre()
    assert "Votre nom" in client.texte()
    client.soumettre({"prenom": " Awa ", "nom": "Diallo"}, suivre=False)
    user = session.scalars(select(User)).one()
    assert (user.genre, user.email, user.prenom, user.nom) == (GenreUser.USAGER, AWA, "Awa", "Diallo")
    client.get("/plan-du-site")
    assert "Awa Diallo" in client.texte()
    actions = session.scalars(select(Evenement.action).order_by(Evenement.id)).all()
    assert actions == ["compte_cree", "connexion_ouverte", "compte_nomme"]


def test_login_goes_on_to_the_page_that_was_asked_for(client: ClientStrict, moyens: Moyens, creer: Fabriques) -> None:
    usager = creer.usager()
    demande = client.get("/compte")
    assert demande.status_code == 303
    lien = _demander(client, moyens, usager.email, page=demande.headers["Location"])
    client.get(lien)
    assert client.soumettre(suivre=False).headers["Location"] == "/compte"


@pytest.mark.parametrize("suite", ["https://ailleurs.example/", "//ailleurs.example", "/compte"])
def test_an_unsigned_address_is_never_followed(
    client: ClientStrict, moyens: Moyens, creer: Fabriques, suite: str
) -> None:
    usager = creer.usager()
    lien = _demander(client, moyens, usager.email, page=f"/connexion?suite={suite}")
    client.get(lien)
    assert client.soumettre(suivre=False).headers["Location"] == "/"


def test_a_suite_too_long_to_keep_is_dropped_not_cut(app: Flask, client: ClientStrict, session: Session) -> None:
    with app.test_request_context():
        suite = signer_suite("/" + "a" * 400)
    client.get(f"/connexion?suite={suite}")
    client.soumettre({"email": AWA})
    assert session.scalars(select(LienConnexion)).one().suite == ""


def test_looking_at_the_link_uses_nothing(client: ClientStrict, moyens: Moyens, session: Session) -> None:
    lien = _demander(client, moyens, AWA)
    for _ in range(3):
        assert client.get(lien).status_code == 200
        assert client.head(lien).status_code == 200
    assert session.scalars(select(LienConnexion)).one().used_at is None


def test_a_used_link_says_so_and_offers_another(client: ClientStrict, moyens: Moyens, app: Flask) -> None:
    lien = _demander(client, moyens, AWA)
    client.get(lien)
    client.soumettre()
    autre = app.test_client()
    assert isinstance(autre, ClientStrict)
    reponse = autre.get(lien)
    assert reponse.status_code == 410
    assert "Ce lien a déjà servi" in autre.texte()
    assert 'href="/connexion"' in reponse.text
    reponse = autre.poster(lien)
    assert reponse.status_code == 410
    assert "Ce lien a déjà servi" in autre.texte()
    assert autre.get("/compte").status_code == 303


def test_a_link_pressed_twice_says_that_the_session_is_open_and_goes_on(client: ClientStrict, moyens: Moyens) -> None:
    lien = _demander(client, moyens, AWA)
    client.get(lien)
    client.soumettre()
    assert client.poster(lien).status_code == 410
    assert f"Vous êtes déjà connecté dans ce navigateur, avec l’adresse {AWA}." in client.texte()
    assert "Demander un autre lien" not in client.texte()


def test_an_expired_link_says_how_long_it_lasted(client: ClientStrict, moyens: Moyens, session: Session) -> None:
    lien = _demander(client, moyens, AWA)
    client.get(lien)
    session.scalars(select(LienConnexion)).one().expires_at = maintenant() - timedelta(seconds=1)
    session.commit()
    assert client.soumettre().status_code == 410
    assert "Ce lien a expiré" in client.texte()
    assert "60 minutes" in client.texte()
    assert session.scalar(select(func.count()).select_from(SessionConnexion)) == 0


def test_an_unknown_link_explains_what_may_have_happened(client: ClientStrict) -> None:
    assert client.get("/connexion/lien/nimporte-quoi").status_code == 410
    assert "L’adresse est peut-être coupée" in client.texte()


def test_only_the_hash_of_the_secret_is_kept(client: ClientStrict, moyens: Moyens, session: Session) -> None:
    client.get("/connexion")
    client.soumettre({"email": AWA})
    assert session.scalars(select(LienConnexion)).one().secret_hash is None
    _envoyer(moyens)
    secret = _lien(_lettres(moyens)[0]).rsplit("/", 1)[1]
    session.expire_all()
    assert session.scalars(select(LienConnexion)).one().secret_hash == hash_secret(secret)
    ligne = session.scalars(select(Courriel)).one()
    assert secret not in str(ligne.donnees)
    assert len(secret) == 43


def test_only_an_invited_agent_receives_a_link(
    client: ClientStrict, moyens: Moyens, creer: Fabriques, session: Session
) -> None:
    parti = creer.agent(disabled_at=maintenant())
    for email in ("personne@nulle-part.example", parti.email):
        client.get("/agents/connexion")
        client.soumettre({"email": email})
    _envoyer(moyens)
    assert _lettres(moyens) == []
    assert {c.etat for c in session.scalars(select(Courriel))} == {EtatEnvoi.REFUSE}


def test_agent_logs_in_for_her_service(client: ClientStrict, moyens: Moyens, creer: Fabriques) -> None:
    agent = creer.agent(creer.service("DDETS 69"))
    client.get(_demander(client, moyens, agent.email, page="/agents/connexion"))
    client.soumettre(suivre=False)
    client.get("/plan-du-site")
    assert "pour DDETS 69" in client.texte()


def test_link_of_a_usager_never_opens_the_agent_account_of_the_same_address(
    client: ClientStrict, moyens: Moyens, creer: Fabriques, session: Session
) -> None:
    agent = creer.agent(email=AWA)
    lien = _demander(client, moyens, AWA)
    assert lien.startswith("/connexion/lien/")
    assert client.get(f"/agents{lien}").status_code == 410
    assert client.poster(f"/agents{lien}").status_code == 410
    client.get(lien)
    client.soumettre()
    ouverte = session.scalars(select(SessionConnexion)).one()
    assert ouverte.user_id != agent.id
    assert ouverte.user.genre == GenreUser.USAGER


def test_a_disabled_account_stays_closed_even_with_a_valid_link(
    client: ClientStrict, moyens: Moyens, creer: Fabriques, session: Session
) -> None:
    usager = creer.usager()
    lien = _demander(client, moyens, usager.email)
    client.get(lien)
    usager.disabled_at = maintenant()
    session.commit()
    client.soumettre(suivre=False)
    assert session.scalar(select(func.count()).select_from(SessionConnexion)) == 0


def test_sixth_link_in_an_hour_is_refused_with_a_reason_and_others_still_get_theirs(
    client: ClientStrict, session: Session
) -> None:
    for _ in range(5):
        client.get("/connexion")
        assert client.soumettre({"email": AWA}, suivre=False).status_code == 303
    client.get("/connexion")
    assert client.soumettre({"email": AWA}).status_code == 422
    assert "recommencez dans une heure" in client.texte()
    assert session.scalar(select(func.count()).select_from(Courriel)) == 5
    client.get("/connexion")
    assert client.soumettre({"email": "marc@lire-ensemble.example"}, suivre=False).status_code == 303


@pytest.mark.parametrize(
    "email", ["", "awa", "awa@", "@example.org", "a b@example.org", "awa@example", "é@example.org"]
)
def test_unreadable_address_is_told_with_an_example(client: ClientStrict, email: str, session: Session) -> None:
    client.get("/connexion")
    assert client.soumettre({"email": email}).status_code == 422
    assert "Erreur" in client.texte()
    assert session.scalar(select(func.count()).select_from(LienConnexion)) == 0


def test_logout_ends_the_session_on_the_server(client: ClientStrict, creer: Fabriques, session: Session) -> None:
    client.connecter(creer.usager())
    client.get("/compte")
    with client.session_transaction() as cookie:
        secret = cookie["_user_id"]
    client.poster("/deconnexion")
    assert session.scalars(select(SessionConnexion)).one().ended_at is not None
    with client.session_transaction() as cookie:
        cookie["_user_id"] = secret
    assert client.get("/compte").status_code == 303


def test_switching_service_changes_the_rights_and_the_secret(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    ddets, drajes = creer.service("DDETS 69"), creer.service("DRAJES ARA")
    agent = creer.agent(ddets)
    autre = Affectation(user_id=agent.id, service_id=drajes.id, role=RoleAffectation.LECTEUR)
    session.add(autre)
    session.commit()
    client.connecter(agent)
    avant = session.scalars(select(SessionConnexion.secret_hash)).one()
    assert client.poster("/agents/service", {"affectation": autre.id}).status_code == 303
    client.get("/plan-du-site")
    assert "pour DRAJES ARA" in client.texte()
    ligne = session.scalars(select(SessionConnexion).execution_options(populate_existing=True)).one()
    assert ligne.affectation_id == autre.id
    assert ligne.secret_hash != avant
    assert session.scalars(select(Evenement.action).order_by(Evenement.id.desc())).first() == "service_change"


def test_an_agent_who_has_no_service_any_more_reads_why_and_what_to_do(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    agent = creer.agent(creer.service("DDETS 69"))
    client.connecter(agent)
    client.get("/")
    assert "Ce qui vous attend" in client.texte()
    agent.affectations[0].ended_at = maintenant()
    session.commit()
    assert client.get("/").status_code == 200
    assert "aucun service" in client.texte()
    assert "inviter de nouveau" in client.texte()
    assert "Dossiers à instruire" not in client.texte(), "no link that would be refused"
    for adresse in ("/instruction/dossiers", "/instruction/dossiers/P-2026-000001/decider"):
        assert client.get(adresse).status_code == 403
        assert "aucun service" in client.texte()


@pytest.mark.parametrize("valeur", ["", "abc", "0", "99999999999999999999"])
def test_switching_to_a_service_that_is_not_ones_own_is_not_found(
    client: ClientStrict, creer: Fabriques, valeur: str
) -> None:
    client.connecter(creer.agent())
    assert client.poster("/agents/service", {"affectation": valeur}).status_code == 404


def test_switching_to_an_affectation_of_somebody_else_is_not_found(
    client: ClientStrict, creer: Fabriques, session: Session
) -> None:
    creer.agent(creer.service("AUTRE"))
    etranger = session.scalars(select(Affectation.id)).one()
    client.connecter(creer.agent())
    assert client.poster("/agents/service", {"affectation": etranger}).status_code == 404


def test_of_fifty_simultaneous_claims_one_wins(config: Config, fabrique_reelle: Fabrique, tmp_path: Path) -> None:
    moyens = make_moyens(config, fabrique=fabrique_reelle)
    with fabrique_reelle.begin() as session:
        session.add(
            LienConnexion(
                genre=GenreUser.USAGER,
                email=AWA,
                secret_hash=hash_secret("secret"),
                expires_at=maintenant() + timedelta(minutes=5),
            )
        )
    app = create_app(config, moyens=moyens)
    app.config["WTF_CSRF_ENABLED"] = False

    def reclamer(_rang: int) -> int:
        return app.test_client().post("/connexion/lien/secret").status_code

    with ThreadPoolExecutor(50) as fils:
        statuts = list(fils.map(reclamer, range(50)))
    assert (statuts.count(303), statuts.count(410)) == (1, 49)
    with fabrique_reelle() as session:
        assert session.scalar(select(func.count()).select_from(SessionConnexion)) == 1
        assert session.scalar(select(func.count()).select_from(User)) == 1


def test_two_links_of_one_newcomer_claimed_together_make_one_account(config: Config, fabrique_reelle: Fabrique) -> None:
    with fabrique_reelle.begin() as session:
        for rang in range(10):
            session.add(
                LienConnexion(
                    genre=GenreUser.USAGER,
                    email=AWA,
                    secret_hash=hash_secret(f"secret{rang}"),
                    expires_at=maintenant() + timedelta(minutes=5),
                )
            )
    app = create_app(config, moyens=make_moyens(config, fabrique=fabrique_reelle))
    app.config["WTF_CSRF_ENABLED"] = False
    with ThreadPoolExecutor(10) as fils:
        statuts = set(
            fils.map(lambda rang: app.test_client().post(f"/connexion/lien/secret{rang}").status_code, range(10))
        )
    assert statuts == {303}
    with fabrique_reelle() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 1
