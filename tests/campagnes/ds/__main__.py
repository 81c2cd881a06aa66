"""`python -m tests.campagnes.ds`: the whole campaign, and its report in docs/preuves/ds.md."""

import logging
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import structlog
from alembic import command

from integrations.postgresql.ephemere import grappe_ephemere
from portal.cli.base import config_alembic
from tests.campagnes.ds.campagne import DIXIEME, ENTIERE, run
from tests.campagnes.ds.preuve import rapport
from tests.campagnes.rapports import DEPOT

PREUVE = DEPOT / "docs" / "preuves" / "ds.md"


def _chronique() -> Callable[[str], None]:
    """Say each step with the seconds since the beginning."""
    debut = time.monotonic()
    return lambda phrase: click.echo(f"{time.monotonic() - debut:6.0f} s  {phrase}")


@click.command()
@click.option("--dixieme", is_flag=True, help="Un dixième de la campagne, sans écrire de rapport.")
@click.option("--graine", type=int, default=ENTIERE.graine, show_default=True, help="Même graine, mêmes tirages.")
def campagne(*, dixieme: bool, graine: int) -> None:
    """Vérifie que la base du portail rejoint toujours Démarches Simplifiées. Code de sortie 1 s’il reste un écart."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    parametres = replace(DIXIEME if dixieme else ENTIERE, graine=graine)
    with grappe_ephemere() as grappe, tempfile.TemporaryDirectory() as dossier:
        grappe.creer_base("campagne")
        command.upgrade(config_alembic(grappe.url("campagne")), "head")
        bilan = run(parametres, base=grappe.url("campagne"), dossier=Path(dossier), dire=_chronique())
    texte = rapport(bilan)
    click.echo(texte)
    if not dixieme:
        PREUVE.parent.mkdir(exist_ok=True)
        PREUVE.write_text(texte, encoding="utf-8")
    if bilan.ecarts.ecarts:
        raise SystemExit(1)


if __name__ == "__main__":
    campagne()
