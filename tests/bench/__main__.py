"""`python -m tests.bench`: what the pages of an agent cost, on throwaway databases of 10,000 then 300,000 dossiers."""

import os
from pathlib import Path

import click
import structlog

from portal.web.journaux import configurer
from tests.bench.campagne import run
from tests.bench.rapport import lines
from tests.bench.synchronisation import pulls, tell

TAILLES = (10_000, 300_000)
PETITE = (2_000,)
TOURS, ESSAIS = 6, 10
TIRAGES, PETITS_TIRAGES, TOURS_DE_TIRAGE = (500, 5_000), (100,), 3


@click.command()
@click.option("--petit", is_flag=True, help="Une base de 2 000 dossiers seulement, pour vérifier le banc lui-même.")
@click.option("--tours", default=TOURS, show_default=True, help="Tours de mesure, dont le moindre est gardé.")
@click.option("--essais", default=ESSAIS, show_default=True, help="Requêtes mesurées par page et par tour.")
def bench(*, petit: bool, tours: int, essais: int) -> None:
    """Mesure la file, ses filtres, la recherche, une page lointaine et un dossier, puis la lecture de DS."""
    configurer()
    with Path(os.devnull).open("w") as oubli:  # logs are written as in production, and nobody reads them
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(oubli))
        resultats = run(PETITE if petit else TAILLES, tours=tours, essais=essais, dire=click.echo)
        tirages = pulls(PETITS_TIRAGES if petit else TIRAGES, tours=1 if petit else TOURS_DE_TIRAGE, dire=click.echo)
    for ligne in (*lines(resultats), "", *tell(tirages)):
        click.echo(ligne)


if __name__ == "__main__":
    bench()
