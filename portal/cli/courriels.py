"""`portal courriels`: where the mails that the portal owes stand."""

import click

from portal.cli.transaction import transaction
from portal.formats import instant_fr
from portal.queries.courriels import REFUSES_MONTRES, counts, list_refused
from portal.vocabulaire import EtatEnvoi


@click.group()
def courriels() -> None:
    """Courriels du portail."""


@courriels.command()
def etat() -> None:
    """Compte les courriels par état et nomme les refusés avec leur raison, jamais leur contenu."""
    with transaction() as session:
        comptes, refuses = counts(session), list_refused(session)
    partis, perdus = comptes[EtatEnvoi.ENVOYE], comptes[EtatEnvoi.REFUSE]
    click.echo(
        f"Partis\u00a0: {partis}. En attente\u00a0: {sum(comptes.values()) - partis - perdus}. Refusés\u00a0: {perdus}."
    )
    for courriel in refuses:
        quand = instant_fr(courriel.created_at)
        click.echo(f"nº {courriel.id}, {courriel.gabarit}, à {courriel.destinataire}, {quand}\u00a0: {courriel.erreur}")
    if perdus > REFUSES_MONTRES:
        click.echo(f"Seuls les {REFUSES_MONTRES} plus récents sont nommés.")
