"""The header of a sheet: its words made comparable, its row found under lines that are none, its two lines joined."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from portal.classeurs.feuilles import Brut, Feuille, Rangee, pleine, texte_vu
from portal.formats import mots_de_recherche

# Rows that may hold the header: lines above it are titles, logos, dates.
PROFONDEUR = 60
# Rows under it whose cells are looked at.
SUITE = 200
LIBELLE = " (libellé)"
TITRE_MAXIMAL = 250
PARENTHESES = re.compile(r"\([^)]*\)")
BOSSE = re.compile(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])")
ABREGES = {
    "no": "n",
    "nr": "n",
    "num": "n",
    "numero": "n",
    "nro": "n",
    "mt": "montant",
    "mnt": "montant",
    "mtt": "montant",
}
ARTICLES = frozenset(("de", "du", "des", "la", "le", "les", "l", "d", "au", "aux", "en", "euros", "eur"))
PERDU = "\ufffd"


@dataclass(frozen=True, slots=True)
class Entete:
    """The header found: the numbers of its rows, from 1, and by column its title, and the category above it."""

    rangs: tuple[int, ...]
    titres: tuple[str, ...]
    categories: tuple[str, ...]


def reparer(titre: str) -> str:
    """A title whose UTF-8 was read as Windows-1252 (« bÃ©nÃ©ficiaire »), put right to be compared."""
    if "Ã" not in titre and "Â" not in titre and "â" not in titre:
        return titre
    try:
        return titre.replace("Ã ", "Ã\u00a0").encode("cp1252").decode("utf-8")
    except UnicodeError:
        return titre


def cle(titre: str) -> str:
    """What two spellings of one header share: no case, accent, space, star nor article; « N° » and « numéro » are one."""
    nu = reparer(titre).replace("°", " ").replace("º", " ").replace("&", " et ")
    mots = mots_de_recherche(unicodedata.normalize("NFC", nu).replace(PERDU, "")).split()
    utiles = [ABREGES.get(mot, mot) for mot in mots]
    return "".join(mot for mot in utiles if mot not in ARTICLES) or "".join(utiles)


def mots(titre: str) -> str:
    """The words of a title, « nomBeneficiaire » parted in two."""
    return mots_de_recherche(BOSSE.sub(" ", reparer(titre)))


def forme(titres: Sequence[str]) -> str:
    """A digest of the headers in their order, by which a file of the same form is known again."""
    nus = ["" if titre.endswith(LIBELLE) else cle(titre) for titre in titres]
    return hashlib.sha256("\x1f".join(nus).rstrip("\x1f").encode()).hexdigest()


def titres_seuls(feuille: Feuille, rangs: Sequence[int], colonnes: int) -> Entete:
    """The header that stands in these rows: the last gives the titles, those above their categories."""
    rangs = sorted({rang for rang in rangs if 0 < rang <= len(feuille.lignes)})
    rangees = [_textes(feuille.lignes[rang - 1], colonnes) for rang in rangs]
    if not rangees:
        return Entete((), ("",) * colonnes, ("",) * colonnes)
    libelles = list(rangees[-1])
    categories = [""] * colonnes
    for haute in rangees[:-1]:
        for rang, texte in enumerate(haute):
            if texte and not libelles[rang]:
                libelles[rang] = texte
        categories = _etendues(haute, rangees[-1])
    return Entete(tuple(rangs), tuple(_doubles(feuille, rangs[-1], libelles)), tuple(categories))


def _etendues(haute: Sequence[str], basse: Sequence[str]) -> list[str]:
    """Merged cells hold their text in the first: it holds for the titles that follow."""
    courant, etendues = "", []
    for categorie, libelle in zip(haute, basse, strict=True):
        courant = categorie or courant
        etendues.append(courant if libelle else "")
    return etendues


def _doubles(feuille: Feuille, dernier: int, libelles: Sequence[str]) -> list[str]:
    """A column with values and no title, right of one that has one, gives its words (« double columns »).

    Not in a CSV, which has no name: there it is a row that has a cell too many.
    """
    if not feuille.nom:
        return list(libelles)
    suite = feuille.lignes[dernier : dernier + SUITE]
    titres = list(libelles)
    for rang, libelle in enumerate(libelles):
        if rang and not libelle and libelles[rang - 1] and any(pleine(rangee[rang : rang + 1]) for rangee in suite):
            titres[rang] = f"{libelles[rang - 1]}{LIBELLE}"
    return titres


def _textes(rangee: Rangee, colonnes: int) -> list[str]:
    lus = [" ".join(texte_vu(brut).split()) for brut in rangee[:colonnes]]
    return lus + [""] * (colonnes - len(lus))


def complets(entete: Entete) -> tuple[str, ...]:
    """The titles as people are shown them: « Association › Nom » where a category stands above."""
    return tuple(
        f"{categorie} › {titre}" if categorie and titre and categorie != titre else titre
        for categorie, titre in zip(entete.categories, entete.titres, strict=True)
    )


def sans_donnee(feuille: Feuille, rang: int) -> bool:
    """Whether a row holds words alone: a table without header begins by a line, whose numbers and days are no titles."""
    return all(est_titre(brut) for brut in feuille.lignes[rang - 1] if pleine((brut,)))


def est_titre(brut: Brut) -> bool:
    """Whether a cell may be a title: words, not a number nor a date."""
    return (
        isinstance(brut, str)
        and any(caractere.isalpha() for caractere in brut)
        and len(brut) <= TITRE_MAXIMAL
        and "@" not in brut
    )


def candidates(feuille: Feuille) -> list[int]:
    """The rows, from 1, that may be the last of the header: most of their cells are words."""
    trouvees = []
    for rang, rangee in enumerate(feuille.lignes[:PROFONDEUR], start=1):
        garnies = [brut for brut in rangee if pleine((brut,))]
        if garnies and sum(map(est_titre, garnies)) * 2 > len(garnies):
            trouvees.append(rang)
    return trouvees


def categories_au_dessus(feuille: Feuille, rang: int, colonnes: int) -> bool:
    """Whether the row above a header groups its titles: they repeat, or are blank under it, or are more than it has words."""
    if rang < 2:
        return False
    haute, basse = _textes(feuille.lignes[rang - 2], colonnes), _textes(feuille.lignes[rang - 1], colonnes)
    garnies = [texte for texte in haute if texte]
    if len(garnies) < 2 or not all(map(est_titre, garnies)) or len(garnies) >= sum(map(bool, basse)) + 2:
        return False
    repetes = any(fois > 1 for texte, fois in Counter(map(cle, basse)).items() if texte)
    sans_libelle = any(haut and not bas for haut, bas in zip(haute, basse, strict=True))
    etendues = sum(1 for haut, bas in zip(haute, basse, strict=True) if bas and not haut)
    return repetes or sans_libelle or etendues >= len(garnies)


def titres_bruts(feuille: Feuille, rangs: Sequence[int]) -> tuple[str, ...]:
    """The last row of the header as its cells are seen, to know it where it is said again."""
    return tuple(texte_vu(brut) for brut in feuille.lignes[rangs[-1] - 1]) if rangs else ()
