"""The code of the letter: for the page left open alone, five tries, one session whatever is claimed and how often.

Commits are real here: what is counted stays counted.
"""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from integrations.courriel.dossier import BoiteDemonstration
from portal.app import create_app
from portal.config import Config
from portal.db import Fabrique
from portal.formats import maintenant
from portal.models.connexion import LienConnexion, SessionConnexion
from portal.models.envois import Courriel
from portal.services import codes_connexion, courriels
from portal.services.connexion import reseau
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire import GenreUser
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.requetes import requetes

AWA = "awa@amis-du-canal.example"
PAGE = "/connexion/courriel"
JETONS = r'(csrf_token"[^>]* value="|X-CSRFToken"?: ?"|X-CSRFToken&#34;: ?&#34;)[^"&]+'


@pytest.fixture
def fabrique(fabrique_reelle: Fabrique) -> Iterator[Fabrique]:
    """Commits are real in this module."""
    return fabrique_reelle


def _demander(client: ClientStrict, email: str = AWA, espace: str = "/connexion") -> None:
    client.get(espace)
    client.soumettre({"email": email})


def _recevoir(moyens: Moyens) -> tuple[str, str]:
    """The link and the code of the last letter."""
    while courriels.send_due(moyens):
        pass
    assert isinstance(moyens.messagerie, BoiteDemonstration)
    texte = moyens.messagerie.lister()[0].texte
    lien = re.search(r"http://portail\.test(\S+/lien/\S+)", texte)[1]
    return lien, re.search(r"^([0-9]{6})$", texte, re.MULTILINE)[1]


def _autre(code: str, rang: int = 1) -> str:
    return f"{(int(code) + rang) % 10**6:06}"


def _essayer(client: ClientStrict, code: str, espace: str = "/connexion") -> int:
    client.get(f"{espace}/courriel")
    return client.soumettre({"code": code}, action=f"{espace}/courriel", suivre=False).status_code


def _lu(client: ClientStrict) -> str:
    return client.texte().replace("\u00a0", " ")


def _sessions(session: Session) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(SessionConnexion)) or 0


def _autre_navigateur(app: Flask) -> ClientStrict:
    autre = app.test_client()
    assert isinstance(autre, ClientStrict)
    return autre


def test_the_page_left_open_logs_in_by_the_code_of_the_letter(client: ClientStrict, moyens: Moyens) -> None:
    _demander(client)
    assert "Cela peut prendre quelques minutes" in client.texte()
    assert AWA in client.texte()
    _, code = _recevoir(moyens)
    client.get(PAGE)
    client.soumettre({"code": f" {code[:3]} {code[3:]} "}, action=PAGE)
    assert "Votre nom" in client.texte()
    assert client.get("/compte").status_code == 200


def test_the_code_goes_on_to_the_page_that_was_asked_for(
    client: ClientStrict, moyens: Moyens, creer: Fabriques
) -> None:
    email = creer.usager().email
    _demander(client, email, client.get("/saisies/").headers["Location"])
    _, code = _recevoir(moyens)
    client.get(PAGE)
    assert client.soumettre({"code": code}, action=PAGE, suivre=False).headers["Location"] == "/saisies/"


def test_the_code_is_worth_nothing_in_another_browser(
    client: ClientStrict, app: Flask, moyens: Moyens, session: Session
) -> None:
    _demander(client)
    _, code = _recevoir(moyens)
    autre = _autre_navigateur(app)
    assert autre.poster(PAGE, {"code": code}).status_code == 422
    assert "dans le navigateur qui a demandé le courriel" in autre.texte()
    _demander(autre, "marc@lire-ensemble.example")
    assert _essayer(autre, code) == 422
    assert _sessions(session) == 0
    assert _essayer(client, code) == 303


def test_a_code_of_one_namespace_opens_nothing_in_the_other(
    client: ClientStrict, moyens: Moyens, creer: Fabriques, session: Session
) -> None:
    agent = creer.agent()
    _demander(client, agent.email)
    _, code = _recevoir(moyens)
    assert client.poster("/agents/connexion/courriel", {"code": code}).status_code == 422
    assert _sessions(session) == 0


def test_five_wrong_tries_kill_the_code_and_a_letter_sent_again_brings_another(
    client: ClientStrict, moyens: Moyens, session: Session
) -> None:
    _demander(client)
    _, code = _recevoir(moyens)
    for rang, reste in enumerate(("4 essais", "3 essais", "2 essais", "un seul essai"), start=1):
        assert _essayer(client, _autre(code, rang)) == 422
        assert f"Il vous reste {reste}" in _lu(client)
    jeton = client.soumettre({"code": _autre(code, 5)}, action=PAGE, suivre=False)
    assert (jeton.status_code, "c’était le dernier essai" in _lu(client)) == (422, True)
    assert client.poster(PAGE, {"code": code}).status_code == 422
    assert "même juste" in _lu(client)
    client.soumettre(action="/renvoi")
    assert _essayer(client, _recevoir(moyens)[1]) == 303
    assert _sessions(session) == 1


