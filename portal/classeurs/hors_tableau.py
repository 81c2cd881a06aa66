"""Rows among the lines that are none: totals, headers said again, numbers of columns, notes. Left out, and told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from portal.classeurs.champs import Champ, TypeChamp
from portal.classeurs.colonnes import exact
from portal.classeurs.entetes import est_titre
from portal.classeurs.totaux import Totaux
from portal.vocabulaire_imports import GenreImport

QUI_NOMMENT = frozenset(
    {TypeChamp.SIRET, TypeChamp.SIREN, TypeChamp.RNA, TypeChamp.RIDET, TypeChamp.COURRIEL, TypeChamp.CODE_POSTAL}
)
# What only a line bears, when it holds digits.
CLES = ("ej", "cle_source")
# A table of that many columns at least has no line of one cell.
LARGE = 4
AUTRES_TITRES = (
    "La ligne {} porte d’autres titres\u00a0: un autre tableau y commence, et cette ligne en fait partie. Mettez-le dans une "
    "autre feuille ou un autre fichier, pour le lire par ses propres titres."
)


class Table(Protocol):
    """What is known of the table where the row stands."""

    genre: GenreImport
    entete: Sequence[str]
    titres: frozenset[str]
    champs: dict[str, Champ]
    obligatoires: tuple[Champ, ...]
    rangs: dict[str, int]
    totaux: Totaux
    sous_titres: bool


@dataclass(frozen=True, slots=True)
class Dehors:
    """What shows that a row is no line, and why in French. `titres`: whether it is a header."""

    lu: str
    raison: str
    titres: bool = False


def hors_tableau(table: Table, lu: Sequence[str], valeurs: Mapping[str, str], remarquee: bool) -> Dehors | None:
    """Why a row is no line of the table, None when it is one. `remarquee`: something is to be said of its cells."""
    garnies = [texte for texte in lu if texte]
    if tuple(lu) == tuple(table.entete[: len(lu)]):
        return Dehors(garnies[0], "C’est l’en-tête, répété\u00a0: la ligne est laissée de côté.", titres=True)
    if (
        table.sous_titres
        and len(garnies) >= LARGE - 1
        and garnies == [str(rang) for rang in range(1, len(garnies) + 1)]
    ):
        return Dehors(garnies[0], "Ce sont les numéros des colonnes\u00a0: la ligne est laissée de côté.")
    types = {table.champs[nom].type for nom in valeurs}
    if types.isdisjoint(QUI_NOMMENT) and not any(_chiffree(valeurs.get(nom, "")) for nom in CLES):
        total = table.totaux.trouver(garnies, valeurs, datee=TypeChamp.DATE in types)
        if total:
            return Dehors(total, "C’est une ligne de total\u00a0: elle est laissée de côté.")
    manque = any(champ.nom not in valeurs for champ in table.obligatoires)
    if (remarquee or manque or len(table.titres.intersection(garnies)) > 1) and _de_titres(table.genre, garnies):
        return Dehors(garnies[0], "C’est une autre ligne d’en-tête\u00a0: elle est laissée de côté.", titres=True)
    seule = len(garnies) == 1 and len(table.rangs) >= LARGE
    if seule and (manque or table.genre != GenreImport.ASSOCIATIONS):
        return Dehors(garnies[0], "Une seule cellule est remplie\u00a0: c’est un titre ou une note, laissé de côté.")
    return None


def _chiffree(texte: str) -> bool:
    return any(map(str.isdigit, texte))


def _de_titres(genre: GenreImport, garnies: Sequence[str]) -> bool:
    """Whether most cells of a row are titles that we know: a second line of header, in other words than the first."""
    if len(garnies) < 2 or not all(map(est_titre, garnies)):
        return False
    return sum(1 for un in garnies if exact(genre, un)) * 2 > len(garnies)


def sont_deplaces(table: Table, lu: Sequence[str]) -> bool:
    """Whether a second header gives a column another field than the first did: what follows is another table."""
    for rang, titre in enumerate(lu):
        nouveau = exact(table.genre, titre) if titre else None
        ancien = exact(table.genre, table.entete[rang]) if rang < len(table.entete) else None
        if nouveau and (nouveau[0] != ancien[0] if ancien else table.rangs.get(nouveau[0], rang) != rang):
            return True
    return False
