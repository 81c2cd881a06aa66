"""`portal worker`: takes jobs from the queue until it is told to stop."""

import click
import psycopg
from procrastinate import PsycopgConnector
from sqlalchemy.engine import make_url

from portal.config import Config
from portal.jobs.application import app, brancher
from portal.services.moyens import make_moyens
from portal.services.ramasse_miettes import spare_collector
from portal.web.journaux import configurer

DELAI_REQUETE_MS = 150_000


def conninfo(url: str) -> str:
    """A psycopg connection string from an SQLAlchemy URL."""
    lue = make_url(url)
    parties = {
        "host": lue.host,
        "port": lue.port,
        "user": lue.username,
        "password": lue.password,
        "dbname": lue.database,
    }
    parties.update({nom: str(valeur) for nom, valeur in lue.query.items()})
    return psycopg.conninfo.make_conninfo(**{nom: str(valeur) for nom, valeur in parties.items() if valeur})


@click.command()
@click.option("--concurrence", default=2, show_default=True, help="Nombre de travaux menés à la fois.")
def worker(concurrence: int) -> None:
    """Fait les travaux en attente : courriels, documents, échanges avec Démarches Simplifiées."""
    config = Config.from_env()
    configurer()
    spare_collector()
    brancher(make_moyens(config, delai_requete_ms=DELAI_REQUETE_MS))
    connecteur = PsycopgConnector(conninfo=conninfo(config.database_url))
    with app.replace_connector(connecteur) as application:
        application.run_worker(concurrency=concurrence, delete_jobs="successful")
