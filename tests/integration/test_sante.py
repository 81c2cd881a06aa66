"""The probes tell the truth."""

from sqlalchemy import text

from tests.client import ClientStrict


def test_portal_is_ready_when_the_schema_is_the_one_of_the_code(client: ClientStrict) -> None:
    reponse = client.get("/readyz")
    assert reponse.status_code == 200
    assert reponse.json == {"etat": "pret", "defauts": []}


def test_portal_waits_when_the_schema_is_older(client: ClientStrict, session) -> None:
    session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    session.commit()
    reponse = client.get("/readyz")
    assert reponse.status_code == 503
    assert "portal base migrer" in reponse.json["defauts"][0]


def test_process_answers_without_the_database(client: ClientStrict) -> None:
    assert client.get("/healthz").status_code == 200
