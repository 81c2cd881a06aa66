"""`portal territoires`: the reference table of quartiers prioritaires, communes, intercommunalités and départements."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from portal.cli.francais import Refus
from portal.cli.transaction import transaction
from portal.formats import nombre_fr
from portal.permissions import SYSTEME
from portal.services.territoires import load
from portal.vocabulaire_demandes import GenreTerritoire

COLONNES = ("code", "nom", "departement")


@click.group()
def territoires() -> None:
    """Territoires des projets : QPV, communes, intercommunalités, départements."""


@territoires.command()
@click.argument("fichier", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--genre", required=True, type=click.Choice([str(genre) for genre in GenreTerritoire]), help="Genre.")
@click.option("--generation", default="", help="Des quartiers prioritaires : 2015 ou 2024.")
def charger(fichier: Path, genre: str, generation: str) -> None:
    """Ajoute ou corrige les territoires de FICHIER (CSV en UTF-8, colonnes code;nom;departement)."""
    if bool(generation) != (genre == GenreTerritoire.QPV):
        raise Refus(
            "Les quartiers prioritaires, et eux seuls, ont une génération : --generation 2024. Rien n’a changé."
        )
    try:
        with fichier.open(encoding="utf-8-sig", newline="") as flux, transaction() as session:
            lignes = read_lines(flux)
            bilan = load(session, by=SYSTEME, genre=GenreTerritoire(genre), lignes=lignes, generation=generation)
    except UnicodeDecodeError as faute:
        raise Refus(
            "Ce fichier n’est pas en UTF-8. Enregistrez-le en UTF-8, puis recommencez. Rien n’a changé."
        ) from faute
    except csv.Error as faute:
        raise Refus(f"Ce fichier n’est pas un CSV lisible ({faute}). Rien n’a changé.") from faute
    click.echo(
        f"{nombre_fr(bilan.ajoutes)} ajoutés, {nombre_fr(bilan.modifies)} corrigés, "
        f"{nombre_fr(bilan.inchanges)} inchangés, {nombre_fr(bilan.ecartees)} lignes écartées."
    )
    for phrase in bilan.fautes:
        click.echo(f"  {phrase}")
    if bilan.ecartees > len(bilan.fautes):
        click.echo(f"  et {nombre_fr(bilan.ecartees - len(bilan.fautes))} autres.")


def read_lines(flux: Iterator[str]) -> Iterator[tuple[int, Mapping[str, str | None]]]:
    """(number, columns) of each line, as it is read. Raises Refus when a column is missing."""
    lecteur = csv.DictReader(flux, delimiter=";")
    absentes = [nom for nom in COLONNES if nom not in (lecteur.fieldnames or ())]
    if absentes:
        raise Refus(f"Il manque des colonnes : {', '.join(absentes)}. Attendu : {';'.join(COLONNES)}. Rien n’a changé.")
    for ligne in lecteur:
        yield lecteur.line_num, ligne
