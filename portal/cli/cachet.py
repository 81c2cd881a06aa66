"""`portal cachet`: the key that seals receipts."""

import os
from pathlib import Path

import click

from integrations.cachet import trousseau
from integrations.cachet.api import Certificat, CleIllisible
from portal.config import Config

MOT_DE_PASSE = "CACHET_P12_MOT_DE_PASSE"


@click.group()
def cachet() -> None:
    """Cachet électronique des reçus."""


@cachet.command()
@click.argument("fichier", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--titulaire", default=Config.nom_service, show_default=True, help="Nom écrit dans le certificat.")
def creer(fichier: Path, titulaire: str) -> None:
    """Crée une clé et son certificat, dans un fichier PKCS#12 que vous seul pouvez lire.

    Le mot de passe vient de CACHET_P12_MOT_DE_PASSE, sinon il est demandé. Le certificat, public, est écrit à côté (.pem) :
    gardez-le après avoir changé de clé, CACHET_ANCIENS le donne au portail pour que les anciens reçus restent reconnus.
    """
    mot_de_passe = os.environ.get(MOT_DE_PASSE) or click.prompt(
        "Mot de passe de la clé", hide_input=True, confirmation_prompt="Le même, encore une fois"
    )
    try:
        trousseau.enregistrer(fichier, trousseau.creer(titulaire, mot_de_passe))
    except OSError as erreur:
        raison = "il existe déjà" if isinstance(erreur, FileExistsError) else "ce dossier ne le permet pas"
        raise click.ClickException(f"{fichier} n’a pas été écrit\u00a0: {raison}.") from erreur
    certificat = trousseau.ouvrir(fichier, mot_de_passe).courant
    if certificat is not None:
        public = fichier.with_suffix(".pem")
        public.write_text(certificat.pem)
        click.echo(_decrire(certificat))
        click.echo(f"Clé\u00a0: {fichier} (CACHET_P12)\nCertificat public\u00a0: {public}")


@cachet.command()
def montrer() -> None:
    """Montre le certificat en service et ceux d’avant, avec leurs empreintes."""
    config = Config.from_env()
    try:
        cles = trousseau.ouvrir(config.cachet_p12, config.cachet_p12_mot_de_passe, config.cachet_anciens)
    except CleIllisible as faute:
        raise click.ClickException(str(faute)) from faute
    if cles.courant is None:
        click.echo("Aucune clé de cachet (CACHET_P12)\u00a0: les reçus attendent pour être établis.")
    for certificat in cles.certificats:
        click.echo(("En service. " if certificat == cles.courant else "Ancien. ") + _decrire(certificat))


def _decrire(certificat: Certificat) -> str:
    return (
        f"{certificat.sujet}, valable du {certificat.debut:%d/%m/%Y} au {certificat.fin:%d/%m/%Y}\n"
        f"SHA-256\u00a0: {certificat.empreinte}"
    )
