"""`portal journal`: proves that the journal is whole, and seals its day."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from portal.cli.transaction import base_joignable
from portal.config import Config
from portal.db import make_engine, make_fabrique
from portal.queries import journal as lecture
from portal.services import journal as ecriture

DELAI_REQUETE_MS = 3_600_000


@click.group()
def journal() -> None:
    """Journal des actes : vérification et scellement."""


@contextmanager
def _session() -> Iterator[Session]:
    moteur = make_engine(Config.from_env().database_url, delai_requete_ms=DELAI_REQUETE_MS)
    try:
        with base_joignable(), make_fabrique(moteur).begin() as session:
            yield session
    finally:
        moteur.dispose()


@journal.command()
@click.option("--racine", "racines", multiple=True, help="Empreinte d’une racine gardée ailleurs, à retrouver ici.")
def verifier(racines: tuple[str, ...]) -> None:
    """Relit tout le journal et nomme chaque anomalie. Code de sortie 1 s’il y en a une."""
    with _session() as session:
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        contenu = lecture.contents(session)
        fautes = 0
        for faute in lecture.faults(session):
            fautes += 1
            click.echo(f"{faute.lieu} : {faute.constat}.")
        for perdue in sorted(set(racines) - lecture.known_roots(session, racines)):
            fautes += 1
            click.echo(f"racine {perdue} : elle ne figure plus dans le journal.")
    click.echo(
        f"{contenu.flux} flux, {contenu.evenements} événements, {contenu.details} détails conservés, "
        f"{contenu.racines} racines quotidiennes."
    )
    click.echo(f"Le journal a été altéré : anomalies trouvées, {fautes}." if fautes else "Le journal est entier.")
    if fautes:
        sys.exit(1)


@journal.command()
def sceller() -> None:
    """Écrit la racine du jour, à garder ailleurs pour `verifier --racine`."""
    with _session() as session:
        racine = ecriture.seal_day(session)
    if racine is None:
        click.echo("La journée est déjà scellée : rien n’a été écrit.")
        return
    click.echo(f"Journée du {racine.jour:%d/%m/%Y} scellée, {racine.flux} flux. Gardez cette empreinte ailleurs\u00a0:")
    click.echo(racine.hash)
