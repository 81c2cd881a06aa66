"""What the cells of a column say of it when its header says nothing."""

from collections.abc import Sequence

from portal.classeurs.champs import TypeChamp
from portal.classeurs.feuilles import Brut, pleine
from portal.classeurs.valeurs import lecteur
from portal.vocabulaire_imports import VerdictLigne

ECHANTILLON = 200
# Fewer values than that say nothing; and so do columns where one cell in five is something else.
VALEURS, PART = 2, 0.8
RECONNUS = (TypeChamp.SIRET, TypeChamp.SIREN, TypeChamp.RNA, TypeChamp.COURRIEL, TypeChamp.DATE, TypeChamp.MONTANT)


def reconnus(cellules: Sequence[Brut]) -> list[tuple[TypeChamp, float]]:
    """The types that nearly all of these cells have, the surest first, with the part of them that does."""
    garnies = [brut for brut in cellules if pleine((brut,))][:ECHANTILLON]
    if len(garnies) < VALEURS:
        return []
    parts = [(genre, _part(genre, garnies)) for genre in RECONNUS]
    trouves = [(genre, part) for genre, part in parts if part >= PART]
    return [
        (TypeChamp.MONTANT_SIGNE, part) if genre == TypeChamp.MONTANT else (genre, part) for genre, part in trouves
    ] + [(genre, part) for genre, part in trouves if genre == TypeChamp.MONTANT]


def _part(genre: TypeChamp, garnies: Sequence[Brut]) -> float:
    lire = lecteur(genre)
    lues = map(lire, garnies)
    return sum(1 for lue in lues if lue.valeur and lue.verdict == VerdictLigne.PRET) / len(garnies)
