"""When the database is down, a page says so in French and the process goes on."""

from flask import Flask
from sqlalchemy.orm import sessionmaker

from portal.app import create_app
from portal.config import Config
from portal.db import make_engine
from portal.services.moyens import make_moyens
from tests.client import ClientStrict


def _sans_base(config: Config) -> Flask:
    moteur = make_engine("postgresql+psycopg://portail@127.0.0.1:1/portail?connect_timeout=2")
    return create_app(config, moyens=make_moyens(config, fabrique=sessionmaker(bind=moteur)))


def test_a_page_that_needs_the_database_is_a_503_in_french(config: Config) -> None:
    client = _sans_base(config).test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "secret"
    reponse = client.get("/")
    assert reponse.status_code == 503
    assert "quelques minutes" in reponse.text
    assert client.get("/healthz").status_code == 200


def test_a_nul_character_is_refused_clearly(client: ClientStrict) -> None:
    client.get("/connexion")
    reponse = client.soumettre({"email": "lea\x00@exemple.org\x1b"})
    assert reponse.status_code == 400
    assert "lea@exemple.org" in reponse.text, "what was typed is given back, without what no page can hold"
    assert client.get("/connexion?suite=%00").status_code == 400
