"""Measures the reading of a workbook of 100,000 lines of 20 cells, verdicts included, beside what openpyxl takes to parse it."""

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook, load_workbook

from portal.classeurs.lecture import ouvrir
from portal.classeurs.resultats import Consigne
from portal.vocabulaire_imports import GenreImport

LIGNES, PETIT = 100_000, 2_000
PLAFOND = 3.0
TITRES = (
    "Référence", "Association", "SIRET", "RNA", "Commune", "Code postal", "Courriel", "Téléphone", "Intitulé",
    "Objet", "Exercice", "Date de dépôt", "Montant demandé", "Montant proposé", "Montant accordé", "Statut",
    "Instructeur", "Dispositif", "Programme", "Observations",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Classeur:
    """Seconds, mebibytes. `lecture`: child and parent, each line received; `memoire`: the most that the child held."""

    lignes: int
    taille: float
    openpyxl: float
    lecture: float
    memoire: float
    verdicts: dict[str, int]

    @property
    def rapport(self) -> float:
        """How many times openpyxl's parse the whole reading takes."""
        return self.lecture / self.openpyxl


def measure(dire: Callable[[str], None], lignes: int = LIGNES) -> Classeur:
    """Both readings of one file, in one run."""
    with tempfile.TemporaryDirectory() as dossier:
        chemin = Path(dossier) / "demandes.xlsx"
        dire(f"Écriture d’un classeur de {lignes} lignes…")
        write(chemin, lignes)
        dire("Lecture…")
        debut = time.perf_counter()
        livre = load_workbook(chemin, read_only=True)
        lues = sum(1 for _ in livre.worksheets[0].iter_rows(values_only=True))
        livre.close()
        milieu = time.perf_counter()
        with ouvrir(chemin, chemin.name, Consigne(GenreImport.DEMANDES)) as lecture:
            recues = sum(1 for _ in lecture.lignes)
            verdicts = lecture.bilan.comptes if lecture.bilan else {}
        fin = time.perf_counter()
        assert lues == recues + 1 == lignes + 1
        return Classeur(
            lignes=lignes,
            taille=chemin.stat().st_size / (1 << 20),
            openpyxl=milieu - debut,
            lecture=fin - milieu,
            memoire=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
            verdicts=verdicts,
        )


def write(chemin: Path, lignes: int) -> None:
    """A workbook of requests, as a service keeps them."""
    livre = Workbook(write_only=True)
    page = livre.create_sheet("Demandes 2024")
    page.append(TITRES)
    for rang in range(lignes):
        page.append(rangee(rang))
    livre.save(chemin)


def rangee(rang: int) -> list[object]:
    """The cells of one request; the same rank always gives the same."""
    siren = f"{(300_000_000 + rang * 7_919) % 1_000_000_000:09d}"
    return [
        f"24-{rang:06d}", f"Association n° {rang % 30_000} des Amis du quartier", f"{siren}{rang % 99_999:05d}",
        f"W{rang % 1_000_000_000:09d}", f"Commune {rang % 900}", f"{1_000 + rang % 94_000:05d}",
        f"contact{rang % 30_000}@example.org", f"0{100_000_000 + rang % 800_000_000}", f"Projet {rang % 5_000}",
        f"Soutien aux activités de l’année, action {rang}", 2024, date(2024, 1, 1) + timedelta(days=rang % 366),
        1_000 + rang % 40_000 + 0.5, 900 + rang % 30_000, 800.25 + rang % 20_000, ("Accordée", "Refusée")[rang % 2],
        f"agent{rang % 40}@example.org", "FDVA 2", "163", "",
    ]  # fmt: skip


def tell(classeur: Classeur) -> Iterator[str]:
    """What it costs, beside what is allowed."""
    yield (
        f"Classeur de {classeur.lignes} lignes de {len(TITRES)} cellules ({classeur.taille:.1f} Mio)\u00a0: openpyxl "
        f"{classeur.openpyxl:.1f} s, portail {classeur.lecture:.1f} s (rapport {classeur.rapport:.2f}, au plus "
        f"{PLAFOND:g}), enfant {classeur.memoire:.0f} Mio au plus."
    )
    yield "Verdicts\u00a0: " + ", ".join(f"{nom} {combien}" for nom, combien in sorted(classeur.verdicts.items()))
