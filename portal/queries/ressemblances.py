"""How much two titles say the same thing, whatever their accents, word order, plurals and typing faults. Pure."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from portal.formats import mots_de_recherche

# They say nothing of what is done.
MOTS_OUTILS = frozenset(
    mots_de_recherche(
        "a ai au aux avec ce ces cet cette chez d dans de des du elle en entre est et il l la le les leur leurs lors m n nos "
        "notre on ou par pas plus pour qu que qui s sa se ses si son sous sur tous tout toute toutes un une vers via y"
    ).split()
)
# They say little: many actions of one association share them.
MOTS_COURANTS = frozenset(
    mots_de_recherche(
        "accompagnement action activité aide animation année annuel annuelle association atelier campagne cycle demande "
        "développement dispositif édition événement fonctionnement initiation initiative jour journée mise opération "
        "local organisation place pratique programme projet promotion public quartier réalisation saison séance semaine session "
        "soutien stage subvention"
    ).split()
)
# The place of an edition in a row: a title that differs by it alone speaks of another one.
ANNEE = re.compile(r"(?:19|20)\d\d")
RANG = re.compile(r"(\d{1,3})(?:e|er|ere|eme|ieme|nd|nde)?")
POIDS_COURANT = 0.2
DOUBLE = re.compile(r"(.)\1+")
# A commune whose name is longer is not looked for.
MOTS_D_UN_LIEU = 5
# A word that holds another one of so many letters is of its family (« intergénérationnel »).
CONTENU = 6
# Below that, two words are two words.
MEME_MOT = 0.8


def similarity(un: str, autre: str) -> float:
    """From 0 (nothing in common) to 1 (the same words)."""
    ici, la = _mots(un), _mots(autre)
    if not ici or not la:
        return 0.0
    communs, seuls_ici, seuls_la = _common(ici, la)
    court = communs + min(seuls_ici, seuls_la)
    # A title that repeats a shorter one and adds to it is near; one that shares a single word of many is not.
    note = 0.65 * 2 * communs / (2 * communs + seuls_ici + seuls_la) + 0.35 * communs / court
    return round(note, 2)


@lru_cache(maxsize=4_096)
def without_places(titre: str, noms: frozenset[str]) -> tuple[str, frozenset[str]]:
    """A title without the names of places that it bears, and these names; `noms`: names of places, normalised."""
    mots, reste, dits = mots_de_recherche(titre).split(), list[str](), set[str]()
    rang = 0
    while rang < len(mots):
        longueur = next((n for n in range(MOTS_D_UN_LIEU, 0, -1) if " ".join(mots[rang : rang + n]) in noms), 0)
        if longueur:
            dits.add(" ".join(mots[rang : rang + longueur]))
        else:
            reste.append(mots[rang])
        rang += longueur or 1
    return " ".join(reste), frozenset(dits)


def other_edition(un: str, autre: str) -> bool:
    """Both titles bear a year, or a rank, and it is not the same one."""
    ici, la = _rangs(un), _rangs(autre)
    return any(a and b and not a & b for a, b in zip(ici, la, strict=True))


@lru_cache(maxsize=4_096)
def _rangs(titre: str) -> tuple[frozenset[str], frozenset[str]]:
    """The years, and the other numbers."""
    mots = mots_de_recherche(titre).split()
    annees = frozenset(mot for mot in mots if ANNEE.fullmatch(mot))
    rangs = frozenset(lu[1] for mot in mots if mot not in annees and (lu := RANG.fullmatch(mot)))
    return annees, rangs


@lru_cache(maxsize=4_096)
def _mots(titre: str) -> tuple[str, ...]:
    """Each word once, cut down to its stem, without those that say nothing and without numbers."""
    mots = dict.fromkeys(
        _radical(mot) for mot in mots_de_recherche(titre).split() if mot not in MOTS_OUTILS and not RANG.fullmatch(mot)
    )
    return tuple(mot for mot in mots if not ANNEE.fullmatch(mot) and len(mot) > 1)


def _radical(mot: str) -> str:
    """Without the mark of its plural, its double letters written once: people double them, or forget to."""
    mot = DOUBLE.sub(r"\1", mot)
    if len(mot) > 4 and mot.endswith("aux"):
        return f"{mot[:-3]}al"
    return mot[:-1] if len(mot) > 3 and mot[-1] in "sx" else mot


COURANTS = frozenset(_radical(mot) for mot in MOTS_COURANTS)


def _poids_du_mot(mot: str) -> float:
    return POIDS_COURANT if mot in COURANTS else 1.0


def _common(ici: Sequence[str], la: Sequence[str]) -> tuple[float, float, float]:
    """The weight of the words that both say, then of those that one says alone; each word answers one word at most.

    A near word counts for its nearness, and for no more than the most common of the two.
    """
    libres, communs, seuls = list(la), 0.0, 0.0
    for mot in sorted(ici, key=lambda un: (un not in la, -len(un), un)):
        note, meilleur = max(((near(mot, autre), autre) for autre in libres), default=(0.0, ""))
        if not note:
            seuls += _poids_du_mot(mot)
            continue
        libres.remove(meilleur)
        communs += note * min(_poids_du_mot(mot), _poids_du_mot(meilleur))
    return communs, seuls, sum(map(_poids_du_mot, libres))


@lru_cache(maxsize=65_536)
def near(un: str, autre: str) -> float:
    """1 for the same word, 0 for two words; between, a typing fault or two words of one family."""
    if un == autre:
        return 1.0
    court, long = sorted((un, autre), key=len)
    if un[0] == autre[0] and len(court) > 2 and sorted(un) == sorted(autre):
        return 0.9
    if len(court) < 4 or (len(long) - len(court) > 2 and court[:5] != long[:5] and court not in long):
        return 0.0
    racine = _shared_start(un, autre)
    if racine >= max(5, len(court) - 2) and len(long) - racine <= 5:
        return 0.9
    if len(court) >= CONTENU and court in long:
        return 0.85
    note = SequenceMatcher(None, un, autre, autojunk=False).ratio()
    return round(note, 2) if note >= MEME_MOT else 0.0


def _shared_start(un: str, autre: str) -> int:
    return next((rang for rang, (a, b) in enumerate(zip(un, autre, strict=False)) if a != b), min(len(un), len(autre)))
