"""What the tests of access share: the small world, and browsers logged in as each of its roles."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.db import Fabrique
from portal.models.experts import Expert
from portal.services.moyens import Moyens
from tests.architecture.monde import Createur, Monde
from tests.client import ClientStrict
from tests.factories import Fabriques

ECRITURES = ("INSERT", "UPDATE", "DELETE", "MERGE")


@pytest.fixture
def monde(session: Session, moyens: Moyens, creer: Fabriques) -> Monde:
    """One person of each role, one object of each kind."""
    return Createur(session, moyens.stockage, creer).peupler()


@dataclass
class Visite:
    """An answer and the writes to tables that it cost."""

    reponse: TestResponse
    ecritures: list[str]


@dataclass
class Visiteur:
    """Sends requests as a role, each from a new browser; whatever one changes is undone before the next."""

    app: Flask
    connexion: Connection
    monde: Monde
    cookies: dict[str, tuple[str, str]] = field(default_factory=dict)

    def get(self, role: str, adresse: str, **options: Any) -> Visite:
        """GET."""
        return self._envoyer(role, adresse, method="GET", **options)

    def post(
        self, role: str, adresse: str, *, jeton: str | None = None, method: str = "POST", **options: Any
    ) -> Visite:
        """An empty form with a right CSRF token (or with `jeton`)."""
        donnees = {"csrf_token": self.jeton(role) if jeton is None else jeton}
        return self._envoyer(role, adresse, method=method, data=donnees, **options)

    def jeton(self, role: str) -> str:
        """The CSRF token of that role's session."""
        return self._session(role)[1]

    def _envoyer(self, role: str, adresse: str, **options: Any) -> Visite:
        client = self.app.test_client()
        client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self._session(role)[0])
        with self._sans_suite(), self._ecritures() as ecritures:
            return Visite(client.open(adresse, **options), ecritures)

    def _session(self, role: str) -> tuple[str, str]:
        """Cookie and CSRF token of a browser logged in as that role."""
        if role not in self.cookies:
            client = self.app.test_client()
            assert isinstance(client, ClientStrict)
            qui = self.monde.roles[role]
            if isinstance(qui, Expert):
                client.connecter_expert(qui)
            elif qui is not None:
                client.connecter(qui)
            client.get("/plan-du-site")
            jeton = json.loads(next(client.arbre.iter("body")).get("hx-headers", ""))["X-CSRFToken"]
            cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
            assert cookie is not None
            self.cookies[role] = cookie.value, jeton
        return self.cookies[role]

    @contextmanager
    def _sans_suite(self) -> Iterator[None]:
        point = self.connexion.begin_nested()
        try:
            yield
        finally:
            point.rollback()

    @contextmanager
    def _ecritures(self) -> Iterator[list[str]]:
        notes: list[str] = []

        def noter(_connexion: object, _curseur: object, ordre: str, *_reste: object) -> None:
            if ordre.lstrip().upper().startswith(ECRITURES):
                notes.append(ordre)

        event.listen(self.connexion, "before_cursor_execute", noter)
        try:
            yield notes
        finally:
            event.remove(self.connexion, "before_cursor_execute", noter)


@pytest.fixture
def visiteur(app: Flask, fabrique: Fabrique, monde: Monde) -> Visiteur:
    """Who goes everywhere."""
    return Visiteur(app, fabrique.kw["bind"], monde)
