"""The project's own files, as the tripwires read them."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

DEPOT = Path(__file__).resolve().parents[2]
CODE = ("portal", "integrations", "migrations", "wsgi.py")
GABARITS = DEPOT / "portal" / "templates"
REGLES = Path(__file__).with_name("regles.toml")


@cache
def regles() -> dict[str, Any]:
    """What regles.toml says."""
    return tomllib.loads(REGLES.read_text(encoding="utf-8"))


def nom(fichier: Path) -> str:
    """Path of a file inside the project."""
    return fichier.relative_to(DEPOT).as_posix()


def modules(*racines: str) -> list[Path]:
    """Python files under those places."""
    trouves = (
        f
        for racine in racines
        for f in ([DEPOT / racine] if racine.endswith(".py") else (DEPOT / racine).rglob("*.py"))
    )
    return sorted(trouves)


def gabarits() -> list[Path]:
    """Every template."""
    return sorted(f for f in GABARITS.rglob("*") if f.suffix in (".html", ".txt"))


@cache
def arbre(fichier: Path) -> ast.Module:
    """Syntax tree of a module."""
    return ast.parse(fichier.read_text(encoding="utf-8"))


def lignes(fichier: Path) -> int:
    """Number of lines of a file."""
    return len(fichier.read_text(encoding="utf-8").splitlines())


def fonctions(fichier: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Functions and methods of a module, nested ones too."""
    for noeud in ast.walk(arbre(fichier)):
        if isinstance(noeud, ast.FunctionDef | ast.AsyncFunctionDef):
            yield noeud
