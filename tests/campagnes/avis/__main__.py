"""`python -m tests.campagnes.avis`: the whole campaign, and its report in docs/preuves/avis.md."""

import logging
import time
from collections import Counter

import click
import structlog
from alembic import command
from sqlalchemy.orm import Session

from integrations.postgresql.ephemere import grappe_ephemere
from portal.cli.base import config_alembic
from portal.db import make_engine
from tests.campagnes.avis.lieu import lieu
from tests.campagnes.avis.machine import PAS_PAR_HISTOIRE, jouer
from tests.campagnes.rapports import DEPOT, commit, jour, tableau
from tests.factories import Fabriques

GRAINE, PAS = 20261123, 20_000
PREUVE = DEPOT / "docs" / "preuves" / "avis.md"
CE_QUI_EST_VERIFIE = (
    "Quatre services et deux experts, un dossier et son association. Le hasard demande des avis à plusieurs ensemble (sous "
    "scellé ou non, avec ou sans échéance, à chaque audience), les donne et les révise, lève des scellés, retire, prolonge, "
    "transmet, décline, récuse et laisse passer des jours, à bon droit ou non. Après chaque pas, le portail et un modèle de "
    "référence, écrit à part en valeurs simples, doivent dire de même : ce qui est accepté ou refusé, qui lit chaque avis, ce "
    "qu’en montrent un autre dossier de l’association et l’annotation de Démarches Simplifiées, le texte de chaque version, "
    "les compteurs et la prochaine échéance du dossier, les services qui l’ouvrent."
)


@click.command()
@click.option("--graine", type=int, default=GRAINE, show_default=True, help="Même graine, mêmes histoires.")
@click.option("--pas", type=int, default=PAS, show_default=True, help="Nombre de pas, au moins.")
def campagne(graine: int, pas: int) -> None:
    """Confronte le portail au modèle de référence. Code de sortie 1 à la première divergence."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with grappe_ephemere() as grappe:
        grappe.creer_base("campagne")
        command.upgrade(config_alembic(grappe.url("campagne")), "head")
        moteur = make_engine(grappe.url("campagne"))
        debut, comptes, faute = time.monotonic(), Counter[tuple[str, bool]](), ""
        with moteur.connect() as connexion, Session(connexion, join_transaction_mode="create_savepoint") as session:
            ici = lieu(session, Fabriques(session))
            while not faute and sum(comptes.values()) < pas:
                reste = pas - sum(comptes.values())
                faute = jouer(ici, pas=reste + PAS_PAR_HISTOIRE, graine=graine + sum(comptes.values()), comptes=comptes)
        moteur.dispose()
    texte = rapport(comptes, faute, graine=graine, duree=time.monotonic() - debut)
    click.echo(texte)
    PREUVE.write_text(texte, encoding="utf-8")
    if faute:
        raise SystemExit(1)


def rapport(comptes: Counter[tuple[str, bool]], faute: str, *, graine: int, duree: float) -> str:
    """Markdown, in French: what was tried, what was accepted and refused, what did not hold."""
    pas = sum(comptes.values())
    trouve = "une divergence" if faute else "aucune divergence"
    actes = sorted({acte for acte, _ in comptes})
    lignes = [
        "# Les demandes d’avis contre un modèle de référence",
        "",
        f"Le {jour()}, commit `{commit()}`, graine {graine}, par `make campagne-avis`.",
        "",
        f"**Résultat : {trouve} en {pas} pas ({duree:.0f} s).** {CE_QUI_EST_VERIFIE}",
        "",
        *tableau(
            ("Acte", "Acceptés", "Refusés"), [(acte, comptes[acte, True], comptes[acte, False]) for acte in actes]
        ),
        "",
    ]
    if faute:
        lignes += ["## Divergence", "", "```", faute, "```", ""]
    return "\n".join(lignes)


if __name__ == "__main__":
    campagne()
