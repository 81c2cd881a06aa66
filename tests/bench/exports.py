"""Measures the writing of an export of 100,000 rows, beside openpyxl's bare write-only writing of the same cells."""

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from portal.documents.ecriture import ecrire
from portal.documents.feuilles import Colonne, Feuille
from portal.vocabulaire_imports import FormatExport
from tests.bench import classeurs

LIGNES, PETIT = 100_000, 2_000
PLAFOND, MEMOIRE = 1.5, 150.0
GENRES = {"Exercice": "entier", "Date de dépôt": "date"}


@dataclass(frozen=True, kw_only=True)
class Export:
    """Seconds and mebibytes, each writing in a process of its own."""

    lignes: int
    openpyxl: float
    portail: float
    memoire: float

    @property
    def rapport(self) -> float:
        """How many times openpyxl's bare writing ours takes."""
        return self.portail / self.openpyxl


def measure(dire: Callable[[str], None], lignes: int = LIGNES) -> Export:
    """Both writings of the same cells, in one run."""
    dire(f"Export de {lignes} lignes…")
    nue, _ = _apart(_bare, lignes)
    portail, memoire = _apart(_ours, lignes)
    return Export(lignes=lignes, openpyxl=nue, portail=portail, memoire=memoire)


def _apart(ecriture: Callable[[Path, int], None], lignes: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as dossier, ProcessPoolExecutor(1, mp_context=get_context("spawn")) as enfant:
        return enfant.submit(_timed, ecriture, Path(dossier) / "export.xlsx", lignes).result()


def _timed(ecriture: Callable[[Path, int], None], chemin: Path, lignes: int) -> tuple[float, float]:
    """Seconds, and the most memory that this process ever held, which unlike ru_maxrss leaves out its parent's."""
    debut = time.perf_counter()
    ecriture(chemin, lignes)
    duree = time.perf_counter() - debut
    etat = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert etat is not None
    return duree, int(etat[1]) / 1024


def _bare(chemin: Path, lignes: int) -> None:
    classeurs.write(chemin, lignes)


def _ours(chemin: Path, lignes: int) -> None:
    colonnes = tuple(Colonne(titre, _genre(titre)) for titre in classeurs.TITRES)
    rangees: Iterator[tuple[Any, ...]] = (tuple(classeurs.rangee(rang)) for rang in range(lignes))
    with chemin.open("wb") as cible:
        ecrire(cible, FormatExport.XLSX, [Feuille("Demandes 2024", colonnes, rangees)])


def _genre(titre: str) -> Any:
    return "montant" if titre.startswith("Montant") else GENRES.get(titre, "texte")


def tell(export: Export) -> Iterator[str]:
    """What it costs, beside what is allowed."""
    yield (
        f"Export de {export.lignes} lignes de {len(classeurs.TITRES)} cellules\u00a0: openpyxl nu {export.openpyxl:.1f} s, "
        f"portail {export.portail:.1f} s (rapport {export.rapport:.2f}, au plus {PLAFOND:g}), mémoire "
        f"{export.memoire:.0f} Mio (moins de {MEMOIRE:g})."
    )
