"""`python -m tests.campagnes.modele`: the whole walk, and its report in docs/preuves/modele.md."""

import logging
import time
from dataclasses import dataclass

import click
import structlog
from alembic import command
from sqlalchemy.orm import Session

from integrations.postgresql.ephemere import grappe_ephemere
from portal.cli.base import config_alembic
from portal.db import make_engine
from portal.models.workflow import TRANSITIONS
from portal.vocabulaire import Etat, Source
from portal.vocabulaire_instruction import ModeNotification
from tests.campagnes.modele.exploration import GRAINE, Bilan, Marche
from tests.campagnes.modele.lieu import lieu
from tests.campagnes.rapports import DEPOT, commit, jour, tableau
from tests.factories import Fabriques

MARCHES = (
    ("du portail, sans signature", Source.PORTAIL, ModeNotification.TELESERVICE),
    ("du portail, au parapheur", Source.PORTAIL, ModeNotification.PARAPHEUR),
    ("de Démarches Simplifiées", Source.DS, ModeNotification.TELESERVICE),
)
CE_QUI_EST_VERIFIE = (
    "Un dossier déposé est mené par tous les chemins que la page offre à quelqu’un (le responsable, l’association qui retire, le "
    "parapheur qui rend la lettre, Démarches Simplifiées qui applique ou refuse), une fois par endroit : état, proposition, "
    "décision, lettre, demande faite à Démarches Simplifiées, annulation possible. À chaque endroit, douze actes sont tentés par "
    "le lecteur, l’instructeur, le responsable, un service saisi pour avis et l’association : un acte offert doit être accepté, "
    "un acte qui ne l’est pas doit être refusé. Seul l’état retiré est sans issue, et les passages vus sont ceux de la table du "
    "circuit, tous et eux seuls."
)
PREUVE = DEPOT / "docs" / "preuves" / "modele.md"


@dataclass(frozen=True)
class Faite:
    """A walk that is over, in so many seconds."""

    nom: str
    source: Source
    bilan: Bilan
    duree: float

    @property
    def fautes(self) -> list[str]:
        """What was offered and refused, or the other way round, and what the table does not say."""
        fautes = list(self.bilan.fautes)
        sans_issue = {Etat.RETIRE} if self.source == Source.PORTAIL else set()
        if self.bilan.sans_issue != sans_issue:
            fautes.append(f"sans issue : {sorted(self.bilan.sans_issue)}")
        table = {(un.action, un.de, un.vers) for un in TRANSITIONS}
        if self.source == Source.PORTAIL and self.bilan.passages != table:
            fautes.append(f"passages : {sorted(map(str, self.bilan.passages ^ table))}")
        return fautes


@click.command()
@click.option("--graine", type=int, default=GRAINE, show_default=True, help="Même graine, mêmes tirages.")
@click.option(
    "--part", type=float, default=1.0, show_default=True, help="Part tentée des actes qui ne sont pas offerts."
)
def campagne(graine: int, part: float) -> None:
    """Mène un dossier par tous les chemins du circuit. Code de sortie 1 à la première faute."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with grappe_ephemere() as grappe:
        grappe.creer_base("campagne")
        command.upgrade(config_alembic(grappe.url("campagne")), "head")
        moteur = make_engine(grappe.url("campagne"))
        faites = []
        for nom, source, mode in MARCHES:
            debut = time.monotonic()
            with moteur.connect() as connexion, Session(connexion, join_transaction_mode="create_savepoint") as session:
                ici = lieu(session, Fabriques(session), source, mode=mode)
                bilan = Marche(ici, mode, part=part, graine=graine).explorer()
            faites.append(Faite(nom, source, bilan, time.monotonic() - debut))
        moteur.dispose()
    texte = rapport(faites, graine=graine)
    click.echo(texte)
    PREUVE.write_text(texte, encoding="utf-8")
    if any(une.fautes for une in faites):
        raise SystemExit(1)


def rapport(faites: list[Faite], *, graine: int) -> str:
    """Markdown, in French: what was walked, what was tried, what did not hold."""
    fautes = [f"{une.nom} : {faute}" for une in faites for faute in une.fautes]
    lignes = [
        "# Tous les chemins du circuit d’un dossier",
        "",
        f"Le {jour()}, commit `{commit()}`, graine {graine}, par `make campagne-modele`.",
        "",
        f"**Résultat : {f'{len(fautes)} fautes' if fautes else 'aucune faute'}.** {CE_QUI_EST_VERIFIE}",
        "",
        *tableau(
            ("Dossier", "Endroits", "Pas", "Offerts et acceptés", "Ni offerts ni acceptés", "Fautes", "Secondes"),
            [_ligne(une) for une in faites],
        ),
        "",
    ]
    if fautes:
        lignes += ["## Fautes", "", *(f"* {une}" for une in fautes), ""]
    return "\n".join(lignes)


def _ligne(une: Faite) -> tuple[object, ...]:
    vus, bilan = une.bilan.confrontes, une.bilan
    return (
        une.nom,
        len(bilan.issues),
        bilan.pas,
        vus[True, True],
        vus[False, False],
        len(une.fautes),
        f"{une.duree:.0f}",
    )


if __name__ == "__main__":
    campagne()
