"""`portal agents`: who is invited to act for a service."""

import click

from portal.cli.transaction import transaction
from portal.permissions import SYSTEME
from portal.services.agents import invite
from portal.vocabulaire import RoleAffectation


@click.group()
def agents() -> None:
    """Agents des services."""


@agents.command()
@click.argument("email")
@click.option("--prenom", required=True)
@click.option("--nom", required=True)
@click.option("--service", "sigle", required=True, help="Sigle du service.")
@click.option("--role", required=True, type=click.Choice([r.value for r in RoleAffectation]))
@click.option("--administrateur", is_flag=True, help="Peut aussi inviter des agents et régler le portail.")
def inviter(email: str, prenom: str, nom: str, sigle: str, role: str, administrateur: bool) -> None:
    """Invite l’agent EMAIL dans un service et lui écrit comment se connecter."""
    with transaction() as session:
        invitation = invite(
            session,
            by=SYSTEME,
            email=email,
            prenom=prenom,
            nom=nom,
            sigle=sigle,
            role=RoleAffectation(role),
            administrateur=administrateur,
        )
    if invitation.changements:
        faits = ", ".join(invitation.changements)
        click.echo(f"{invitation.user.email} : {faits}. L’invitation part par courriel.")
    else:
        click.echo(f"{invitation.user.email} est déjà {role} pour {sigle} : rien n’a changé, aucun courriel ne part.")
