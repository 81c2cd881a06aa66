"""Fills databases of the sizes asked, and measures the pages of an agent on each."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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


def run(tailles: tuple[int, ...], *, essais: int, dire: Dire) -> list[Resultat]:
    """One throwaway server, one database for each size; `essais` requests a page."""
    with grappe_ephemere() as grappe, tempfile.TemporaryDirectory() as dossier:
        return [_taille(grappe, Path(dossier), taille, essais=essais, dire=dire) for taille in tailles]


def _taille(grappe: Grappe, dossier: Path, taille: int, *, essais: int, dire: Dire) -> Resultat:
    base = f"banc_{taille}"
    grappe.creer_base(base)
    command.upgrade(config_alembic(grappe.url(base)), "head")
    dire(f"Remplissage : {taille} dossiers…")
    fill(conninfo(grappe.url(base)), taille)
    with _banc(grappe, grappe.url(base), dossier, essais) as banc:
        dire(f"Mesure : {essais} requêtes par page…")
        pages = tuple(banc.page(nom, adresse) for nom, adresse in _pages(banc.temoin))
        return Resultat(dossiers=taille, nue=banc.nue(), pages=pages)


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
