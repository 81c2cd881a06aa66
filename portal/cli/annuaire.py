"""`portal annuaire`: the simulator of the two registers of associations."""

import click

from integrations.annuaire import simulateur


@click.group()
def annuaire() -> None:
    """Annuaires des associations."""


@annuaire.command()
@click.option("--port", type=click.IntRange(1, 65535), required=True, help="Port d’écoute sur cette machine.")
def simuler(port: int) -> None:
    """Sert un annuaire d’associations inventées jusqu’à Ctrl-C."""
    click.echo(f"Simulateur des annuaires : http://127.0.0.1:{port}")
    simulateur.servir(port)
