"""`python -m tests.campagnes.decisions`: the whole campaign, and its report in docs/preuves/decisions.md."""

import logging
import time

import click
import structlog
from alembic import command

from integrations.postgresql.ephemere import grappe_ephemere
from portal.cli.base import config_alembic
from portal.db import make_engine, make_fabrique
from tests.campagnes.decisions.course import COURSES, GRAINE, Bilan, run
from tests.campagnes.rapports import DEPOT, commit, jour, tableau

CE_QUI_EST_VERIFIE = (
    "À chaque course, l’un fait et l’autre reçoit un conflit ; ensuite le dossier a une décision, une lettre, un courriel par "
    "destinataire (aucun pour un dossier de Démarches Simplifiées, qui prévient lui-même), une opération vers Démarches "
    "Simplifiées pour un dossier qui en vient et aucune sinon, et les montants de la décision."
)
PREUVE = DEPOT / "docs" / "preuves" / "decisions.md"


@click.command()
@click.option("--graine", type=int, default=GRAINE, show_default=True, help="Même graine, mêmes tirages.")
@click.option("--courses", type=int, default=COURSES, show_default=True)
def campagne(graine: int, courses: int) -> None:
    """Fait décider et notifier deux agents en même temps, sur de vrais commits. Code de sortie 1 à la première faute."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    debut = time.monotonic()
    with grappe_ephemere() as grappe:
        grappe.creer_base("campagne")
        command.upgrade(config_alembic(grappe.url("campagne")), "head")
        moteur = make_engine(grappe.url("campagne"))
        bilan = run(make_fabrique(moteur), courses=courses, graine=graine)
        moteur.dispose()
    texte = rapport(bilan, duree=time.monotonic() - debut)
    click.echo(texte)
    PREUVE.write_text(texte, encoding="utf-8")
    if bilan.fautes:
        raise SystemExit(1)


def rapport(bilan: Bilan, *, duree: float) -> str:
    """Markdown, in French: what was raced, who won, what did not hold."""
    verdict = f"{len(bilan.fautes)} fautes" if bilan.fautes else "aucune faute"
    lignes = [
        "# Deux agents qui décident et notifient en même temps",
        "",
        f"Le {jour()}, commit `{commit()}`, graine {bilan.graine}, par `make campagne-decisions`.",
        "",
        f"**Résultat : {bilan.courues.total()} courses, {verdict}**, {duree:.0f} s. {CE_QUI_EST_VERIFIE}",
        "",
        *tableau(("Course", "Dossier", "Fois"), sorted((*quoi, fois) for quoi, fois in bilan.courues.items())),
        "",
        *tableau(("Gagnée par", "Fois"), sorted(bilan.gagnees.items())),
        "",
    ]
    if bilan.fautes:
        lignes += ["## Fautes", "", *(f"* {une}" for une in bilan.fautes), ""]
    return "\n".join(lignes)


if __name__ == "__main__":
    campagne()
