"""`portal cer`: the text of the contrat d'engagement républicain."""

from pathlib import Path

import click

from portal.config import Config
from portal.db import make_engine, make_fabrique
from portal.documents.cer import TEXTE_NATIONAL
from portal.errors import Invalid
from portal.permissions import SYSTEME
from portal.services import engagements


@click.group()
def cer() -> None:
    """Contrat d’engagement républicain."""


@cer.command()
@click.argument(
    "fichier", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=TEXTE_NATIONAL, required=False
)
def publier(fichier: Path) -> None:
    """Publie une version du texte (par défaut celle livrée avec le portail). Sans effet si elle l’est déjà."""
    fabrique = make_fabrique(make_engine(Config.from_env().database_url))
    try:
        with fabrique.begin() as session:
            texte = engagements.publish_text(session, by=SYSTEME, contenu=fichier.read_text(encoding="utf-8"))
            etat = (
                "comparée à Légifrance" if texte.verifie_at else "à comparer à Légifrance avant toute signature réelle"
            )
            click.echo(f"Version {texte.version} publiée, {etat}.\nSHA-256 du texte : {texte.sha256}")
    except (Invalid, UnicodeDecodeError) as erreur:
        message = erreur.message if isinstance(erreur, Invalid) else "Le fichier n’est pas en UTF-8."
        raise click.ClickException(message) from erreur
