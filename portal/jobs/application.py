"""The job queue of a worker, and the means that its jobs work with."""

from procrastinate import App, PsycopgConnector

from portal.services.moyens import Moyens

MODULES = [
    "portal.jobs.arbres_cer",
    "portal.jobs.associations",
    "portal.jobs.avis",
    "portal.jobs.comptes_rendus",
    "portal.jobs.courriels",
    "portal.jobs.decisions",
    "portal.jobs.documents",
    "portal.jobs.entretien",
    "portal.jobs.etats_cer",
    "portal.jobs.feuilles_travail",
    "portal.jobs.fichiers_ds",
    "portal.jobs.imports",
    "portal.jobs.lots",
    "portal.jobs.operations_ds",
    "portal.jobs.parapheur",
    "portal.jobs.preremplissages",
    "portal.jobs.recoupements",
    "portal.jobs.relectures",
    "portal.jobs.rejeu",
    "portal.jobs.synchronisation",
    "portal.jobs.taches",
]
app = App(connector=PsycopgConnector(), import_paths=MODULES)
_place: dict[str, Moyens] = {}


def brancher(moyens: Moyens) -> None:
    """Give this process's jobs what they work with."""
    _place["moyens"] = moyens


def moyens() -> Moyens:
    """What this process's jobs work with. KeyError when nobody has called `brancher`."""
    return _place["moyens"]
