"""Fills databases of the sizes asked, and measures the pages of an agent on each."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import psycopg
from alembic import command
from flask.testing import FlaskClient
from sqlalchemy import text

from integrations.postgresql.ephemere import grappe_ephemere
from integrations.postgresql.grappe import Grappe
from portal.app import create_app
from portal.cli.base import config_alembic
from portal.cli.worker import conninfo
from portal.config import Config
from portal.db import make_engine, make_fabrique
from portal.models.connexion import User
from portal.services import connexion
from portal.services.moyens import Moyens, make_moyens
from tests.bench import fiche
from tests.bench.mesure import Banc, Mesure
from tests.bench.natif import make
from tests.bench.pages import AGENT, NATIF, SERVICE, list_pages
from tests.bench.remplissage import fill

Dire = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Resultat:
    """The measures of one size, with the CPU ms of the bare view."""

    dossiers: int
    nue: float
    pages: tuple[Mesure, ...]


def run(tailles: tuple[int, ...], *, tours: int, essais: int, dire: Dire) -> list[Resultat]:
    """One throwaway server, one database for each size; `tours` rounds of `essais` requests a page."""
    with grappe_ephemere() as grappe, tempfile.TemporaryDirectory() as dossier, ExitStack() as pile:
        urls = [prepare(grappe, taille, dire) for taille in tailles]
        bancs = [pile.enter_context(_banc(grappe, url, Path(dossier), essais)) for url in urls]
        dire(f"Mesure : {tours} tours de {essais} requêtes par page…")
        mesures = _mesurer(bancs, tours)
        return [
            Resultat(dossiers=taille, nue=banc.nue(), pages=tuple(pages))
            for taille, banc, pages in zip(tailles, bancs, mesures, strict=True)
        ]


def prepare(grappe: Grappe, taille: int, dire: Dire) -> str:
    """Address of a new database of so many dossiers."""
    dire(f"Remplissage : {taille} dossiers…")
    url = grappe.url(f"banc_{taille}")
    grappe.creer_base(f"banc_{taille}")
    command.upgrade(config_alembic(url), "head")
    fill(conninfo(url), taille)
    moteur = make_engine(url, reserve=1)
    fabrique = make_fabrique(moteur)
    make(fabrique, service_id=SERVICE, agent_id=AGENT, reference=NATIF)
    fiche.make(fabrique)
    with moteur.connect().execution_options(isolation_level="AUTOCOMMIT") as connexion:
        connexion.execute(text("VACUUM ANALYZE"))
    moteur.dispose()
    return url


def _mesurer(bancs: list[Banc], tours: int) -> list[list[Mesure]]:
    """The pages of each bench, the least of all rounds. Sizes take turns page by page, so that noise spares none."""
    pages = [list_pages(banc.temoin) for banc in bancs]
    mesures: list[list[Mesure]] = [[] for _ in bancs]
    for rang in range(len(pages[0])):
        passages = [
            [banc.page(*siennes[rang]) for banc, siennes in zip(bancs, pages, strict=True)] for _ in range(tours)
        ]
        for liste, essais in zip(mesures, zip(*passages, strict=True), strict=True):
            liste.append(reduce(Mesure.moindre, essais))
    return mesures


@contextmanager
def _banc(grappe: Grappe, url: str, dossier: Path, essais: int) -> Iterator[Banc]:
    config = Config(
        mode="demo",
        database_url=url,
        secret_key="secret-du-banc-" + "x" * 32,
        portal_url="http://portail.test",
        stockage_dossier=dossier / "fichiers",
        courriel_dossier=dossier / "courriels",
    )
    moteur = make_engine(url, reserve=1)
    moyens = make_moyens(config, fabrique=make_fabrique(moteur))
    app = create_app(config, moyens=moyens)
    client = app.test_client()
    log_in(client, moyens)
    postmaster = int((grappe.donnees / "postmaster.pid").read_text().split()[0])
    with psycopg.connect(conninfo(url), autocommit=True) as temoin:
        yield Banc(app=app, client=client, moteur=moteur, temoin=temoin, postmaster=postmaster, essais=essais)
    moteur.dispose()


def log_in(client: FlaskClient, moyens: Moyens) -> None:
    """As the agent of the bench."""
    with moyens.fabrique.begin() as session:
        secret = connexion.open_session(session, session.get_one(User, AGENT))
    with client.session_transaction() as cookie:
        cookie["_user_id"] = secret
        cookie["_fresh"] = True
