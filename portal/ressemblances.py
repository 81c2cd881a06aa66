"""How near two labels are: the door to rapidfuzz."""

from collections.abc import Iterable

from rapidfuzz import fuzz, process


def plus_proche(mots: str, noms: Iterable[str], seuil: float) -> tuple[str, int] | None:
    """The nearest of these names, its words in any order, and how near it is (0 to 100); None when all are below `seuil`."""
    trouve = process.extractOne(mots, list(noms), scorer=fuzz.token_sort_ratio, score_cutoff=seuil)
    return (trouve[0], int(trouve[1])) if trouve else None
