"""What the portal writes in its logs: one JSON line per event on the standard error, and nothing that people have typed."""

import io
import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask import Flask, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import Config
from portal.models.services import Service
from portal.permissions import may_be_anyone
from portal.services.moyens import Moyens
from portal.vocabulaire import TypeService
from portal.web import access
from portal.web.journaux import configurer
from portal.web.session import session as session_web
from tests.client import ClientStrict

CANARI = "CANARI-SAISI-3301"


@pytest.fixture
def journaux(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What goes to the standard error, with logs as in production."""
    erreurs = io.StringIO()
    with monkeypatch.context() as temps:
        temps.setattr(sys, "stderr", erreurs)
        configurer()
    yield erreurs
    structlog.reset_defaults()


@pytest.fixture
def app(config: Config, moyens: Moyens) -> Flask:
    """An application of this test's own: one of them adds a view."""
    app = create_app(config, moyens=moyens)
    app.test_client_class = ClientStrict
    return app


def lignes(journaux: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(ligne) for ligne in journaux.getvalue().splitlines()]


def trop_long() -> Service:
    """A row that PostgreSQL refuses, and whose value an error would quote."""
    return Service(nom=CANARI, sigle=CANARI * 10, type=TypeService.DDETS)


def test_each_request_is_one_line_of_json_on_the_standard_error(journaux: io.StringIO, client: ClientStrict) -> None:
    client.get("/healthz")
    (ligne,) = lignes(journaux)
    assert (ligne["event"], ligne["vue"], ligne["statut"]) == ("requete", "sante.vivant", 200)


def test_an_unforeseen_error_is_logged_by_its_place_and_quotes_no_value(journaux: io.StringIO, app: Flask) -> None:
    def vue_fautive() -> Response:
        session_web().add(trop_long())
        session_web().flush()
        return Response("fait")

    access.access(may_be_anyone)(vue_fautive)
    app.config["WTF_CSRF_ENABLED"] = False
    app.add_url_rule("/essai", "essai", vue_fautive, methods=["POST"])
    assert app.test_client().post("/essai").status_code == 500
    faute = next(ligne for ligne in lignes(journaux) if ligne["event"] == "erreur_imprevue")
    assert faute["genre"] == "DataError"
    assert any("vue_fautive" in lieu for lieu in faute["lieux"])
    assert CANARI not in json.dumps(faute)


def test_an_error_of_the_database_quotes_no_parameter(session: Session) -> None:
    session.add(trop_long())
    with pytest.raises(DBAPIError) as erreur:
        session.flush()
    assert CANARI not in str(erreur.value)
