"""What the tests of access share: the small world, and a browser logged in as one of its roles."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import Connection, event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from portal.db import Fabrique
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
    """An answer and the tables' writes that it cost."""

    reponse: TestResponse
    ecritures: list[str]


@dataclass
class Visiteur:
    """Sends requests as a role; whatever each one changes is undone before the next."""

    app: Flask
    connexion: Connection
    monde: Monde

    def visiter(self, role: str, envoyer: Callable[[ClientStrict], TestResponse]) -> Visite:
        """A new browser, logged in as that role, sends one request."""
        with self._sans_suite():
            client = self.app.test_client()
            assert isinstance(client, ClientStrict)
            user = self.monde.roles[role]
            if user is not None:
                client.connecter(user)
            with self._ecritures() as ecritures:
                reponse = envoyer(client)
            return Visite(reponse, ecritures)

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
