"""`portal ...`: the commands of whoever runs the portal."""

import click

from portal.cli.base import base


@click.group()
def main() -> None:
    """Portail des associations."""


for commande in (base,):
    main.add_command(commande)
