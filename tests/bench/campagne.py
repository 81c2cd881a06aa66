"""Fills databases of the sizes asked, and measures the pages of an agent on each."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from alembic import command
from flask.testing import FlaskClient

from integrations.postgresql.ephemere import grappe_ephemere
from integrations.postgresql.grappe import Grappe
from portal.app import create_app
from portal.cli.base import config_alembic
from portal.cli.worker import conninfo
from portal.config import Config
from portal.db import make_engine, make_fabrique
from portal.models.connexion import User
from portal.queries.filtres_dossiers import Curseur
from portal.services import connexion
from portal.services.moyens import Moyens, make_moyens
from tests.bench.mesure import Banc, Mesure
from tests.bench.remplissage import DEMARCHES_PAR_SERVICE, MOT_COURANT, MOT_RARE, fill

FILE = "/instruction/dossiers"
AGENT = 1
SERVICE = 1
PAR_PAGE = 50
PAGE_LOINTAINE = 40
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
        urls = [_remplir(grappe, taille, dire) for taille in tailles]
        bancs = [pile.enter_context(_banc(grappe, url, Path(dossier), essais)) for url in urls]
        dire(f"Mesure : {tours} tours de {essais} requêtes par page…")
        mesures = _mesurer(bancs, tours)
        return [
            Resultat(dossiers=taille, nue=banc.nue(), pages=tuple(pages))
            for taille, banc, pages in zip(tailles, bancs, mesures, strict=True)
        ]


def _remplir(grappe: Grappe, taille: int, dire: Dire) -> str:
    dire(f"Remplissage : {taille} dossiers…")
    url = grappe.url(f"banc_{taille}")
    grappe.creer_base(f"banc_{taille}")
    command.upgrade(config_alembic(url), "head")
    fill(conninfo(url), taille)
    return url


def _mesurer(bancs: list[Banc], tours: int) -> list[list[Mesure]]:
    """The pages of each bench, the least of all rounds. Sizes take turns page by page, so that noise spares none."""
    pages = [_pages(banc.temoin) for banc in bancs]
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
    _connecter(client, moyens)
    postmaster = int((grappe.donnees / "postmaster.pid").read_text().split()[0])
    with psycopg.connect(conninfo(url), autocommit=True) as temoin:
        yield Banc(app=app, client=client, moteur=moteur, temoin=temoin, postmaster=postmaster, essais=essais)
    moteur.dispose()


def _connecter(client: FlaskClient, moyens: Moyens) -> None:
    with moyens.fabrique.begin() as session:
        secret = connexion.open_session(session, session.get_one(User, AGENT))
    with client.session_transaction() as cookie:
        cookie["_user_id"] = secret
        cookie["_fresh"] = True


def _pages(temoin: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """The pages that an agent opens all day, by name and address."""
    return [
        ("file", FILE),
        ("file, en instruction", _adresse(etat="en_instruction")),
        ("file, accordés", _adresse(etat="accepte")),
        ("file, une démarche", _adresse(demarche=str(DEMARCHES_PAR_SERVICE))),
        ("file, source DS", _adresse(source="ds")),
        ("recherche, mot rare", _adresse(q=MOT_RARE)),
        ("recherche, mot courant", _adresse(q=MOT_COURANT)),
        ("recherche, sans résultat", _adresse(q="introuvable")),
        (f"file, page {PAGE_LOINTAINE}", _adresse(page=_page_lointaine(temoin))),
        ("dossier", f"{FILE}/{_dossier_ds(temoin)}"),
    ]


def _adresse(**criteres: str) -> str:
    return f"{FILE}?{urlencode(criteres)}"


def _page_lointaine(temoin: psycopg.Connection[Any]) -> str:
    """The cursor of page 40, or of the last full page of a small queue."""
    places = temoin.execute(
        "SELECT date_depot, dossier_id FROM acces_dossier WHERE service_id = %s ORDER BY date_depot DESC, dossier_id DESC",
        (SERVICE,),
    ).fetchall()
    rang = min(PAR_PAGE * (PAGE_LOINTAINE - 1), len(places) - PAR_PAGE) - 1
    return Curseur(date_depot=places[rang][0], dossier_id=places[rang][1]).texte()


def _dossier_ds(temoin: psycopg.Connection[Any]) -> str:
    """A dossier of DS, 56 champs, with an avis given by another service."""
    ligne = temoin.execute(
        "SELECT reference FROM dossier WHERE service_id = %s AND source = 'ds' AND avis_rendus = 1 ORDER BY id DESC LIMIT 1",
        (SERVICE,),
    ).fetchone()
    assert ligne is not None
    return str(ligne[0])
