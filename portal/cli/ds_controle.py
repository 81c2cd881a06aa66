"""`portal ds check`: is the exchange with Démarches Simplifiées in order?"""

import click

from portal.cli.transaction import commande
from portal.services import verification_ds
from portal.services.synchronisation.passage import get_ds

MARQUES = {True: "bon   ", False: "ÉCART ", None: "?     "}


@click.command()
def check() -> None:
    """Éprouve l’adresse, le jeton et l’interface de Démarches Simplifiées. Code de sortie 1 au moindre écart."""
    ecarts = 0
    with commande() as moyens:
        config = moyens.config
        for constat in verification_ds.check(get_ds(moyens), demarches=config.ds_demarches, sdl=config.ds_schema):
            click.echo(MARQUES[constat.bon] + constat.phrase)
            ecarts += constat.bon is False
    if ecarts:
        raise SystemExit(1)
    click.echo("Tout est en ordre.")
