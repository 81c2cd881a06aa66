"""What the reading of a workbook tells. Each is written and read back as JSON, between the child process and its parent."""

from dataclasses import dataclass, field
from typing import Any

from portal.vocabulaire_imports import GenreImport, VerdictLigne

TROP_LOURD = (
    "La lecture de ce fichier a été arrêtée\u00a0: il demande trop de mémoire. Cela arrive quand il est très lourd, ou quand une "
    "cellule est remplie très loin du tableau. Copiez le tableau dans un classeur neuf, ou envoyez-le en plusieurs fichiers."
)


class ClasseurRefuse(ValueError):
    """The file cannot be read. The message, in French, says why and what to do."""


@dataclass(frozen=True, slots=True)
class Consigne:
    """What to read, and what a person or the memory of the service has chosen. None: found by the reading itself.

    `genre`: what its lines are. `entete`: numbers of the rows of the header, from 1, as a spreadsheet shows them. `colonnes`:
    rank of the column, from 0, to our field, "" for a column that is left out.
    """

    genre: GenreImport | None = None
    feuille: str | None = None
    entete: tuple[int, ...] | None = None
    colonnes: dict[int, str] | None = None


@dataclass(frozen=True, slots=True)
class FeuilleVue:
    """A sheet of the file: how many rows and columns are not empty, and why it was chosen or not."""

    nom: str
    lignes: int
    colonnes: int
    cachee: bool
    pourquoi: str


@dataclass(frozen=True, slots=True)
class ColonneVue:
    """A column: its header, the field that it gives ("" for none), how that was found, and the first values it holds."""

    rang: int
    titre: str
    champ: str
    methode: str
    confiance: float
    exemples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Constat:
    """What was found before the lines. `forme`: a digest of the headers, by which a service's mapping is remembered.

    `genre`: the kind that was asked for, or found, and then `raison_genre`; `hesitation`: the kinds that fit equally, of which
    a person is to choose. `manquants`: required fields that no column gives. `encodage` and `separateur` are "" for a workbook.
    `remarques`: what is to be said of the file itself, in French: a wrong extension, macros, hidden rows, damaged accents.
    """

    format: str
    encodage: str
    separateur: str
    base_1904: bool
    feuilles: tuple[FeuilleVue, ...]
    feuille: str
    entete: tuple[int, ...]
    colonnes: tuple[ColonneVue, ...]
    manquants: tuple[str, ...]
    forme: str
    genre: GenreImport
    remarques: tuple[str, ...] = ()
    raison_genre: str = ""
    hesitation: tuple[GenreImport, ...] = ()


@dataclass(frozen=True, slots=True)
class Remarque:
    """Something to say of one cell: its column (rank from 0, -1 for the line itself), field, what was read, and why."""

    colonne: int
    champ: str
    lu: str
    verdict: VerdictLigne
    raison: str


@dataclass(frozen=True, slots=True)
class LigneLue:
    """A line. `numero`: its row in the sheet, from 1. `lu`: its cells as a person sees them.

    `valeurs`: by field, in canonical text: amounts « 1234.50 » (euros), days « 2026-01-31 », numbers without leading sign,
    identifiers in full; a field that could not be read is absent, never guessed.
    """

    numero: int
    lu: tuple[str, ...]
    valeurs: dict[str, str]
    remarques: tuple[Remarque, ...] = ()
    verdict: VerdictLigne = VerdictLigne.PRET


@dataclass(frozen=True, slots=True)
class Bilan:
    """How many lines of each verdict were read. `pannes`: our failures on a cell, to be logged."""

    lignes: int
    comptes: dict[str, int] = field(default_factory=dict)
    pannes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LigneAnnotee:
    """What is to be said of a line as it was read (`lu`). `remarques`: by column, from 0, the gravest verdict and its reasons."""

    numero: int
    lu: tuple[str, ...]
    verdict: str
    raison: str
    remarques: dict[int, tuple[VerdictLigne, str]]


@dataclass(frozen=True, slots=True)
class Annotations:
    """What is to be written in the file itself: in that sheet, whose header ends at that row (0 for none), by row."""

    feuille: str
    entete: int
    lignes: dict[int, LigneAnnotee]


def en_json(resultat: Constat | LigneLue | Bilan | Consigne) -> dict[str, Any]:
    """A result as what JSON knows, its class named by the key `t`."""
    return {"t": type(resultat).__name__, **_nu(resultat)}


def _nu(resultat: Any) -> dict[str, Any]:
    return {
        nom: [_nu(un) if hasattr(un, "__dataclass_fields__") else un for un in valeur]
        if isinstance(valeur, tuple)
        else valeur
        for nom in resultat.__dataclass_fields__
        for valeur in (getattr(resultat, nom),)
    }
