"""The ladder holds, names say something, imports stand at the top of their file."""

import ast
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import CODE, DEPOT, arbre, fonctions, modules, nom, regles

IMPORTS = regles()["imports"]
MUET = re.compile(r"# ?(?:noqa|type: ?ignore)[^#]*(?P<raison># ?\w.*)?")


def test_the_import_contracts_are_kept() -> None:
    lint = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=DEPOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert lint.returncode == 0, lint.stdout + lint.stderr


def test_no_module_bears_a_name_that_says_nothing() -> None:
    assert not [
        nom(f)
        for f in modules(*CODE, "tests")
        if set(f.relative_to(DEPOT).with_suffix("").parts) & set(IMPORTS["noms_interdits"])
    ]


def test_imports_stand_at_the_top_but_for_those_that_have_a_reason() -> None:
    trouves = {
        f"{nom(fichier)}::{fonction.name}"
        for fichier in modules(*CODE)
        for fonction in fonctions(fichier)
        if any(isinstance(noeud, ast.Import | ast.ImportFrom) for noeud in ast.walk(fonction))
    }
    assert trouves == set(IMPORTS["dans_une_fonction"])


def test_no_rule_is_ignored_without_a_reason_beside_it() -> None:
    assert not [f"{nom(f)}:{n}" for f in modules(*CODE, "tests") for n in _sans_raison(f)]


def _sans_raison(fichier: Path) -> Iterator[int]:
    """Lines whose comment silences a tool, with no reason after it nor in a comment just above."""
    precedente: tokenize.TokenInfo | None = None
    with fichier.open("rb") as octets:
        for jeton in tokenize.tokenize(octets.readline):
            if jeton.type != tokenize.COMMENT:
                continue
            au_dessus = precedente is not None and jeton.start[0] - precedente.start[0] == 1
            muet = MUET.search(jeton.string)
            if muet and not muet["raison"] and not au_dessus:
                yield jeton.start[0]
            precedente = jeton


def test_nobody_swallows_an_exception_nor_replaces_code_in_integration_tests() -> None:
    muets = [
        f"{nom(fichier)}:{noeud.lineno}"
        for fichier in modules(*CODE)
        for noeud in ast.walk(arbre(fichier))
        if isinstance(noeud, ast.ExceptHandler) and all(isinstance(ordre, ast.Pass) for ordre in noeud.body)
    ]
    assert not muets
    assert not [
        nom(f)
        for f in modules("tests")
        if "mock.patch" in f.read_text(encoding="utf-8") and "tests/unit/" not in nom(f) and f != Path(__file__)
    ]