def test_tries_are_limited_per_address_and_hour_whatever_the_number_of_letters(
    client: ClientStrict, moyens: Moyens
) -> None:
    tries = 0
    for _ in range(2):
        _demander(client)
        _, code = _recevoir(moyens)
        for rang in range(5):
            _essayer(client, _autre(code, rang + 1))
            tries += 1
    assert tries == codes_connexion.ESSAIS_PAR_HEURE
    _demander(client)
    lien, code = _recevoir(moyens)
    assert _essayer(client, code) == 422
    assert "Trop de codes" in client.texte()
    client.get(lien)
    assert client.soumettre(suivre=False).status_code == 303, "the link still opens"


def test_parallel_guesses_get_no_more_tries_than_five(
    client: ClientStrict, moyens: Moyens, config: Config, session: Session
) -> None:
    _demander(client)
    _, code = _recevoir(moyens)
    app = create_app(config, moyens=moyens)
    app.config["WTF_CSRF_ENABLED"] = False
    with client.session_transaction() as cookie:
        page = cookie["page_usager"]

    def deviner(rang: int) -> int:
        navigateur = app.test_client()
        with navigateur.session_transaction() as cookie:
            cookie["page_usager"] = page
        return navigateur.post(PAGE, data={"code": _autre(code, rang + 1)}).status_code

    with ThreadPoolExecutor(20) as fils:
        assert set(fils.map(deviner, range(20))) == {422}
    session.expire_all()
    assert session.scalars(select(LienConnexion.essais)).one() == codes_connexion.ESSAIS


@pytest.mark.parametrize("premier", ["lien", "code"])
def test_using_the_link_kills_the_code_and_the_code_the_link(
    client: ClientStrict, app: Flask, moyens: Moyens, session: Session, premier: str
) -> None:
    _demander(client)
    lien, code = _recevoir(moyens)
    autre = _autre_navigateur(app)
    if premier == "lien":
        autre.get(lien)
        autre.soumettre(suivre=False)
        assert client.poster(PAGE, {"code": code}).status_code == 422
    else:
        assert _essayer(client, code) == 303
        assert autre.get(lien).status_code == 410
        assert "Ce lien a déjà servi" in autre.texte()
        assert autre.poster(lien).status_code == 410
    assert _sessions(session) == 1


def test_of_many_claims_by_link_and_by_code_at_once_one_wins(config: Config, fabrique_reelle: Fabrique) -> None:
    moyens = make_moyens(config, fabrique=fabrique_reelle)
    app = create_app(config, moyens=moyens)
    app.config["WTF_CSRF_ENABLED"] = False
    demandeur = app.test_client()
    demandeur.post("/connexion", data={"email": AWA})
    lien, code = _recevoir(moyens)
    with demandeur.session_transaction() as cookie:
        page = cookie["page_usager"]

    def reclamer(rang: int) -> int:
        navigateur = app.test_client()
        if rang % 2:
            return navigateur.post(lien).status_code
        with navigateur.session_transaction() as cookie:
            cookie["page_usager"] = page
        return navigateur.post(PAGE, data={"code": code}).status_code

    with ThreadPoolExecutor(20) as fils:
        statuts = list(fils.map(reclamer, range(20)))
    assert statuts.count(303) == 1
    assert set(statuts) <= {303, 410, 422}
    with fabrique_reelle() as session:
        assert _sessions(session) == 1


def test_a_mail_scanner_that_opens_the_link_burns_neither_link_nor_code(
    client: ClientStrict, app: Flask, moyens: Moyens, session: Session
) -> None:
    _demander(client)
    lien, code = _recevoir(moyens)
    robot = _autre_navigateur(app)
    for _ in range(3):
        assert (robot.get(lien).status_code, robot.head(lien).status_code) == (200, 200)
    assert robot.post(lien).status_code == 400, "a POST needs the token of the page"
    ligne = session.scalars(select(LienConnexion)).one()
    assert (ligne.used_at, ligne.essais) == (None, 0)
    assert _essayer(client, code) == 303


def test_the_expired_code_says_so_and_offers_another_letter(
    client: ClientStrict, moyens: Moyens, session: Session
) -> None:
    _demander(client)
    _, code = _recevoir(moyens)
    session.scalars(select(LienConnexion)).one().expires_at = maintenant() - timedelta(seconds=1)
    session.commit()
    assert client.get(PAGE).status_code == 200
    assert "Le code envoyé ne sert plus" in client.texte()
    assert client.poster(PAGE, {"code": code}).status_code == 422
    client.soumettre(action="/renvoi")
    assert _essayer(client, _recevoir(moyens)[1]) == 303


def test_a_letter_sent_again_kills_the_former_and_says_so(client: ClientStrict, app: Flask, moyens: Moyens) -> None:
    _demander(client)
    premier_lien, premier_code = _recevoir(moyens)
    client.soumettre(action="/renvoi")
    assert "le lien et le code du précédent ne servent plus" in client.texte()
    second_lien, second_code = _recevoir(moyens)
    autre = _autre_navigateur(app)
    assert autre.get(premier_lien).status_code == 410
    assert "ouvrez le plus récent" in autre.texte()
    if premier_code != second_code:
        assert _essayer(client, premier_code) == 422
    assert autre.get(second_lien).status_code == 200
    assert _essayer(client, second_code) == 303


