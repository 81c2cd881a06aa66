"""One throwaway PostgreSQL per run, a migrated template database, a savepoint per test."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from flask import Flask
from hypothesis import settings
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

from integrations.annuaire import simulateur as simulateur_annuaire
from integrations.cachet import trousseau
from integrations.postgresql.ephemere import grappe_ephemere
from integrations.postgresql.grappe import Grappe
from portal.app import create_app
from portal.cli.base import config_alembic
from portal.config import Config
from portal.db import Fabrique, make_engine, make_fabrique
from portal.services.moyens import Moyens, make_moyens
from tests.client import ClientStrict
from tests.factories import Fabriques

# The suite says the same of the same code each time; `pytest --hypothesis-profile=default` looks elsewhere at each run.
settings.register_profile("suite", derandomize=True)
settings.load_profile("suite")

MODELE = "modele"
APPLICATIONS: dict[tuple[object, ...], Flask] = {}
MOT_DE_PASSE_DU_CACHET = "mot-de-passe-des-tests"


@pytest.fixture(scope="session")
def grappe() -> Iterator[Grappe]:
    """The PostgreSQL server of this run (of this xdist worker)."""
    with grappe_ephemere() as serveur:
        serveur.creer_base(MODELE)
        command.upgrade(config_alembic(serveur.url(MODELE)), "head")
        yield serveur


@pytest.fixture(scope="session")
def base_partagee(grappe: Grappe) -> Iterator[Engine]:
    """A database where nothing is ever committed: each test lives in a transaction of its own."""
    grappe.creer_base("partagee", modele=MODELE)
    moteur = make_engine(grappe.url("partagee"))
    yield moteur
    moteur.dispose()


@pytest.fixture
def fabrique(base_partagee: Engine) -> Iterator[Fabrique]:
    """Sessions whose commits are savepoints of one transaction, rolled back after the test."""
    with base_partagee.connect() as connexion:
        transaction = connexion.begin()
        yield sessionmaker(bind=connexion, expire_on_commit=False, join_transaction_mode="create_savepoint")
        transaction.rollback()


@pytest.fixture
def base_reelle(grappe: Grappe, request: pytest.FixtureRequest) -> Iterator[str]:
    """URL of a database of this test alone, where commits are real: for races, workers and kill -9."""
    nom = f"reelle_{abs(hash(request.node.nodeid)) % 10**10}"
    grappe.creer_base(nom, modele=MODELE)
    yield grappe.url(nom)
    administration = create_engine(grappe.url("postgres"), isolation_level="AUTOCOMMIT")
    with administration.connect() as connexion:
        connexion.exec_driver_sql(f'DROP DATABASE "{nom}" WITH (FORCE)')
    administration.dispose()


@pytest.fixture
def fabrique_reelle(base_reelle: str) -> Iterator[Fabrique]:
    """Sessions on the real database of this test, patient with locks: a slow machine is no fault of a race."""
    moteur = make_engine(base_reelle, reserve=30, delai_requete_ms=60_000, delai_verrou_ms=60_000)
    yield make_fabrique(moteur)
    moteur.dispose()


@pytest.fixture(scope="session")
def annuaire() -> Iterator[simulateur_annuaire.Simulateur]:
    """The simulator of the two registers."""
    with simulateur_annuaire.demarrer() as simulateur:
        yield simulateur


@pytest.fixture(scope="session")
def cle_du_cachet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key that seals during this run (PKCS#12)."""
    chemin = tmp_path_factory.mktemp("cachet") / "cachet.p12"
    trousseau.enregistrer(chemin, trousseau.creer("Portail des tests", MOT_DE_PASSE_DU_CACHET))
    return chemin


@pytest.fixture
def config(tmp_path: Path, annuaire: simulateur_annuaire.Simulateur, cle_du_cachet: Path) -> Config:
    """A demonstration configuration that talks to nobody but the simulators."""
    annuaire.panne = False
    return Config(
        mode="demo",
        database_url="",
        secret_key="secret-des-tests-" + "x" * 32,
        portal_url="http://portail.test",
        stockage_dossier=tmp_path / "fichiers",
        courriel_dossier=tmp_path / "courriels",
        cachet_p12=cle_du_cachet,
        cachet_p12_mot_de_passe=MOT_DE_PASSE_DU_CACHET,
        annuaire_url=annuaire.url,
        annuaire_rna_url=annuaire.url,
        annuaire_rna_token="jeton-des-tests",
        ds_attente_ambigue=1.0,
    )


@pytest.fixture
def moyens(config: Config, fabrique: Fabrique) -> Moyens:
    """The means of the application under test."""
    return make_moyens(config, fabrique=fabrique)


@pytest.fixture
def app(config: Config, moyens: Moyens) -> Flask:
    """The application, CSRF on: made once for each kind of configuration, and given the means of this test.

    A test that changes it makes its own.
    """
    genre = (config.mode, config.relais, config.secret_key, config.portal_url)
    app = APPLICATIONS.get(genre) or create_app(config, moyens=moyens)
    app.extensions["moyens"], app.test_client_class = moyens, ClientStrict
    return APPLICATIONS.setdefault(genre, app)


@pytest.fixture
def client(app: Flask) -> ClientStrict:
    """A browser that nobody has logged in yet."""
    navigateur = app.test_client()
    assert isinstance(navigateur, ClientStrict)
    return navigateur


@pytest.fixture
def session(fabrique: Fabrique) -> Iterator[Session]:
    """A session to prepare and to check."""
    with fabrique() as ouverte:
        yield ouverte


@pytest.fixture
def creer(session: Session) -> Fabriques:
    """Factories with traits named by the domain."""
    return Fabriques(session)


def pytest_configure() -> None:
    """Tests never read the configuration of the machine they run on."""
    for nom in ("DATABASE_URL", "PORTAL_MODE", "SECRET_KEY", "PORTAL_URL"):
        os.environ.pop(nom, None)
