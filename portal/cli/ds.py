"""`portal ds`: the exchange with Démarches Simplifiées, by hand, and its simulator."""

import socket
from pathlib import Path
from typing import Any

import click

from integrations.demarches_simplifiees.errors import ErreurDS
from portal.cli.ds_controle import check
from portal.cli.ds_etat import en_attente, status
from portal.cli.ds_rejeu import replay
from portal.cli.francais import Refus
from portal.cli.transaction import commande
from portal.errors import PortalError
from portal.models.synchronisation import SyncRun
from portal.permissions import SYSTEME
from portal.queries import envois_du_service
from portal.services import envoi_ds, synchronisation
from portal.services.moyens import Moyens
from portal.services.ramasse_miettes import spare_collector
from portal.vocabulaire_ds import GenreRun


@click.group()
def ds() -> None:
    """Échanges avec Démarches Simplifiées."""


@ds.command()
@click.option("--demarche", "numeros", type=int, multiple=True, help="Numéro d’une démarche (toutes par défaut).")
@click.option(
    "--complet", is_flag=True, help="Compare tous les dossiers, comme chaque nuit, au lieu de ce qui a changé."
)
def sync(numeros: tuple[int, ...], complet: bool) -> None:
    """Lit ce qui a changé. Code de sortie 1 si Démarches Simplifiées ne répond pas."""
    genre = GenreRun.COMPLET if complet else GenreRun.COURANT
    spare_collector()
    with commande() as moyens:
        choisies = numeros or moyens.config.ds_demarches
        if not choisies:
            raise Refus("Aucune démarche à lire\u00a0: renseignez DS_DEMARCHES ou donnez --demarche.")
        reussies = [_synchroniser(moyens, number, genre) for number in choisies]
    if not all(reussies):
        raise SystemExit(1)


@ds.command()
def push() -> None:
    """Envoie ce qui attend de partir."""
    with commande() as moyens:
        tentees = envoi_ds.run_due(moyens)
        with moyens.fabrique() as session:
            comptes = envois_du_service.count_all(session)
    click.echo(f"Actions tentées\u00a0: {tentees}. {en_attente(comptes)}")


@ds.command()
@click.option("--demarche", "number", type=int, required=True, help="Numéro de la démarche.")
@click.option("--groupe", type=int, help="Numéro d’un groupe instructeur\u00a0: lui seul est confié au service.")
@click.option("--service", "sigle", required=True, help="Sigle du service qui l’instruit.")
def rattacher(number: int, groupe: int | None, sigle: str) -> None:
    """Confie à un service une démarche, ou un seul de ses groupes instructeurs."""
    with commande() as moyens, moyens.fabrique.begin() as session:
        instance = moyens.instance_ds
        if groupe is None:
            synchronisation.attach(session, by=SYSTEME, instance=instance, number=number, sigle=sigle)
            fait = f"La démarche n°\xa0{number} est confiée au service {sigle}."
        else:
            deplaces = synchronisation.attach_group(
                session, by=SYSTEME, instance=instance, number=number, groupe=groupe, sigle=sigle
            )
            fait = f"Le groupe n°\xa0{groupe} est confié au service {sigle}. Dossiers transférés\xa0: {deplaces}."
    click.echo(fait)


@ds.command()
@click.option("--port", type=click.IntRange(1, 65535), required=True, help="Port d’écoute sur cette machine.")
@click.option("--dossiers", type=click.IntRange(0), default=200, show_default=True, help="Nombre de dossiers inventés.")
@click.option("--seed", "graine", type=int, default=1, show_default=True, help="Même graine, mêmes dossiers.")
@click.option(
    "--charger",
    "fichiers",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="Dossier réel au format JSON de Démarches Simplifiées.",
)
@click.option("--etat", type=click.Path(dir_okay=False, path_type=Path), help="Fichier où garder ce qui change.")
@click.option("--panne", "pannes", multiple=True, metavar="NOM=TAUX", help="Panne à provoquer, de 0 à 1 (répétable).")
@click.option(
    "--crochet", "crochets", multiple=True, metavar="URL", help="Adresse à prévenir des changements (répétable)."
)
@click.option("--secret-crochet", metavar="SECRET", help="Secret «\u00a0whsec_…\u00a0» qui signe ces annonces.")
def simulate(
    port: int, pannes: tuple[str, ...], crochets: tuple[str, ...], secret_crochet: str | None, **depart: Any
) -> None:
    """Sert un simulateur de Démarches Simplifiées jusqu’à Ctrl-C."""
    # the simulator is a server of its own, heavy to import, that production never needs
    from integrations.demarches_simplifiees.simulator.pannes.catalogue import lire_panne  # noqa: PLC0415
    from integrations.demarches_simplifiees.simulator.serveur import servir  # noqa: PLC0415

    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as erreur:
        raise Refus(f"Le port {port} ne peut pas servir\u00a0: choisissez-en un autre avec --port.") from erreur
    try:
        taux = dict(map(lire_panne, pannes))
        servir(port, pannes=taux, crochets=crochets, secret_crochet=secret_crochet, annoncer=click.echo, **depart)
    except (OSError, ValueError) as erreur:
        raise Refus(f"Le simulateur ne démarre pas\u00a0: {erreur}") from erreur


def _synchroniser(moyens: Moyens, number: int, genre: GenreRun) -> bool:
    """Run over a démarche and say what came of it in one sentence."""
    try:
        run = synchronisation.sync(moyens, number, genre=genre)
    except (PortalError, ErreurDS) as erreur:
        click.echo(f"Démarche n° {number} : {erreur}", err=True)
        return False
    click.echo(_bilan(number, run), err=bool(run.erreur))
    return not run.erreur


def _bilan(number: int, run: SyncRun) -> str:
    comptes = f"{run.lus} dossier(s) vu(s), {run.changes} nouveau(x) ou changé(s), {run.en_quarantaine} mis de côté"
    if run.erreur:
        return f"Démarche n° {number} : {run.erreur} Avant cela, {comptes} ; tout cela est conservé."
    return f"Démarche n° {number} : {comptes}."


for commande_attachee in (check, replay, status):
    ds.add_command(commande_attachee)
