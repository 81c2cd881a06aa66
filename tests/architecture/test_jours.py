"""A day is one of Paris: between midnight there and midnight UTC, a day of UTC is yesterday."""

import ast

from tests.architecture.sources import modules, nom


def test_today_is_the_day_in_paris() -> None:
    """`maintenant().date()` is wrong one hour or two of each night; `aujourdhui()` is right."""
    fautes = [
        f"{nom(fichier)}:{noeud.lineno}"
        for fichier in modules("portal", "integrations", "tests")
        for noeud in ast.walk(ast.parse(fichier.read_text(encoding="utf-8")))
        if isinstance(noeud, ast.Call) and ast.unparse(noeud) == "maintenant().date()"
    ]
    assert not fautes
