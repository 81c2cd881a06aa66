"""`python -m tests.campagnes.cer`: the whole campaign, and its report in docs/preuves/cer.md."""

import logging
import tempfile
import time
from pathlib import Path

import click
import structlog
from alembic import command

from integrations.cachet import trousseau
from integrations.postgresql.ephemere import grappe_ephemere
from portal.cli.base import config_alembic
from portal.config import Config
from portal.db import make_engine, make_fabrique
from portal.services.moyens import make_moyens
from tests.campagnes.cer.campagne import GRAINE, Bilan, faults, run
from tests.campagnes.cer.monde import PAR_JOUR, batir
from tests.campagnes.rapports import DEPOT, commit, jour, tableau

PREUVE = DEPOT / "docs" / "preuves" / "cer.md"


@click.command()
@click.option("--graine", type=int, default=GRAINE, show_default=True, help="Même graine, mêmes tirages.")
def campagne(graine: int) -> None:
    """Altère les signatures de toutes les manières, et cherche chaque altération. Code de sortie 1 si l’une passe."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    debut = time.monotonic()
    with grappe_ephemere() as grappe, tempfile.TemporaryDirectory() as dossier:
        grappe.creer_base("campagne")
        command.upgrade(config_alembic(grappe.url("campagne")), "head")
        bilan, faux = _mener(grappe.url("campagne"), Path(dossier), graine)
    texte = rapport(bilan, faux=faux, duree=time.monotonic() - debut)
    click.echo(texte)
    PREUVE.write_text(texte, encoding="utf-8")
    if bilan.inapercues or faux:
        raise SystemExit(1)


def _mener(url: str, dossier: Path, graine: int) -> tuple[Bilan, bool]:
    """The campaign, and whether the controls find fault with signatures that nobody touched, before or after."""
    cle = dossier / "cachet.p12"
    trousseau.enregistrer(cle, trousseau.creer("Portail de la campagne", "mot-de-passe-de-campagne"))
    moteur = make_engine(url)
    fabrique = make_fabrique(moteur)
    config = Config(
        mode="demo",
        database_url="",
        secret_key="secret-de-la-campagne-" + "x" * 32,
        portal_url="http://portail.test",
        stockage_dossier=dossier / "fichiers",
        courriel_dossier=dossier / "courriels",
        cachet_p12=cle,
        cachet_p12_mot_de_passe="mot-de-passe-de-campagne",
    )
    with fabrique() as session:
        monde = batir(session, make_moyens(config, fabrique=fabrique))
        faux = faults(session)
        bilan = run(monde, graine=graine)
        faux = faux or faults(session)
    moteur.dispose()
    return bilan, faux


def rapport(bilan: Bilan, *, faux: bool, duree: float) -> str:
    """Markdown, in French: what was altered, how often, what nobody saw."""
    verdict = f"{len(bilan.inapercues)} altérations inaperçues" if bilan.inapercues else "toutes retrouvées"
    intactes = (
        "des signatures intactes ont été accusées" if faux else "les signatures intactes n’ont jamais été accusées"
    )
    resume = (
        f"**Résultat : {bilan.faites.total()} altérations, {verdict}** par `portal cer verifier` ou `portal journal "
        f"verifier` ; {intactes}. {sum(PAR_JOUR)} signatures de {len(PAR_JOUR)} jours, {duree:.0f} s."
    )
    lignes = [
        "# Altérations des signatures du contrat d’engagement républicain",
        "",
        f"Le {jour()}, commit `{commit()}`, graine {bilan.graine}, par `make campagne-cer`.",
        "",
        resume,
        "",
        *tableau(("Altération", "Fois"), sorted(bilan.faites.items())),
        "",
    ]
    if bilan.inapercues:
        lignes += ["## Inaperçues", "", *(f"* {une}" for une in bilan.inapercues), ""]
    return "\n".join(lignes)


if __name__ == "__main__":
    campagne()
