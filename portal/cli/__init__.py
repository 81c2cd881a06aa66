"""`portal ...`: the commands of whoever runs the portal. Each is imported when it is called: start-up stays short."""

from importlib import import_module
from typing import Any

import click

from portal.cli.francais import Aide, en_francais
from portal.config import ConfigurationInvalide

click.Context.formatter_class = Aide

COMMANDES = {
    "agents": "portal.cli.agents:agents",
    "annuaire": "portal.cli.annuaire:annuaire",
    "base": "portal.cli.base:base",
    "cachet": "portal.cli.cachet:cachet",
    "cer": "portal.cli.cer:cer",
    "courriels": "portal.cli.courriels:courriels",
    "demo": "portal.cli.demo:demo",
    "demo-donnees": "portal.cli.donnees:demo_donnees",
    "demarches": "portal.cli.demarches:demarches",
    "ds": "portal.cli.ds:ds",
    "importer": "portal.cli.importer:importer",
    "journal": "portal.cli.journal:journal",
    "scdl": "portal.cli.scdl:scdl",
    "services": "portal.cli.services:services",
    "territoires": "portal.cli.territoires:territoires",
    "worker": "portal.cli.worker:worker",
}


class Commandes(click.Group):
    """A group whose commands are named here and imported when they are needed."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Every name."""
        return sorted(COMMANDES)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name, None when there is none."""
        if cmd_name not in COMMANDES:
            return None
        module, _, nom = COMMANDES[cmd_name].partition(":")
        commande: click.Command = getattr(import_module(module), nom)
        return commande

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read what stands before the name of the command."""
        with en_francais():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a faulty configuration is one message, whatever the command."""
        try:
            with en_francais():
                return super().invoke(ctx)
        except ConfigurationInvalide as faute:
            click.echo(str(faute), err=True)
            ctx.exit(1)


@click.group(cls=Commandes)
def main() -> None:
    """Portail des associations."""
