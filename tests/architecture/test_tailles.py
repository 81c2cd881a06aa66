"""What hurts in every codebase is the one file that nobody split: sizes have ceilings, exceptions may only shrink."""

from collections import Counter
from collections.abc import Iterator

from flask import Flask

from tests.architecture.sources import CODE, fonctions, gabarits, lignes, modules, nom, regles

TAILLES = regles()["tailles"]
# Migrations are written by Alembic, and nobody reads their past.
ECRITS = [fichier for fichier in modules(*CODE) if not nom(fichier).startswith("migrations/versions/")]
EXCEPTIONS: dict[str, int] = TAILLES["exceptions"]


def _mesures() -> Iterator[tuple[str, int, int]]:
    """Each thing with its size and its ceiling."""
    for fichier in ECRITS:
        routes = nom(fichier).startswith("portal/routes/")
        yield nom(fichier), lignes(fichier), TAILLES["module_de_routes" if routes else "module"]
    for fichier in modules("tests"):
        yield nom(fichier), lignes(fichier), TAILLES["test"]
    for fichier in gabarits():
        yield nom(fichier), lignes(fichier), TAILLES["gabarit"]
    for fichier in ECRITS + modules("tests"):
        for fonction in fonctions(fichier):
            taille = (fonction.end_lineno or fonction.lineno) - fonction.lineno + 1
            yield f"{nom(fichier)}::{fonction.name}", taille, TAILLES["fonction"]


def test_nothing_passes_its_ceiling() -> None:
    trop_grands = {ou: taille for ou, taille, plafond in _mesures() if taille > EXCEPTIONS.get(ou, plafond)}
    assert not trop_grands


def test_an_exception_that_is_no_longer_needed_leaves_the_list() -> None:
    besoins = {ou: taille for ou, taille, plafond in _mesures() if taille > plafond}
    inutiles = {ou for ou, permis in EXCEPTIONS.items() if besoins.get(ou) != permis}
    assert not inutiles, "write the present size, or take the exception away"


def test_no_blueprint_has_too_many_routes(app: Flask) -> None:
    adresses = Counter(regle.endpoint.rpartition(".")[0] for regle in app.url_map.iter_rules())
    assert not {blueprint: n for blueprint, n in adresses.items() if n > TAILLES["routes_par_blueprint"]}
