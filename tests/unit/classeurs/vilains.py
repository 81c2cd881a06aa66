"""Ugly workbooks, of the kinds that services send, each with what a person reads in it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from portal.vocabulaire_imports import GenreImport
from tests.classeurs_ecrits import Cellule, Ecrit, texte, xlsx

D, V, A, AVIS, S = (
    GenreImport.DEMANDES,
    GenreImport.VERSEMENTS,
    GenreImport.ASSOCIATIONS,
    GenreImport.AVIS,
    GenreImport.SCDL,
)
SIRET, AUTRE = "73282932000074", "55208131766522"
TITRES: list[Cellule] = ["Association", "N° SIRET", "Montant demandé", "Date de dépôt"]
FOYER: list[Cellule] = ["Foyer rural", SIRET, 1500, date(2026, 1, 31)]
AMIS: list[Cellule] = ["Les Amis", AUTRE, 800.5, date(2026, 2, 1)]
FOYER_LU = {"association_nom": "Foyer rural", "siret": SIRET, "montant_demande": "1500.00", "date_depot": "2026-01-31"}
AMIS_LUS = {"association_nom": "Les Amis", "siret": AUTRE, "montant_demande": "800.50", "date_depot": "2026-02-01"}


@dataclass(frozen=True)
class Vilain:
    """A file, and what is expected: header rows, the values of each line kept, the rows left out, what is said of which field."""

    nom: str
    genre: GenreImport
    ecrit: Callable[[], Ecrit]
    entete: tuple[int, ...]
    lignes: Sequence[dict[str, str]]
    dehors: Sequence[int] = ()
    dits: Sequence[tuple[int, str, str]] = ()
    manquants: tuple[str, ...] = ()
    feuille: str = "Feuil1"
    choix: dict[str, object] = field(default_factory=dict)


def x(*rangees: Sequence[Cellule], **options: object) -> Callable[[], Ecrit]:
    """A workbook of one sheet."""
    return lambda: xlsx({"Feuil1": rangees}, **options)


def f(feuilles: dict[str, Sequence[Sequence[Cellule]]], **options: object) -> Callable[[], Ecrit]:
    """A workbook of several sheets."""
    return lambda: xlsx(feuilles, **options)


def c(contenu: str, separateur: str = ";") -> Callable[[], Ecrit]:
    """A CSV file."""
    return lambda: texte(contenu, separateur)


def demande(**autres: str) -> dict[str, str]:
    """What is read of the first line, but for these fields."""
    return FOYER_LU | autres
