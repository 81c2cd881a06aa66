"""Goes everywhere that a role may go in the small world, and brings back what was answered, byte by byte."""

import random
import re
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from portal.db import Base, Fabrique
from portal.vocabulaire_file import Onglet, TriFile
from portal.vocabulaire_instruction import EtatDesAvis
from tests.architecture.acces import Cellule, cells, table
from tests.architecture.conftest import Visite, Visiteur

# Of an answer: another session of the same person, or another instant, would change them.
EN_TETES_DU_MOMENT = frozenset({"Set-Cookie", "Date"})
FRAGMENT = {"HX-Request": "true"}
FILE = "/instruction/dossiers"
SUITES_DE_LA_FILE = (
    *(f"?onglet={un}" for un in Onglet),
    *(f"?tri={un}&sens={sens}" for un in TriFile for sens in ("croissant", "decroissant")),
    *(f"?avis={un}" for un in EtatDesAvis),
)
Reponse = tuple[int, tuple[tuple[str, str], ...], bytes]


@dataclass
class Parcours(Visiteur):
    """A visitor that reads no page for faults, and in whose world chance gives the same at each request.

    `comme`: for a role of its own, the role of the access table that has the same gates and objects.
    """

    comme: dict[str, str] = field(default_factory=dict)
    hasard: random.Random = field(default_factory=random.Random)

    def pages(self, role: str) -> Iterator[str]:
        """Each address that the access table opens to that role by GET, and the queue under each tab, order and filter."""
        porte = self.comme.get(role, role)
        ouvertes = (un for un in cells(self.app, "GET") if un.entre(porte) and un.voit(porte))
        yield from dict.fromkeys(self._adresse(un) for un in ouvertes)
        if porte in table()["portes"]["may_be_agent"]:
            yield from (f"{FILE}{suite}" for suite in SUITES_DE_LA_FILE)

    def _adresse(self, cellule: Cellule) -> str:
        return cellule.adresse(self.app.url_map, self.monde)

    def lire_et_dependre(self, role: str, adresse: str, tables: Collection[str]) -> tuple[Reponse, bool]:
        """What that role is answered, and whether some statement of it read one of these tables."""
        ordres: list[str] = []

        def noter(_connexion: object, _curseur: object, ordre: str, *_reste: object) -> None:
            ordres.append(ordre)

        event.listen(self.connexion, "before_cursor_execute", noter)
        try:
            reponse = self.lire(role, adresse)
        finally:
            event.remove(self.connexion, "before_cursor_execute", noter)
        nomme = re.compile(rf"\b({'|'.join(sorted(tables))})\b")
        return reponse, any(nomme.search(ordre) for ordre in ordres)

    def lire(self, role: str, adresse: str, **options: Any) -> Reponse:
        """What that role is answered."""
        reponse = self.get(role, adresse, **options).reponse
        en_tetes = tuple(sorted((nom, valeur) for nom, valeur in reponse.headers if nom not in EN_TETES_DU_MOMENT))
        return reponse.status_code, en_tetes, reponse.data

    def connaitre(self, *roles: str) -> None:
        """Log each in before the worlds part, so that their sessions are the same in both."""
        for role in roles:
            self._session(role)

    def _envoyer(self, role: str, adresse: str, **options: Any) -> Visite:
        client: FlaskClient = FlaskClient(self.app, self.app.response_class)
        client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], self._session(role)[0])
        self.hasard.seed(0)
        with self._sans_suite():
            return Visite(client.open(adresse, **options), [])


def sans_hasard(parcours: Parcours, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nonces and keys are drawn from the visitor's own chance."""
    monkeypatch.setattr(secrets, "token_bytes", lambda nombre=32: parcours.hasard.randbytes(nombre or 32))


@contextmanager
def univers(fabrique: Fabrique, compteurs: dict[str, tuple[int, bool]]) -> Iterator[Session]:
    """What happens inside leaves nothing, and new rows take the same numbers each time."""
    point = fabrique.kw["bind"].begin_nested()
    try:
        with fabrique() as session:
            for nom, (dernier, servi) in compteurs.items():
                avancer = text("SELECT setval(:nom, :dernier, :servi)")
                session.execute(avancer, {"nom": nom, "dernier": dernier, "servi": servi})
            yield session
    finally:
        point.rollback()


def sequences(session: Session) -> dict[str, tuple[int, bool]]:
    """Where each counter of the database stands."""
    lues = session.execute(text("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"))
    return {f'"{nom}"': (dernier or 1, dernier is not None) for nom, dernier in lues}


def contenus(session: Session) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    return {
        nom: sorted(str(tuple(ligne)) for ligne in session.execute(select(table)))
        for nom, table in Base.metadata.tables.items()
    }
