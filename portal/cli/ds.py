"""`portal ds`: the exchange with Démarches Simplifiées, by hand, and its simulator."""

import socket
from pathlib import Path

import click

from integrations.demarches_simplifiees.errors import ErreurDS
from portal.cli.francais import Refus
from portal.cli.transaction import commande
from portal.errors import PortalError
from portal.formats import anciennete_fr, instant_fr, maintenant
from portal.models.synchronisation import SyncRun
from portal.permissions import SYSTEME
from portal.queries.synchronisation import Comptes, SuiviDemarche, count_operations, list_demarches
from portal.services import envoi_ds, synchronisation
from portal.services.moyens import Moyens


@click.group()
def ds() -> None:
    """Échanges avec Démarches Simplifiées."""


@ds.command()
@click.option("--demarche", "numeros", type=int, multiple=True, help="Numéro d’une démarche (toutes par défaut).")
def sync(numeros: tuple[int, ...]) -> None:
    """Lit ce qui a changé. Code de sortie 1 si Démarches Simplifiées ne répond pas."""
    with commande() as moyens:
        choisies = numeros or moyens.config.ds_demarches
        if not choisies:
            raise Refus("Aucune démarche à lire : renseignez DS_DEMARCHES ou donnez --demarche.")
        reussies = [_synchroniser(moyens, number) for number in choisies]
    if not all(reussies):
        raise SystemExit(1)


@ds.command()
def push() -> None:
    """Envoie ce qui attend de partir."""
    with commande() as moyens:
        tentees = envoi_ds.run_due(moyens)
        with moyens.fabrique() as session:
            comptes = count_operations(session)
    click.echo(f"Actions tentées : {tentees}. {_en_attente(comptes)}")


@ds.command()
def status() -> None:
    """Dit où en est chaque démarche, ce qui attend et ce qui bloque."""
    with commande() as moyens, moyens.fabrique() as session:
        demarches, comptes = list_demarches(session), count_operations(session)
    for demarche in demarches:
        click.echo(_en_mots(demarche))
    for number in sorted(set(moyens.config.ds_demarches) - {demarche.number for demarche in demarches}):
        click.echo(f"Démarche n° {number} : rattachée à aucun service (portal ds rattacher --demarche {number}).")
    click.echo(_en_attente(comptes))


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
def simulate(port: int, dossiers: int, graine: int, fichiers: tuple[Path, ...], etat: Path | None) -> None:
    """Sert un simulateur de Démarches Simplifiées jusqu’à Ctrl-C."""
    # the simulator is a server of its own, heavy to import, that production never needs
    from integrations.demarches_simplifiees.simulator.serveur import servir  # noqa: PLC0415

    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as erreur:
        raise Refus(f"Le port {port} ne peut pas servir : choisissez-en un autre avec --port.") from erreur
    try:
        servir(port, dossiers=dossiers, graine=graine, fichiers=fichiers, etat=etat, annoncer=click.echo)
    except (OSError, ValueError) as erreur:
        raise Refus(f"Le simulateur ne démarre pas : {erreur}") from erreur


def _synchroniser(moyens: Moyens, number: int) -> bool:
    """Run over a démarche and say what came of it in one sentence."""
    try:
        run = synchronisation.sync(moyens, number)
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


def _en_attente(comptes: Comptes) -> str:
    return f"En attente d’envoi : {comptes.en_attente}. Refusées, à reprendre : {comptes.refusees}."


def _en_mots(demarche: SuiviDemarche) -> str:
    debut = f"Démarche n° {demarche.number}, « {demarche.titre} » ({demarche.service})"
    suite = f"dernière lecture complète : {demarche.retard}"
    if demarche.panne_depuis:
        depuis = f"{anciennete_fr(maintenant() - demarche.panne_depuis)}, {instant_fr(demarche.panne_depuis)}"
        suite += f" ; en panne ({depuis}) : {demarche.panne}"
    if demarche.ecartes:
        suite += f" ; {len(demarche.ecartes)} dossier(s) mis de côté"
    return f"{debut} : {suite}"
