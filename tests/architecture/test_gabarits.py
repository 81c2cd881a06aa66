"""Templates hold no script, no style, no class of the design system out of its place, and each serves some page."""

import ast
import re

import pytest

from portal.web.erreurs import PAGES
from tests.architecture.sources import GABARITS, arbre, gabarits, modules, nom, regles

REGLES = regles()["gabarits"]
REFERENCE = re.compile(r"""{%-?\s*(?:extends|include|import|from)\s+["']([^"']+)["']""")
NOMS = {fichier.relative_to(GABARITS).as_posix(): fichier for fichier in gabarits()}


@pytest.mark.parametrize("interdit", REGLES["interdits"])
def test_no_template_holds_what_the_security_policy_refuses(interdit: str) -> None:
    fautifs = [gabarit for gabarit, fichier in NOMS.items() if re.search(interdit, fichier.read_text(encoding="utf-8"))]
    assert not fautifs, REGLES["interdits"][interdit]


def test_only_macros_and_layouts_know_the_design_system() -> None:
    fautifs = [
        gabarit
        for gabarit, fichier in NOMS.items()
        if not gabarit.startswith(tuple(REGLES["avec_classes"]))
        and re.search(r"\bclasse?s?\s*=", fichier.read_text(encoding="utf-8"))
    ]
    assert not fautifs


def test_markup_is_made_where_it_is_declared() -> None:
    faiseurs = {
        nom(fichier)
        for fichier in modules("portal", "integrations")
        for noeud in ast.walk(arbre(fichier))
        if isinstance(noeud, ast.Call) and ast.unparse(noeud.func).endswith("Markup")
    }
    assert faiseurs == set(REGLES["markup"])


def test_each_template_that_is_named_exists_and_each_template_is_named() -> None:
    nommes = _nommes_par_le_code() | _nommes_par_les_gabarits() | {f"errors/{statut}.html" for statut in (*PAGES, 500)}
    assert not {gabarit for gabarit in nommes if gabarit not in NOMS}, "named, but no such file"
    assert not set(NOMS) - nommes, "no page uses it"


def _nommes_par_le_code() -> set[str]:
    """Literals of Python that are names of templates; those of documents are relative to their own folder."""
    trouves = set()
    for fichier in modules("portal"):
        racine = "documents/" if nom(fichier).startswith("portal/documents/") else ""
        for noeud in ast.walk(arbre(fichier)):
            texte = noeud.value if isinstance(noeud, ast.Constant) else None
            if isinstance(texte, str) and re.fullmatch(r"[a-z_/]+\.(html|txt)", texte):
                trouves.add(racine + texte)
    return trouves


def _nommes_par_les_gabarits() -> set[str]:
    return {
        ("documents/" if gabarit.startswith("documents/") else "") + reference
        for gabarit, fichier in NOMS.items()
        for reference in REFERENCE.findall(re.sub(r"{#.*?#}", "", fichier.read_text(encoding="utf-8"), flags=re.DOTALL))
    }