def test_sending_again_without_having_asked_asks_for_the_address(client: ClientStrict, session: Session) -> None:
    assert client.poster("/connexion/courriel/renvoi").status_code == 422
    assert "Indiquez de nouveau votre adresse" in client.texte()
    assert session.scalar(select(func.count()).select_from(Courriel)) == 0


def test_only_a_keyed_hash_of_the_code_is_kept_and_nothing_before_the_letter_leaves(
    client: ClientStrict, moyens: Moyens, session: Session, config: Config
) -> None:
    _demander(client)
    assert session.scalars(select(LienConnexion.code_hash)).one() is None
    _, code = _recevoir(moyens)
    session.expire_all()
    ligne = session.scalars(select(LienConnexion)).one()
    assert ligne.code_hash == codes_connexion.hash_code(config, ligne.id, code)
    assert ligne.page_hash is not None
    assert code not in str(session.scalars(select(Courriel)).one().donnees)


@pytest.mark.parametrize("espace", ["/connexion", "/agents/connexion"])
def test_known_unknown_and_disabled_addresses_get_the_same_answers_for_the_same_work(
    app: Flask, moyens: Moyens, creer: Fabriques, espace: str
) -> None:
    personne = creer.usager if espace == "/connexion" else creer.agent
    connu, ferme = personne().email, personne(disabled_at=maintenant()).email
    vus = [_parcours(_autre_navigateur(app), moyens, espace, e) for e in (connu, ferme, "nulle@part.example")]
    assert vus[0] == vus[1] == vus[2]


def _parcours(client: ClientStrict, moyens: Moyens, espace: str, email: str) -> list[tuple[int, str, int]]:
    """Status, body (address and tokens apart) and number of statements of each step: ask, wait, try a code, send again."""
    vus = []

    def noter(envoyer: object) -> None:
        assert callable(envoyer)
        with requetes() as ordres:
            reponse = envoyer()
        corps = re.sub(JETONS, "", reponse.text.replace(email, "EMAIL"))
        vus.append((reponse.status_code, corps, len(ordres)))

    client.get(espace)
    noter(lambda: client.soumettre({"email": email}, suivre=False))
    noter(lambda: client.get(f"{espace}/courriel"))
    while courriels.send_due(moyens):
        pass
    for _ in range(6):
        noter(lambda: client.poster(f"{espace}/courriel", {"code": "000000"}))
    client.get(f"{espace}/courriel")
    noter(lambda: client.soumettre(action="/renvoi", suivre=False))
    noter(lambda: client.get(f"{espace}/courriel"))
    return vus


def test_one_place_asks_thirty_letters_an_hour_whatever_the_addresses(client: ClientStrict, session: Session) -> None:
    client.get("/connexion")
    for rang in range(30):
        client.get("/connexion")
        assert client.soumettre({"email": f"personne{rang}@example.org"}, suivre=False).status_code == 303
    client.get("/agents/connexion")
    assert client.soumettre({"email": "encore@example.org"}).status_code == 422
    assert "recommencez dans une heure" in client.texte()
    assert session.scalar(select(func.count()).select_from(Courriel)) == 30
    ailleurs = {"REMOTE_ADDR": "203.0.113.9"}
    client.get("/connexion")
    jeton = {"csrf_token": _jeton(client), "email": "encore@example.org"}
    assert client.post("/connexion", data=jeton, environ_base=ailleurs).status_code == 303


def _jeton(client: ClientStrict) -> str:
    champs = (champ for champ in client.formulaire().iter("input") if champ.get("name") == "csrf_token")
    return next(champs).get("value", "")


@pytest.mark.parametrize(
    ("ip", "place"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_an_ipv6_subscriber_is_one_place(ip: str, place: str) -> None:
    assert reseau(ip) == place


def test_the_cookie_of_the_page_names_a_letter_that_was_used_no_more(
    client: ClientStrict, moyens: Moyens, session: Session
) -> None:
    _demander(client)
    ligne = session.scalars(select(LienConnexion)).one()
    assert (ligne.genre, ligne.used_at) == (GenreUser.USAGER, None)
    _, code = _recevoir(moyens)
    assert _essayer(client, code) == 303
    with client.session_transaction() as cookie:
        assert "page_usager" not in cookie


def test_whoever_receives_nothing_is_told_how_to_reach_us_otherwise(config: Config, fabrique: Fabrique) -> None:
    joignable = replace(config, contact_telephone="04 00 00 00 00")
    app = create_app(joignable, moyens=make_moyens(joignable, fabrique=fabrique))
    app.test_client_class = ClientStrict
    client = _autre_navigateur(app)
    client.get(PAGE)
    assert joignable.contact in client.texte()
    assert "ou appelez le 04 00 00 00 00" in client.texte()
