"""A POST is all or nothing, a GET writes nothing, whatever a view does."""

import pytest
from flask import Flask, Response
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import Config
from portal.errors import Conflict
from portal.models.services import Service
from portal.permissions import may_be_anyone
from portal.services.moyens import Moyens
from portal.vocabulaire import TypeService
from portal.web import access
from portal.web.session import session as session_web


@pytest.fixture
def app(config: Config, moyens: Moyens) -> Flask:
    """The application with three views that write."""
    app = create_app(config, moyens=moyens)
    app.config["WTF_CSRF_ENABLED"] = False

    def ecrire() -> Response:
        session_web().add(Service(nom="Écrit", sigle="ECRIT", type=TypeService.DDETS))
        session_web().flush()
        return Response("fait", status=422)

    def ecrire_puis_refuser() -> Response:
        ecrire()
        raise Conflict("Quelqu’un d’autre a modifié ce service.")

    for nom, vue in (("ecrire", ecrire), ("refuser", ecrire_puis_refuser)):
        access.access(may_be_anyone)(vue)
        app.add_url_rule(f"/essai/{nom}", nom, vue, methods=["GET", "POST"])
    return app


def _ecrits(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Service).where(Service.sigle == "ECRIT")) or 0


def test_post_commits_when_its_view_returns_whatever_the_status(app: Flask, session: Session) -> None:
    assert app.test_client().post("/essai/ecrire").status_code == 422
    assert _ecrits(session) == 1


def test_post_rolls_back_when_its_view_raises(app: Flask, session: Session) -> None:
    assert app.test_client().post("/essai/refuser").status_code == 409
    assert _ecrits(session) == 0


def test_conflict_page_gives_the_typed_text_back(app: Flask) -> None:
    page = app.test_client().post("/essai/refuser", data={"texte": "Deux soirées de travail"}).text
    assert "Deux soirées de travail" in page


def test_get_cannot_write(app: Flask, session: Session) -> None:
    reponse = app.test_client().get("/essai/ecrire")
    assert reponse.status_code == 500
    assert _ecrits(session) == 0


def test_a_view_without_a_gate_stops_the_boot(app: Flask) -> None:
    app.add_url_rule("/essai/nue", "nue", lambda: "nue")
    with pytest.raises(RuntimeError, match="nue"):
        access.verify(app)
