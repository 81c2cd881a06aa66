"""`portal cer`: the text of the contrat d'engagement républicain."""

from pathlib import Path

import click

from portal.cli.cer_preuves import verifier
from portal.cli.transaction import transaction
from portal.documents.cer import TEXTE_NATIONAL
from portal.permissions import SYSTEME
from portal.services import textes_cer


@click.group()
def cer() -> None:
    """Contrat d’engagement républicain."""


cer.add_command(verifier)


@cer.command()
@click.argument(
    "fichier", type=click.Path(exists=True, dir_okay=False, path_type=Path), default=TEXTE_NATIONAL, required=False
)
def publier(fichier: Path) -> None:
    """Publie une version du texte (par défaut celle livrée avec le portail). Sans effet si elle l’est déjà."""
    try:
        contenu = fichier.read_text(encoding="utf-8")
    except UnicodeDecodeError as erreur:
        raise click.ClickException("Le fichier n’est pas en UTF-8 : rien n’a été publié.") from erreur
    with transaction() as session:
        texte = textes_cer.publish_text(session, by=SYSTEME, contenu=contenu)
    etat = "comparée à Légifrance" if texte.verifie_at else "à comparer à Légifrance avant toute signature réelle"
    click.echo(f"Version {texte.version} publiée, {etat}.\nSHA-256 du texte : {texte.sha256}")


@cer.command()
@click.argument("version")
def confirmer(version: str) -> None:
    """Note que quelqu’un a comparé cette VERSION, mot pour mot, avec Légifrance. Ne se reprend pas."""
    with transaction() as session:
        texte = textes_cer.confirm(session, by=SYSTEME, version=version)
    click.echo(
        f"Version {texte.version} comparée à Légifrance : elle peut être signée.\nSHA-256 du texte : {texte.sha256}"
    )
