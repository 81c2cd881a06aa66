"""`portal scdl`: the open data of grants, as files."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import select

from portal.cli.francais import Refus
from portal.cli.transaction import transaction
from portal.documents import scdl as fichiers
from portal.models.services import Service
from portal.queries.donnees_essentielles import conventions
from portal.services.donnees_essentielles import retained

MONTRES = 50


@click.group()
def scdl() -> None:
    """Données essentielles des conventions de subvention (SCDL)."""


@scdl.command()
@click.option("--service", "sigle", required=True, help="Sigle du service, par exemple « DDETS 69 ».")
@click.option("--exercice", required=True, type=int)
@click.option("--toutes", is_flag=True, help="Aussi les bénéficiaires sous 23 000 € dans l’année.")
@click.option("--en-plus", is_flag=True, help="Avec les 25 colonnes de la proposition étendue.")
@click.option(
    "--sortie", type=click.Path(dir_okay=False, path_type=Path), help="Fichier à écrire ; sinon la sortie standard."
)
def exporter(sigle: str, exercice: int, sortie: Path | None, *, toutes: bool, en_plus: bool) -> None:
    """Écrit les subventions complètes d’un service ; celles qui ne le sont pas sont nommées, avec ce qui leur manque."""
    with transaction() as session:
        service = session.scalars(select(Service).where(Service.sigle == sigle)).first()
        if service is None:
            raise Refus(f"Aucun service n’a le sigle « {sigle} » : rien n’est écrit.")
        choisies = retained(conventions(session, service.id, exercice), toutes=toutes)
        octets = fichiers.ecrire((une.ligne for une in choisies if une.complete), en_plus=en_plus)
        manques = [(une.dossier.reference, ecart) for une in choisies if not une.complete for ecart in une.ecarts]
        completes = sum(une.complete for une in choisies)
    if sortie is None:
        click.echo(octets, nl=False)
    else:
        try:
            sortie.write_bytes(octets)
        except OSError as erreur:
            raise Refus(f"{sortie} n’a pas été écrit\u00a0: ce dossier ne le permet pas, ou n’existe pas.") from erreur
    for reference, ecart in manques:
        click.echo(f"{reference} ({ecart.colonne}) : {ecart.raison}", err=True)
    click.echo(f"{completes} subventions écrites, {len(choisies) - completes} laissées de côté.", err=True)


@scdl.command()
@click.argument("fichier", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "en_json", is_flag=True, help="Le rapport en JSON.")
@click.pass_context
def valider(contexte: click.Context, fichier: Path, *, en_json: bool) -> None:
    """Dit tout ce que le schéma officiel à 16 colonnes refuse dans FICHIER. Code de sortie 2 quand il n’est pas valide."""
    ecarts = fichiers.valider(fichier.read_bytes())
    fautes = [ecart for ecart in ecarts if not ecart.conseil]
    if en_json:
        click.echo(
            json.dumps({"valide": not fautes, "ecarts": [asdict(ecart) for ecart in ecarts]}, ensure_ascii=False)
        )
    else:
        for ecart in ecarts[:MONTRES]:
            ou = f"Ligne {ecart.ligne}" + (f", {ecart.colonne}" if ecart.colonne else "") if ecart.ligne else "Fichier"
            lu = f" « {ecart.valeur} »" if ecart.valeur else ""
            click.echo(f"{ou}{lu} : {ecart.raison}{' (à relire)' if ecart.conseil else ''}")
        if len(ecarts) > MONTRES:
            click.echo(f"Et {len(ecarts) - MONTRES} autres.")
        click.echo(
            "Ce fichier suit le schéma." if not fautes else f"Ce fichier ne suit pas le schéma : {len(fautes)} écarts."
        )
    if fautes:
        contexte.exit(2)
