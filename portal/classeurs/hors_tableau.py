"""Rows among the lines that are none: totals, headers said again, numbers of columns, notes. Left out, and told."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from portal.classeurs.champs import Champ, TypeChamp
from portal.classeurs.colonnes import exact
from portal.classeurs.entetes import est_titre
from portal.formats import mots_de_recherche
from portal.vocabulaire_imports import GenreImport

TOTAL = re.compile(
    r"(?:sous )?tota(?:l|ux)(?: general)?(?: (?:de|des|du|en|par) .*)?|grand total|consolidation|sommes?|cumul|report"
)
# How those words begin: a look at each cell, before it is compared.
DEBUTS = frozenset(("tota", "sous", "gran", "cons", "somm", "cumu", "repo"))
QUI_NOMMENT = frozenset(
    {TypeChamp.SIRET, TypeChamp.SIREN, TypeChamp.RNA, TypeChamp.RIDET, TypeChamp.COURRIEL, TypeChamp.CODE_POSTAL}
)
# A table of that many columns at least has no line of one cell.
LARGE = 4


class Table(Protocol):
    """What is known of the table where the row stands."""

    genre: GenreImport
    entete: Sequence[str]
    champs: dict[str, Champ]
    obligatoires: tuple[Champ, ...]
    rangs: dict[str, int]


@dataclass(frozen=True, slots=True)
class Dehors:
    """What shows that a row is no line, and why in French."""

    lu: str
    raison: str


def hors_tableau(table: Table, lu: Sequence[str], valeurs: Mapping[str, str], remarquee: bool) -> Dehors | None:
    """Why a row is no line of the table, None when it is one. `remarquee`: something is to be said of its cells."""
    garnies = [texte for texte in lu if texte]
    if tuple(lu) == tuple(table.entete[: len(lu)]):
        return Dehors(garnies[0], "C’est l’en-tête, répété\u00a0: la ligne est laissée de côté.")
    if len(garnies) >= LARGE - 1 and garnies == [str(rang) for rang in range(1, len(garnies) + 1)]:
        return Dehors(garnies[0], "Ce sont les numéros des colonnes\u00a0: la ligne est laissée de côté.")
    total = next((un for un in garnies if un[:4].lower() in DEBUTS and TOTAL.fullmatch(mots_de_recherche(un))), None)
    if total and not any(table.champs[nom].type in QUI_NOMMENT for nom in valeurs):
        return Dehors(total, "C’est une ligne de total\u00a0: elle est laissée de côté.")
    manque = any(champ.nom not in valeurs for champ in table.obligatoires)
    if (remarquee or manque) and _de_titres(table.genre, garnies):
        return Dehors(garnies[0], "C’est une autre ligne d’en-tête\u00a0: elle est laissée de côté.")
    if manque and len(garnies) == 1 and len(table.rangs) >= LARGE:
        return Dehors(garnies[0], "Une seule cellule est remplie\u00a0: c’est un titre ou une note, laissé de côté.")
    return None


def _de_titres(genre: GenreImport, garnies: Sequence[str]) -> bool:
    """Whether most cells of a row are titles that we know: a second line of header, in other words than the first."""
    if len(garnies) < 2 or not all(map(est_titre, garnies)):
        return False
    return sum(1 for un in garnies if exact(genre, un)) * 2 > len(garnies)
