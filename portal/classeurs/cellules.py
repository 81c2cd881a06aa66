"""What the reading of one cell gives: a value in canonical text, or nothing, and what is to be said of it."""

from dataclasses import dataclass

from portal.vocabulaire_imports import VerdictLigne


@dataclass(frozen=True, slots=True)
class Cellule:
    """A cell that was read. `valeur`: "" when there is none. `raison`: "" when nothing is to be said. `vers`: field that takes
    the value instead of that of the column, "" for the column's own."""

    vu: str
    valeur: str
    raison: str = ""
    verdict: VerdictLigne = VerdictLigne.PRET
    vers: str = ""


VIDE = Cellule("", "")


def douteuse(vu: str, valeur: str, raison: str, vers: str = "") -> Cellule:
    """A value that is kept, or a cell that is left empty, with something to say."""
    return Cellule(vu, valeur, raison, VerdictLigne.AVERTISSEMENT, vers)


def refusee(vu: str, raison: str) -> Cellule:
    """A cell that cannot be read without guessing: its line waits until it is put right."""
    return Cellule(vu, "", raison, VerdictLigne.REJETE)
