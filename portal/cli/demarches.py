"""`portal demarches`: the campaigns that associations find in « Commencer une demande »."""

from datetime import datetime, time
from decimal import Decimal
from typing import Any

import click

from portal.cli.francais import Refus
from portal.cli.transaction import transaction
from portal.formats import PARIS, ValeurIllisible, instant_fr, parse_montant
from portal.forms.echeances import LIEUX, METROPOLE
from portal.permissions import SYSTEME
from portal.services.demarches import Campagne, open_campaign

JOUR = click.DateTime(formats=["%d/%m/%Y"])
DERNIERE_SECONDE = time(23, 59, 59)


@click.group()
def demarches() -> None:
    """Campagnes de demandes de subvention."""


@demarches.command()
@click.argument("titre")
@click.option("--service", "sigle", required=True, help="Sigle du service qui reçoit les demandes.")
@click.option("--exercice", required=True, type=click.IntRange(2000, 2100), help="Année de la subvention.")
@click.option("--ouverture", required=True, type=JOUR, help="Premier jour, par exemple 15/01/2027.")
@click.option("--cloture", required=True, type=JOUR, help="Dernier jour, jusqu’à 23 h 59 à Paris.")
@click.option("--description", default="", help="Ce que la campagne finance, en une ou deux phrases.")
@click.option("--dispositif", default="", help="Par exemple FDVA.")
@click.option("--programme", default="", help="Numéro du programme budgétaire.")
@click.option("--public", default="", help="Qui peut demander.")
@click.option("--montants", default="", help="Combien il est possible de demander.")
@click.option("--fuseau", type=click.Choice(list(LIEUX)), default=METROPOLE, help="Heure locale montrée aussi.")
@click.option("--enveloppe", default="", help="Montant à répartir, en euros.")
def ouvrir(
    titre: str, sigle: str, ouverture: datetime, cloture: datetime, enveloppe: str, exercice: int, **textes: Any
) -> None:
    """Ouvre la campagne TITRE aux associations."""
    campagne = Campagne(
        titre=titre,
        exercice=exercice,
        ouverture=ouverture.replace(tzinfo=PARIS),
        cloture=datetime.combine(cloture.date(), DERNIERE_SECONDE, PARIS),
        enveloppe=_enveloppe(enveloppe),
        **textes,
    )
    with transaction() as session:
        _, ouverte = open_campaign(session, by=SYSTEME, sigle=sigle, campagne=campagne)
    if ouverte:
        click.echo(f"La campagne « {titre} » recevra les demandes jusqu’au {instant_fr(campagne.cloture)}.")
    else:
        click.echo(f"La campagne « {titre} » existe déjà : rien n’a changé.")


def _enveloppe(texte: str) -> Decimal | None:
    try:
        return parse_montant(texte) if texte else None
    except ValeurIllisible as faute:
        raise Refus(str(faute)) from faute
