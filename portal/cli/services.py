"""`portal services`: the services that instruct requests, to be created before any agent is invited."""

import click

from portal.cli.transaction import transaction
from portal.permissions import SYSTEME
from portal.services.agents import create_service
from portal.vocabulaire import TypeService


@click.group()
def services() -> None:
    """Services instructeurs."""


@services.command()
@click.argument("sigle")
@click.option("--nom", required=True, help="Nom complet, tel que les associations le liront.")
@click.option("--type", "genre", required=True, type=click.Choice([t.value for t in TypeService]))
@click.option("--territoire", default="", help="Département ou région.")
@click.option("--siret", default="")
@click.option("--adresse", default="", help="Adresse postale, imprimée sur les accusés de réception.")
@click.option("--email", default="", help="Adresse de contact, où arrivent les demandes d’avis.")
@click.option("--telephone", default="")
def creer(sigle: str, nom: str, genre: str, **coordonnees: str) -> None:
    """Crée le service SIGLE, par exemple « DDETS 69 »."""
    with transaction() as session:
        _, cree = create_service(session, by=SYSTEME, sigle=sigle, nom=nom, genre=TypeService(genre), **coordonnees)
    click.echo(
        f"Le service « {sigle} » est créé." if cree else f"Le service « {sigle} » existe déjà : rien n’a changé."
    )
