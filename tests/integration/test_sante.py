"""The probes tell the truth."""

from dataclasses import replace

from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import Config
from portal.services.moyens import Moyens
from tests.client import ClientStrict


def test_portal_is_ready_when_the_schema_is_the_one_of_the_code(client: ClientStrict) -> None:
    reponse = client.get("/readyz")
    assert reponse.status_code == 200
    assert reponse.json == {"etat": "pret", "defauts": [], "avis": []}


def test_portal_waits_when_the_schema_is_older(client: ClientStrict, session: Session) -> None:
    session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    session.commit()
    reponse = client.get("/readyz")
    assert reponse.status_code == 503
    assert "portal base migrer" in reponse.json["defauts"][0]


def test_portal_asks_for_the_migrations_when_the_database_is_empty(client: ClientStrict, session: Session) -> None:
    session.execute(text("ALTER TABLE alembic_version RENAME TO autre"))
    session.commit()
    reponse = client.get("/readyz")
    assert reponse.status_code == 503
    assert "portal base migrer" in reponse.json["defauts"][0]


def test_a_page_asked_while_the_demonstration_is_being_prepared_says_to_come_back(
    client: ClientStrict, session: Session
) -> None:
    session.execute(text("ALTER TABLE alembic_version RENAME TO autre"))
    session.execute(text('ALTER TABLE "user" RENAME TO personne'))
    session.commit()
    reponse = client.get("/demo/")
    assert reponse.status_code == 503
    assert "La démonstration se prépare" in reponse.text
    assert reponse.headers["Retry-After"] == "30"


def test_a_broken_statement_on_the_right_schema_stays_an_error_of_ours(client: ClientStrict, session: Session) -> None:
    session.execute(text('ALTER TABLE "user" RENAME TO personne'))
    session.commit()
    assert client.get("/demo/").status_code == 500


def test_process_answers_without_the_database(client: ClientStrict) -> None:
    assert client.get("/healthz").status_code == 200


def test_another_host_than_that_of_the_portal_is_refused_in_one_sentence(config: Config, moyens: Moyens) -> None:
    ouvert = create_app(replace(config, mode="production", portal_url="https://portail.test"), moyens=moyens)
    client = ouvert.test_client()
    assert client.get("/healthz", base_url="https://portail.test").status_code == 200
    refus = client.get("/healthz", base_url="https://autre.test")
    assert refus.status_code == 400
    assert "PORTAL_URL" in refus.text
