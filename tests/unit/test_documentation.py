"""What README and the guides name exists: words of the screen, commands, variables, links."""

import ast
import re
import shlex
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import click
import pytest

from portal.cli import main
from portal.config import Config
from tests.architecture.sources import DEPOT, arbre, gabarits, modules, nom

GUIDES = sorted((DEPOT / "docs" / "guides").glob("*.md"))
EXPLOITANT = DEPOT / "docs" / "guides" / "exploitant.md"
LUS = [DEPOT / "README.md", *GUIDES]
PAGES = sorted((*DEPOT.glob("*.md"), *(DEPOT / "docs").rglob("*.md")))
CODE = re.compile(r"^```\w*\n(.*?)^```|`([^`\n]+)`", re.DOTALL | re.MULTILINE)
GRAS = re.compile(r"\*\*([^*]+)\*\*")
SECABLE = re.compile(r" [;:!?»](?=[\s.,)|*]|$)|« ", re.MULTILINE)
LIEN = re.compile(r"\]\(([^)\s]+)\)")
VARIABLE = re.compile(r"`([A-Z][A-Z0-9_]+)`")
COMPLETES = ("portal services creer", "portal agents inviter")


def _lire(fichier: Path) -> str:
    return fichier.read_text(encoding="utf-8")


def _plat(texte: str) -> str:
    """Spaces folded, case forgotten: a label is written once, and shown with or without a capital."""
    return " ".join(texte.split()).casefold()


def _lignes_de_code(fichier: Path) -> Iterator[str]:
    """Each line of code that a page quotes; a line that goes on is one line."""
    for bloc, mots in CODE.findall(_lire(fichier)):
        yield from (ligne.strip() for ligne in (bloc or mots).replace("\\\n", " ").splitlines())


LIGNES = {ligne for fichier in LUS for ligne in _lignes_de_code(fichier)}
CITEES = sorted(ligne for ligne in LIGNES if ligne.startswith("portal "))


def _trouver(mots: list[str]) -> tuple[click.Command, list[str]]:
    """The command that these words name, and its arguments. KeyError when there is no such command."""
    commande: click.Command = main
    while isinstance(commande, click.Group) and mots and not mots[0].startswith("-"):
        suivante = commande.get_command(click.Context(commande), mots[0])
        if suivante is None:
            raise KeyError(mots[0])
        commande, mots = suivante, mots[1:]
    return commande, mots


@pytest.mark.parametrize("ligne", CITEES)
def test_each_command_quoted_exists_with_its_options(ligne: str) -> None:
    commande, arguments = _trouver(shlex.split(ligne)[1:])
    options = {option for parametre in commande.params for option in parametre.opts} | {"--help"}
    assert {mot for mot in arguments if mot.startswith("--")} <= options


def test_commands_given_whole_are_accepted_as_they_stand() -> None:
    entieres = [ligne for ligne in CITEES if ligne.startswith(COMPLETES) and " --" in ligne]
    assert entieres
    for ligne in entieres:
        commande, arguments = _trouver(shlex.split(ligne)[1:])
        commande.make_context(ligne, arguments)


def test_each_target_of_make_quoted_is_one_that_make_help_lists() -> None:
    cibles = set(re.findall(r"^([a-z-]+): ##", _lire(DEPOT / "Makefile"), re.MULTILINE))
    citees = {mot for ligne in LIGNES for mot in re.findall(r"\bmake ([a-z-]+)", ligne)}
    assert citees
    assert citees <= cibles


class _Temoin(Mapping[str, str]):
    """An environment that remembers what is asked of it."""

    def __init__(self) -> None:
        self.demandees: set[str] = set()

    def __getitem__(self, cle: str) -> str:
        self.demandees.add(cle)
        vides = dict.fromkeys(("DS_CROCHET_SECRET", "DS_DEMARCHES", "DS_TOKEN_EXPIRATION"), "")
        return {"PORTAL_MODE": "demo", **vides}.get(cle, "1")

    def __iter__(self) -> Iterator[str]:
        return iter(self.demandees)

    def __len__(self) -> int:
        return len(self.demandees)


@pytest.fixture
def lues() -> set[str]:
    """Every variable that the configuration reads, and those of the Procfile."""
    temoin = _Temoin()
    Config.from_env(temoin)
    return temoin.demandees | set(re.findall(r"\$\{([A-Z_]+)", _lire(DEPOT / "Procfile")))


def test_the_operator_finds_every_variable(lues: set[str]) -> None:
    assert lues - set(VARIABLE.findall(_lire(EXPLOITANT))) == set()


@pytest.mark.parametrize("lu", LUS, ids=nom)
def test_no_page_names_a_variable_that_nothing_reads(lu: Path, lues: set[str]) -> None:
    autres = {"PATH"}
    assert {v for v in VARIABLE.findall(_lire(lu)) if "_" in v or v in lues} - lues - autres == set()


@cache
def _ecran() -> str:
    """All that the portal may show: its templates, and the texts that its code holds."""
    noeuds = (noeud for module in modules("portal") for noeud in ast.walk(arbre(module)))
    textes = [n.value for n in noeuds if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return _plat("\n".join([*map(_lire, gabarits()), *textes]))


@pytest.mark.parametrize("guide", GUIDES, ids=nom)
def test_words_in_bold_are_those_of_the_screen(guide: Path) -> None:
    sans_code = re.sub(CODE, "", _lire(guide))
    inconnus = {mots for mots in GRAS.findall(sans_code) if _plat(mots) not in _ecran()} - {"en gras"}
    assert inconnus == set()


@pytest.mark.parametrize("guide", GUIDES, ids=nom)
def test_french_punctuation_never_begins_a_line_of_a_guide(guide: Path) -> None:
    """Spaces before « ; : ! ? » » and after « « » do not break."""
    assert SECABLE.findall(re.sub(CODE, "`", _lire(guide))) == []


def _ancres(fichier: Path) -> set[str]:
    """Anchors of a page's headings, as forges make them."""
    titres = re.findall(r"^#+ (.+)$", _lire(fichier), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", titre.casefold()).replace(" ", "-") for titre in titres}


@pytest.mark.parametrize("fichier", PAGES, ids=nom)
def test_each_relative_link_leads_somewhere(fichier: Path) -> None:
    for lien in LIEN.findall(_lire(fichier)):
        chemin, _, ancre = lien.partition("#")
        if not lien.startswith(("http://", "https://", "mailto:")):
            cible = fichier.parent / chemin if chemin else fichier
            assert cible.exists(), lien
            assert not ancre or ancre in _ancres(cible), lien


def test_the_index_leads_to_every_guide_and_to_every_decision() -> None:
    for dossier in ("guides", "adr"):
        index = DEPOT / "docs" / dossier / "README.md"
        assert {p.name for p in index.parent.glob("*.md")} - {"README.md"} == set(LIEN.findall(_lire(index)))
