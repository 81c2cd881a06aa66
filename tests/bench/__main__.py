"""`python -m tests.bench`: what the pages of an agent cost, on throwaway databases of 10,000 then 300,000 dossiers."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import click
import structlog

from portal.web.journaux import configurer
from tests.bench import associations, cahier, classeurs, exports, recoupements, travaux
from tests.bench.campagne import run
from tests.bench.rapport import lines
from tests.bench.synchronisation import pulls, tell

TAILLES = (10_000, 300_000)
PETITE = (2_000,)
TOURS, ESSAIS = 6, 10
TIRAGES, PETITS_TIRAGES, TOURS_DE_TIRAGE = (500, 5_000), (100,), 3


def _cahier(_petit: bool) -> Iterable[str]:
    return cahier.tell(cahier.measure(click.echo))


def _associations(petit: bool) -> Iterable[str]:
    return associations.tell(associations.measure(click.echo, associations.PETIT if petit else associations.NOMBRE))


def _recoupements(petit: bool) -> Iterable[str]:
    base, suivies = (PETITE[0], 5) if petit else (recoupements.BASE, recoupements.ASSOCIATIONS)
    return recoupements.tell(recoupements.measure(click.echo, base=base, associations=suivies))


def _classeurs(petit: bool) -> Iterable[str]:
    return classeurs.tell(classeurs.measure(click.echo, classeurs.PETIT if petit else classeurs.LIGNES))


def _exports(petit: bool) -> Iterable[str]:
    return exports.tell(exports.measure(click.echo, exports.PETIT if petit else exports.LIGNES))


def _travaux(petit: bool) -> Iterable[str]:
    return travaux.tell(*travaux.measure(click.echo, *(travaux.PETIT if petit else ())))


# Each may be run alone, on little data or all; all but the first are run with the pages.
SEULS: dict[str, Callable[[bool], Iterable[str]]] = {
    "cahier": _cahier,
    "associations": _associations,
    "recoupements": _recoupements,
    "classeurs": _classeurs,
    "exports": _exports,
    "travaux": _travaux,
}


@click.command()
@click.option("--petit", is_flag=True, help="Une base de 2 000 dossiers seulement, pour vérifier le banc lui-même.")
@click.option("--tours", default=TOURS, show_default=True, help="Tours de mesure, dont le moindre est gardé.")
@click.option("--essais", default=ESSAIS, show_default=True, help="Requêtes mesurées par page et par tour.")
@click.option("--cahier", "seul", flag_value="cahier", help="Le cahier de commission de 500 dossiers, et rien d’autre.")
@click.option(
    "--associations",
    "seul",
    flag_value="associations",
    help="Trouver une association parmi 1,5 million, et rien d’autre.",
)
@click.option(
    "--recoupements",
    "seul",
    flag_value="recoupements",
    help="Ce que coûtent les recoupements d’un dossier, et rien d’autre.",
)
@click.option(
    "--classeurs", "seul", flag_value="classeurs", help="La lecture d’un classeur de 100 000 lignes, et rien d’autre."
)
@click.option(
    "--exports", "seul", flag_value="exports", help="L’écriture d’un export de 100 000 lignes, et rien d’autre."
)
@click.option(
    "--travaux", "seul", flag_value="travaux", help="Un import, un export, les pages pendant ce temps, et rien d’autre."
)
def bench(*, petit: bool, tours: int, essais: int, seul: str | None) -> None:
    """Mesure les pages d’un agent, la lecture de DS, la recherche, les recoupements et les classeurs."""
    configurer()
    with Path(os.devnull).open("w") as oubli:  # logs are written as in production, and nobody reads them
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(oubli))
        noms = [seul] if seul else [nom for nom in SEULS if nom != "cahier"]
        rapports = [list(SEULS[nom](petit)) for nom in noms]
        if not seul:
            rapports = [*_pages(petit=petit, tours=tours, essais=essais), *rapports]
    click.echo("\n\n".join("\n".join(rapport) for rapport in rapports))


def _pages(*, petit: bool, tours: int, essais: int) -> list[list[str]]:
    resultats = run(PETITE if petit else TAILLES, tours=tours, essais=essais, dire=click.echo)
    tirages = pulls(PETITS_TIRAGES if petit else TIRAGES, tours=1 if petit else TOURS_DE_TIRAGE, dire=click.echo)
    return [list(lines(resultats)), list(tell(tirages))]


if __name__ == "__main__":
    bench()
