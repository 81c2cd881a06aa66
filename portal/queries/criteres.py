"""Reads the criteria of a list from the arguments of an address: what cannot be used is left out, and said."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

IDENTIFIANT_MAXIMAL = 2**63 - 1
Valeur = TypeVar("Valeur")
Choix = TypeVar("Choix", bound=StrEnum)


class Lecture:
    """Reads each argument with its reader, and gathers what could not be used (`ignores`, French sentences)."""

    def __init__(self, args: Mapping[str, str]) -> None:
        self.args = args
        self.ignores: list[str] = []

    def une(self, nom: str, lire: Callable[[str], Valeur], libelle: str) -> Valeur | None:
        """The value of an argument, None when it is not given or when `lire` raises ValueError."""
        brut = self.args.get(nom, "").strip()
        if not brut:
            return None
        try:
            return lire(brut)
        except ValueError:
            vu = f" « {brut[:60]} »" if nom != "page" else " demandée"
            self.ignores.append(f"{libelle}{vu} n’existe pas ou n’est pas lisible : ce critère est laissé de côté.")
            return None


def parmi(valeurs: list[Choix]) -> Callable[[str], Choix]:
    """A reader that knows these values alone."""
    connues = {valeur.value: valeur for valeur in valeurs}

    def lire(texte: str) -> Choix:
        if texte not in connues:
            raise ValueError(texte)
        return connues[texte]

    return lire


def identifiant(texte: str) -> int:
    """A row's id. Raises ValueError."""
    if not texte.isascii() or not texte.isdigit() or int(texte[:20]) > IDENTIFIANT_MAXIMAL:
        raise ValueError(texte)
    return int(texte)
