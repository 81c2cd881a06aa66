"""Three-way merge of cells: what they left with, what came back, what the portal holds now. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Sort(StrEnum):
    """What became of a cell. Only `LA_BAS` is to be written, and `CONFLIT` once somebody has chosen."""

    INCHANGE = "inchange"
    LA_BAS = "la_bas"
    ICI = "ici"
    PAREIL = "pareil"
    CONFLIT = "conflit"


@dataclass(frozen=True, slots=True)
class Ecart:
    """A cell that changed somewhere. `feuille`: as it came back; `portail`: as it stands here now."""

    cle: str
    champ: str
    base: str
    feuille: str
    portail: str
    sort: Sort


def comparable(texte: str) -> str:
    """The same lines, whatever blanks a spreadsheet has folded or added in them, before or after, when it saved the file."""
    return "\n".join(map(en_une_ligne, texte.splitlines())).strip()


def en_une_ligne(texte: str) -> str:
    """The same words, whatever is between them."""
    return " ".join(texte.split())


def meme_nom(nom: str) -> str:
    """What a name and the same one typed again have in common: neither blanks nor capitals tell two of them apart."""
    return en_une_ligne(nom).casefold()


def juger(base: str, feuille: str, portail: str) -> Sort:
    """What became of one cell."""
    avant, la_bas, ici = comparable(base), comparable(feuille), comparable(portail)
    if la_bas == ici:
        return Sort.INCHANGE if la_bas == avant else Sort.PAREIL
    if la_bas == avant:
        return Sort.ICI
    return Sort.LA_BAS if ici == avant else Sort.CONFLIT


def comparer(
    bases: Mapping[str, Mapping[str, str]],
    feuilles: Mapping[str, Mapping[str, str]],
    portails: Mapping[str, Mapping[str, str]],
) -> Iterator[Ecart]:
    """The cells that changed, line by line. A line or a cell that did not come back is left as it is, never emptied.

    Nor is a line that never left, or that the portal no longer shows, compared to anything.
    """
    for cle, base in bases.items():
        feuille, portail = feuilles.get(cle), portails.get(cle)
        if feuille is None or portail is None:
            continue
        for champ, avant in base.items():
            if champ not in feuille or champ not in portail:
                continue
            sort = juger(avant, feuille[champ], portail[champ])
            if sort != Sort.INCHANGE:
                yield Ecart(cle, champ, avant, feuille[champ], portail[champ], sort)
