"""`portal ds replay`: read again what DS had sent, by the mappings in force, without asking DS."""

import click

from portal.cli.transaction import commande
from portal.services import rejeu
from portal.services.synchronisation.demarches import get_attached


@click.command()
@click.option("--demarche", "number", type=int, required=True, help="Numéro de la démarche.")
def replay(number: int) -> None:
    """Relit sans réseau les dossiers d’une démarche, selon ses correspondances."""
    with commande() as moyens:
        with moyens.fabrique() as session:
            demarche = get_attached(session, instance=moyens.instance_ds, number=number)
        run = rejeu.replay(moyens, demarche.id)
    click.echo(f"Démarche n°\u00a0{number}\u00a0: {run.lus}\u00a0dossier(s) relu(s), {run.changes} changé(s).")
