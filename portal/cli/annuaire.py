"""`portal annuaire`: the simulator of the two registers of associations."""

import click

from integrations.annuaire import simulateur
from portal.cli.francais import Refus


@click.group()
def annuaire() -> None:
    """Annuaires des associations."""


@annuaire.command()
@click.option("--port", type=click.IntRange(1, 65535), required=True, help="Port d’écoute sur cette machine.")
def simuler(port: int) -> None:
    """Sert un annuaire d’associations inventées jusqu’à Ctrl-C."""
    click.echo(f"Simulateur des annuaires : http://127.0.0.1:{port}")
    try:
        simulateur.servir(port)
    except OSError as erreur:
        raise Refus(f"Le port {port} ne peut pas servir : choisissez-en un autre avec --port.") from erreur
