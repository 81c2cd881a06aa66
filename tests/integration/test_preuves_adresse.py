"""Before what commits an association, an address proved more than 12 hours ago is proved again, with nothing typed lost.

Commits are real here: what is counted stays counted.
"""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from integrations.courriel.dossier import BoiteDemonstration
from portal.app import create_app
from portal.config import Config
from portal.db import Fabrique
from portal.errors import PreuveAncienne
from portal.formats import maintenant
from portal.models.connexion import LienConnexion, SaisieParquee, SessionConnexion
from portal.models.envois import Courriel
from portal.models.journal import Evenement
from portal.permissions import may_be_usager
from portal.services import courriels
from portal.services.moyens import Moyens
from portal.web.access import access
from portal.web.preuves import require_recent_proof
from tests.client import ClientStrict
from tests.factories import Fabriques
from tests.integration.parcours_cer import connecter_signataire, lire_les_codes, preparer, saisir

VIEILLE = timedelta(hours=12, minutes=1)


@access(may_be_usager)
def _engager() -> ResponseReturnValue:
    require_recent_proof("/plan-du-site")
    return "fait"


@access(may_be_usager)
def _service_qui_engage() -> ResponseReturnValue:
    raise PreuveAncienne


@pytest.fixture
def fabrique(fabrique_reelle: Fabrique) -> Iterator[Fabrique]:
    """Commits are real in this module."""
    return fabrique_reelle


@pytest.fixture
def app(config: Config, moyens: Moyens) -> Flask:
    """The application, with two acts that need a fresh proof."""
    app = create_app(config, moyens=moyens)
    app.test_client_class = ClientStrict
    app.add_url_rule("/engager", view_func=_engager, methods=["GET", "POST"])
    app.add_url_rule("/engager-par-service", view_func=_service_qui_engage, methods=["POST"])
    return app


@pytest.fixture
def ancienne(client: ClientStrict, creer: Fabriques, session: Session) -> ClientStrict:
    """A browser whose address was proved more than 12 hours ago."""
    client.connecter(creer.usager())
    _vieillir(session)
    return client


def _vieillir(session: Session, age: timedelta = VIEILLE) -> None:
    session.execute(update(SessionConnexion).values(prouvee_at=maintenant() - age))
    session.commit()


def _code(moyens: Moyens) -> str:
    while courriels.send_due(moyens):
        pass
    assert isinstance(moyens.messagerie, BoiteDemonstration)
    return re.search(r"^([0-9]{6})$", moyens.messagerie.lister()[0].texte, re.MULTILINE)[1]


def _autre(code: str, rang: int = 1) -> str:
    return f"{(int(code) + rang) % 10**6:06}"


def _demander_le_code(client: ClientStrict) -> None:
    """From a page that asked for the proof."""
    assert "Confirmez votre adresse" in client.texte()
    client.soumettre()
    assert "Un code part à" in client.texte()


def test_a_fresh_proof_lets_the_act_through(client: ClientStrict, creer: Fabriques, session: Session) -> None:
    client.connecter(creer.usager())
    assert client.get("/engager").text == "fait"
    _vieillir(session, timedelta(hours=11, minutes=59))
    assert client.poster("/engager").text == "fait"


def test_an_old_proof_asks_for_a_code_then_comes_back_to_the_page(ancienne: ClientStrict, moyens: Moyens) -> None:
    ancienne.get("/engager?rang=2", follow_redirects=True)
    _demander_le_code(ancienne)
    retour = ancienne.soumettre({"code": _code(moyens)}, action=_action(ancienne), suivre=False)
    assert (retour.status_code, retour.headers["Location"]) == (303, "/engager?rang=2")
    assert ancienne.get("/engager").text == "fait"


def _action(client: ClientStrict) -> str:
    """The form of the code, among those of the page."""
    zone = client.arbre.iter("form")
    return next(f.get("action", "") for f in zone if "/preuve/code" in f.get("action", ""))


def test_what_was_typed_is_found_again_after_the_code_and_sent_by_one_button(
    ancienne: ClientStrict, moyens: Moyens, session: Session
) -> None:
    ancienne.poster("/engager", {"iban": "FR76 3000", "version": "2"}, follow_redirects=True)
    assert "Ce que vous avez saisi est conservé" in ancienne.texte()
    _demander_le_code(ancienne)
    ancienne.soumettre({"code": _code(moyens)}, action=_action(ancienne))
    assert "Reprendre votre saisie" in ancienne.texte()
    assert "FR76 3000" in ancienne.texte()
    assert ancienne.soumettre(action="/engager").text == "fait"


def test_a_button_alone_comes_back_to_the_page_that_the_view_names(
    ancienne: ClientStrict, moyens: Moyens, session: Session
) -> None:
    ancienne.poster("/engager", {"version": "2", "cle": "abc"}, follow_redirects=True)
    _demander_le_code(ancienne)
    retour = ancienne.soumettre({"code": _code(moyens)}, action=_action(ancienne), suivre=False)
    assert retour.headers["Location"] == "/plan-du-site"
    assert session.scalar(select(func.count()).select_from(SaisieParquee)) == 0


