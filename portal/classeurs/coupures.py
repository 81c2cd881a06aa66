"""Rows of a CSV that unquoted line breaks cut: the pieces are short, and together as wide as the header."""

from collections.abc import Iterator, Sequence
from itertools import islice

from portal.classeurs.feuilles import Rangee, pleine

# Lines that a cell may hold.
PIECES = 40


def coupees(rangees: Sequence[Rangee], debut: int, largeur: int) -> Iterator[tuple[int, int]]:
    """(first, last) numbers of the rows after `debut` that may be the pieces of one."""
    for rang in range(debut, len(rangees) - 1):
        cellules = len(rangees[rang])
        if not 0 < cellules < largeur or not pleine(rangees[rang]):
            continue
        for dernier, suite in enumerate(islice(rangees, rang + 1, rang + PIECES), start=rang + 2):
            cellules += max(len(suite), 1) - 1
            if cellules == largeur:
                yield rang + 1, dernier
            if len(suite) > 1:
                break
