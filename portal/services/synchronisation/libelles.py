"""What the labels of a DS form tell of its questions: rules as data (libelles.toml), read once. Pure.

A wrong column is worse than none: what a label excludes (« accordé l’an dernier », « d’un autre financeur », « total ») is
never taken, however close the rest of its words.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from portal.formats import mots_de_recherche

MEMOIRE = 10_000
SEPARATEUR = " › "
# What adds nothing to a label: « (en euros) », « (facultatif) ».
BRUIT = re.compile(r"\b(en )?(euros?|eur|ttc)\b|\b(facultatif|obligatoire|si connu)\b")


class Regle(StrEnum):
    """The rules of libelles.toml: one for each target that a label may tell, and the name of an association."""

    SIRET = "siret"
    RNA = "rna"
    MONTANT_DEMANDE = "montant_demande"
    INTITULE = "intitule"
    CER_CASE = "cer_case"
    CER_DATE = "cer_date"
    DENOMINATION = "denomination"


@dataclass(frozen=True, slots=True)
class Fiche:
    """A rule. `types` bear no suffix, and `types_proposes` holds them too; `expressions` are in order, the surest first."""

    types: frozenset[str]
    types_proposes: frozenset[str]
    type_suffit: bool
    expressions: tuple[re.Pattern[str], ...]
    exclusions: re.Pattern[str] | None
    sections: re.Pattern[str] | None
    doutes: re.Pattern[str] | None
    proches: tuple[str, ...]

    def exclut(self, libelle: str, section: str) -> bool:
        """Whether these words (normalised) speak of something else."""
        ailleurs = self.sections is not None and self.sections.search(section)
        return bool(ailleurs or (self.exclusions and self.exclusions.search(libelle)))

    def doute(self, libelle: str) -> bool:
        """Whether these words leave a doubt that only a person can settle."""
        return bool(self.doutes and self.doutes.search(libelle))

    def rang(self, libelle: str) -> int | None:
        """The place of the first expression that these words meet."""
        return next((place for place, une in enumerate(self.expressions) if une.search(libelle)), None)


def _charger() -> tuple[Mapping[Regle, Fiche], Mapping[str, tuple[str, ...]]]:
    brut = tomllib.loads(Path(__file__).with_name("libelles.toml").read_text(encoding="utf-8"))
    lignes = {slug: tuple(proches) for slug, proches in brut["budget"].items()}
    return {regle: _fiche(brut[regle]) for regle in Regle}, lignes


def _fiche(brut: dict[str, Any]) -> Fiche:
    return Fiche(
        types=frozenset(brut["types"]),
        types_proposes=frozenset(brut["types"]) | frozenset(brut.get("types_proposes", ())),
        type_suffit=brut.get("type_suffit", False),
        expressions=tuple(re.compile(une) for une in brut["expressions"]),
        exclusions=_ou(brut["exclusions"]),
        sections=_ou(brut["sections"]),
        doutes=_ou(brut["doutes"]),
        proches=tuple(brut["proches"]),
    )


def _ou(expressions: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(expressions)) if expressions else None


FICHES, LIGNES_PROCHES = _charger()


@lru_cache(maxsize=MEMOIRE)
def normaliser(libelle: str) -> str:
    """The words of a label that count: lower case, no accent, no punctuation, no noise."""
    return " ".join(BRUIT.sub(" ", mots_de_recherche(libelle)).split())


@lru_cache(maxsize=MEMOIRE)
def rang(regle: Regle, libelle: str, section: str = "") -> int | None:
    """How surely the label, under that heading, answers the rule: 0 is the surest. None: it does not, or not for sure."""
    fiche, mots, titre = FICHES[regle], normaliser(libelle), normaliser(section)
    if fiche.exclut(mots, titre) or fiche.doute(mots):
        return None
    place = fiche.rang(mots)
    return len(fiche.expressions) if place is None and fiche.type_suffit else place


def sous_titre(titres: Mapping[int, str], niveau: int | None, titre: str) -> dict[int, str]:
    """The headings in force, by level, once this one has been met."""
    ici = niveau or 1
    return {rang: texte for rang, texte in titres.items() if rang < ici} | {ici: titre}


def section(titres: Mapping[int, str]) -> str:
    """The headings above a question, as one line: « Budget › Charges »."""
    return SEPARATEUR.join(titres.values())