def test_a_button_that_htmx_presses_changes_page(ancienne: ClientStrict) -> None:
    reponse = ancienne.poster("/engager", headers={"HX-Request": "true"})
    assert reponse.status_code == 200
    assert reponse.headers["HX-Redirect"].startswith("/compte/preuve?suite=")


def test_a_service_that_finds_the_proof_too_old_leads_there_too(ancienne: ClientStrict) -> None:
    ancienne.poster("/engager-par-service", {"montant": "12"}, follow_redirects=True)
    assert ancienne.texte().count("Confirmez votre adresse")


def test_wrong_codes_are_counted_down_and_the_sixth_try_fails_even_right(
    ancienne: ClientStrict, moyens: Moyens, session: Session
) -> None:
    ancienne.get("/engager", follow_redirects=True)
    _demander_le_code(ancienne)
    juste = _code(moyens)
    suites = ["4 essais", "3 essais", "2 essais", "un seul essai", "c’était le dernier essai", "même juste"]
    for rang, suite in enumerate(suites):
        code = juste if rang == 5 else _autre(juste, rang + 1)
        assert ancienne.soumettre({"code": code}, action=_action(ancienne)).status_code == 422
        assert suite in ancienne.texte().replace("\u00a0", " ")
    ancienne.soumettre(action=_renvoi(ancienne))
    assert ancienne.soumettre({"code": _code(moyens)}, action=_action(ancienne), suivre=False).status_code == 303
    assert session.scalars(select(Evenement.action).order_by(Evenement.id.desc())).first() == "adresse_confirmee"


def _renvoi(client: ClientStrict) -> str:
    adresses = (f.get("action", "") for f in client.arbre.iter("form"))
    return next(a for a in adresses if a.startswith("/compte/preuve") and "/code" not in a)


def test_a_new_code_kills_the_former(ancienne: ClientStrict, moyens: Moyens) -> None:
    ancienne.get("/engager", follow_redirects=True)
    _demander_le_code(ancienne)
    premier = _code(moyens)
    ancienne.soumettre(action=_renvoi(ancienne))
    second = _code(moyens)
    if premier != second:
        assert ancienne.soumettre({"code": premier}, action=_action(ancienne)).status_code == 422
    assert ancienne.soumettre({"code": second}, action=_action(ancienne), suivre=False).status_code == 303


def test_the_code_is_worth_nothing_in_another_session(
    ancienne: ClientStrict, app: Flask, moyens: Moyens, session: Session
) -> None:
    ancienne.get("/engager", follow_redirects=True)
    _demander_le_code(ancienne)
    code = _code(moyens)
    autre = app.test_client()
    assert isinstance(autre, ClientStrict)
    autre.connecter(session.scalars(select(SessionConnexion)).one().user)
    assert autre.poster("/compte/preuve/code", {"code": code}).status_code == 422
    assert "Aucun code n’est attendu" in autre.texte()


def test_only_a_keyed_hash_of_the_code_is_kept(ancienne: ClientStrict, moyens: Moyens, session: Session) -> None:
    ancienne.get("/engager", follow_redirects=True)
    _demander_le_code(ancienne)
    code = _code(moyens)
    ligne = session.scalars(select(LienConnexion)).one()
    assert (ligne.secret_hash, len(ligne.code_hash or "")) == (None, 64)
    assert code not in str(session.scalars(select(Courriel)).one().donnees)


def test_the_sixth_code_in_an_hour_is_refused_with_a_reason(ancienne: ClientStrict, session: Session) -> None:
    for _ in range(5):
        assert ancienne.poster("/compte/preuve").status_code == 303
    assert ancienne.poster("/compte/preuve").status_code == 422
    assert "recommencez dans une heure" in ancienne.texte()
    assert session.scalar(select(func.count()).select_from(Courriel)) == 5


def test_a_proof_that_is_fresh_says_that_nothing_is_to_be_done(client: ClientStrict, creer: Fabriques) -> None:
    client.connecter(creer.usager())
    client.get("/compte/preuve")
    assert "Rien n’est à refaire" in client.texte()


def test_the_code_that_signs_the_cer_proves_the_address_too(
    client: ClientStrict, creer: Fabriques, session: Session, moyens: Moyens
) -> None:
    creer.texte_cer()
    association_id = connecter_signataire(client, creer)
    _vieillir(session)
    preparer(client, association_id)
    saisir(client, association_id, lire_les_codes(moyens)[0])
    assert client.get("/engager").text == "fait", "no second code"


def test_a_stranger_who_guesses_login_codes_takes_no_try_from_who_is_logged_in(
    ancienne: ClientStrict, app: Flask, moyens: Moyens, session: Session
) -> None:
    email = session.scalars(select(SessionConnexion)).one().user.email
    etranger = app.test_client()
    assert isinstance(etranger, ClientStrict)
    for _ in range(3):
        etranger.get("/connexion")
        etranger.soumettre({"email": email})
        for _ in range(5):
            etranger.poster("/connexion/courriel", {"code": "000000"})
    assert "Trop de codes" in etranger.texte()
    ancienne.get("/engager", follow_redirects=True)
    _demander_le_code(ancienne)
    assert ancienne.soumettre({"code": _code(moyens)}, action=_action(ancienne), suivre=False).status_code == 303
