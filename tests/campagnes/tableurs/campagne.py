"""Writes the corpus as files, has them read as an import does, and compares each cell with its truth."""

import csv
from collections import Counter
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from random import Random

from portal.classeurs.lecture import ouvrir
from portal.classeurs.resultats import Consigne, LigneLue
from portal.vocabulaire_imports import GenreImport
from tests.campagnes.tableurs.generateur import COLONNES, Case, en_texte, lignes
from tests.classeurs_ecrits import Cellule, xlsx

FORMATS = ("xlsx", "csv")
GRAINE = 20_261_123
EXEMPLES = 20


@dataclass
class Compte:
    """What became of the cells of one way of writing."""

    justes: int = 0
    justes_et_dites: int = 0
    refusees: int = 0
    autres_et_dites: int = 0
    en_silence: int = 0

    @property
    def total(self) -> int:
        """All the cells."""
        return self.justes + self.justes_et_dites + self.refusees + self.autres_et_dites + self.en_silence


@dataclass
class Bilan:
    """What became of each cell, and the first that were changed without a word."""

    comptes: dict[tuple[str, str, str], Compte] = field(default_factory=dict)
    silences: list[str] = field(default_factory=list)
    lignes_perdues: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)

    @property
    def cellules(self) -> int:
        """How many cells were compared."""
        return sum(un.total for un in self.comptes.values())


def run(bilan: Bilan, *, graine: int, cellules: int, dossier: Path) -> None:
    """Half of the cells in an Excel workbook, half in a CSV file, each read by the child process that reads imports."""
    for rang, format_ecrit in enumerate(FORMATS):
        alea = Random(graine + rang)
        ecrites = list(lignes(alea, cellules // len(FORMATS) // len(COLONNES)))
        chemin = dossier / f"corpus.{format_ecrit}"
        chemin.write_bytes(_octets(format_ecrit, ecrites))
        with ouvrir(chemin, chemin.name, Consigne(GenreImport.DEMANDES)) as lecture:
            lues = {lue.numero: lue for lue in lecture.lignes}
        for numero, ecrite in enumerate(ecrites, start=2):
            _comparer(bilan, format_ecrit, ecrite, lues.get(numero))


def _octets(format_ecrit: str, ecrites: list[list[Case]]) -> bytes:
    titres: list[Cellule] = [colonne.titre for colonne in COLONNES]
    if format_ecrit == "xlsx":
        return xlsx({"Demandes": [titres, *([case.ecrit for case in ecrite] for ecrite in ecrites)]}).octets
    tampon = StringIO()
    csv.writer(tampon, delimiter=";").writerows(
        [titres, *([en_texte(case.ecrit) for case in ecrite] for ecrite in ecrites)]
    )
    return tampon.getvalue().encode("utf-8-sig")


def _comparer(bilan: Bilan, format_ecrit: str, ecrite: list[Case], lue: LigneLue | None) -> None:
    if lue is None or not lue.valeurs:
        bilan.lignes_perdues += 1
        return
    bilan.verdicts[str(lue.verdict)] += 1
    dits = {remarque.champ for remarque in lue.remarques}
    for case in ecrite:
        champ = case.colonne.champ
        compte = bilan.comptes.setdefault((_genre(champ), case.ecriture, format_ecrit), Compte())
        valeur = lue.valeurs.get(champ, "")
        if champ not in dits and valeur != case.verite:
            compte.en_silence += 1
            bilan.silences.append(
                f"{format_ecrit}, {champ}, {case.ecriture} : {case.ecrit!r} lu {valeur!r}, pour {case.verite!r}"
            )
        elif valeur == case.verite:
            compte.justes += champ not in dits
            compte.justes_et_dites += champ in dits
        elif valeur:
            compte.autres_et_dites += 1
        else:
            compte.refusees += 1


def _genre(champ: str) -> str:
    """Fields of one type are counted together."""
    familles = {"montant": "montant", "date": "date"}
    return familles.get(champ.split("_", maxsplit=1)[0], champ)
