"""What the lines of a file are, when nobody has said it: each kind of import looks for its columns, and the best one is kept."""

from collections.abc import Sequence
from dataclasses import replace

from portal.classeurs.colonnes import CONTENU
from portal.classeurs.resultats import Constat
from portal.vocabulaire_imports import LIBELLES_GENRE_IMPORT

# A column that only its cells tell says less of the file than one that its title names; a file without any title says nothing.
PAR_CONTENU, RIEN = 0.5, 1.0
# How many required columns are missing (negative), how many columns are known.
Note = tuple[int, float]


def reconnaitre(constats: Sequence[Constat]) -> Constat:
    """The one that misses the fewest required columns, then knows the most columns; it tells why, or between what it hesitates.

    `constats`: the same file, as each kind understands it.
    """
    notes = [_note(constat) for constat in constats]
    meilleure = max(notes)
    egaux = [constat for constat, note in zip(constats, notes, strict=True) if note == meilleure]
    if len(egaux) > 1 or meilleure[1] < RIEN:
        autres = egaux if meilleure[1] >= RIEN else constats
        return replace(egaux[0], hesitation=tuple(constat.genre for constat in autres), raison_genre=_seul(egaux[0]))
    (retenu,) = egaux
    second = max((constat for constat in constats if constat is not retenu), key=_note)
    return replace(retenu, raison_genre=f"{_seul(retenu)}, contre {_connues(second)} pour «\u00a0{_nom(second)}\u00a0»")


def _note(constat: Constat) -> Note:
    connues = [colonne for colonne in constat.colonnes if colonne.champ]
    sures = sum(PAR_CONTENU if colonne.methode == CONTENU else 1 for colonne in connues)
    return -len(constat.manquants), sures


def _connues(constat: Constat) -> int:
    return sum(1 for colonne in constat.colonnes if colonne.champ)


def _seul(constat: Constat) -> str:
    connues, toutes = _connues(constat), len(constat.colonnes)
    if connues > 1:
        return f"{connues}\u00a0colonnes sur {toutes} conviennent"
    return f"{connues}\u00a0colonne sur {toutes} convient"


def _nom(constat: Constat) -> str:
    return LIBELLES_GENRE_IMPORT[constat.genre]
