"""Reads damaged files one after the other, and keeps what became of each."""

import resource
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from portal.classeurs.lecture import PANNE, ouvrir
from portal.classeurs.resultats import ClasseurRefuse, Consigne
from portal.vocabulaire_imports import GenreImport
from tests.campagnes.classeurs.mutations import MUTATIONS
from tests.campagnes.classeurs.semences import semences

GRAINE, FICHIERS = 20261123, 2_000
DELAI, MEMOIRE = 60.0, 1 << 30
PHRASE = 30


@dataclass(frozen=True)
class Cas:
    """A file: what befell it, and its bytes."""

    rang: int
    mutation: str
    nom: str
    octets: bytes


@dataclass
class Bilan:
    """What became of them. `fautes`: anything but lines, or a sentence that says what to do."""

    sorts: dict[str, Counter[str]] = field(default_factory=dict)
    phrases: Counter[str] = field(default_factory=Counter)
    fautes: list[str] = field(default_factory=list)
    plus_long: float = 0.0
    enfant: float = 0.0
    parent: float = 0.0

    @property
    def fichiers(self) -> int:
        """How many there were."""
        return sum(sort.total() for sort in self.sorts.values())


def cas(graine: int, fichiers: int) -> Iterator[Cas]:
    """The files of that seed, each drawn apart: the hundredth is the same whatever their number."""
    depart = sorted(semences().items())
    noms, poids = list(MUTATIONS), [combien for combien, _ in MUTATIONS.values()]
    for rang in range(fichiers):
        hasard = Random(f"{graine}-{rang}")
        mutation = hasard.choices(noms, poids)[0]
        nom, octets = depart[rang % len(depart)]
        mute = MUTATIONS[mutation][1](hasard, octets)
        if hasard.random() < 0.15:
            nom = f"{nom.partition('.')[0]}.{hasard.choice(('xlsx', 'csv', 'pdf', 'xls'))}"
        yield Cas(rang, mutation, nom, mute)


def run(dossier: Path, *, graine: int = GRAINE, fichiers: int = FICHIERS, ensemble: int = 2) -> Bilan:
    """Read each of them, some at once."""
    bilan = Bilan()
    with ThreadPoolExecutor(ensemble) as gens:
        for un, sort, duree in gens.map(lambda un: (un.mutation, *_lire(dossier, un)), cas(graine, fichiers)):
            bilan.sorts.setdefault(un, Counter())[_issue(sort)] += 1
            bilan.plus_long = max(bilan.plus_long, duree)
            if sort.startswith("faute"):
                bilan.fautes.append(sort)
            elif sort != "lu":
                bilan.phrases[sort] += 1
    bilan.enfant = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    bilan.parent = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return bilan


def _lire(dossier: Path, un: Cas) -> tuple[str, float]:
    """« lu », the sentence of the refusal, or a fault; and how long it took."""
    chemin = dossier / f"fichier-{un.rang}"
    chemin.write_bytes(un.octets)
    debut = time.monotonic()
    try:
        consigne = Consigne(GenreImport.DEMANDES)
        with ouvrir(chemin, un.nom, consigne, delai=DELAI, memoire=MEMOIRE) as lecture:
            lues = sum(1 for _ in lecture.lignes)
            sort = (
                "lu" if lecture.bilan and lecture.bilan.lignes == lues else _faute(un, "le bilan n’est pas le compte")
            )
    except ClasseurRefuse as refus:
        phrase = str(refus)
        notes = " ".join(getattr(refus, "__notes__", ()))
        panne = phrase == PANNE or len(phrase) < PHRASE or not phrase.endswith(".")
        sort = _faute(un, f"{phrase} {notes}") if panne else phrase
    except Exception as autre:  # noqa: BLE001  # any other is what the campaign looks for
        sort = _faute(un, repr(autre))
    if not sort.startswith("faute"):
        chemin.unlink()
    return sort, time.monotonic() - debut


def _issue(sort: str) -> str:
    return "faute" if sort.startswith("faute") else "lu" if sort == "lu" else "refusé"


def _faute(un: Cas, quoi: str) -> str:
    return f"faute\u00a0: {un.rang} ({un.mutation}, {un.nom})\u00a0: {quoi}"
