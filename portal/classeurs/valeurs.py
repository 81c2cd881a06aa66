"""One cell, read by the declared type of its field, never by its look."""

import math
import re
from collections.abc import Callable
from datetime import date, time, timedelta
from functools import partial

from portal.classeurs.cellules import VIDE, Cellule, douteuse, refusee
from portal.classeurs.champs import LIBELLES_TYPE_CHAMP, TypeChamp
from portal.classeurs.feuilles import Brut, texte_vu
from portal.classeurs.valeurs_identifiants import (
    CHIFFRES_PERDUS,
    EXACT,
    SCIENTIFIQUE,
    code_postal,
    courriel,
    ridet,
    rna,
    siren,
    siret,
    telephone,
)
from portal.classeurs.valeurs_jours import jour, periode
from portal.classeurs.valeurs_mots import oui_non, sens, statut
from portal.classeurs.valeurs_nombres import exercice, montant, part
from portal.formats import mots_de_recherche

Lecteur = Callable[[Brut], Cellule]

ERREURS = frozenset(
    ("#N/A", "#REF!", "#DIV/0!", "#VALEUR!", "#VALUE!", "#NOM?", "#NAME?", "#NOMBRE!", "#NUM!", "#NUL!", "#NULL!", "#N/D",
     "#GETTING_DATA", "#SPILL!", "#CALC!", "#PROPAGATION!", "#########", "ERR:502", "ERR:504", "ERR:508", "ERR:522",
     "#FORMULE NON CALCULÉE")
)  # fmt: skip
ABSENCES = frozenset(
    ("neant", "sans objet", "so", "nc", "nr", "na", "n a", "n c", "aucun", "aucune", "non renseigne", "non renseignee",
     "non communique", "inconnu", "inconnue", "en cours", "vide", "null", "none", "nd", "ne sait pas", "pas de siret", "")
)  # fmt: skip
EN_TEXTE = re.compile(r'="(.*)"')
# The guard that our CSV files put before what a spreadsheet would take for a formula.
GARDE = re.compile(r"'(?='*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])")
CONTROLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\u200b\u200e\u200f]")
# What a line can do without: what cannot be read of it is left out, and told.
TYPES_SOUPLES = frozenset(
    {
        TypeChamp.COURRIEL,
        TypeChamp.TELEPHONE,
        TypeChamp.CODE_POSTAL,
        TypeChamp.PART,
        TypeChamp.PERIODE,
        TypeChamp.OUI_NON,
        TypeChamp.STATUT,
    }
)
# No number, day, name of a state nor address is longer: what is stays text.
LONGUEUR = 200
# Words of their own: « en cours » is an état, « sans objet » a sens.
TYPES_DE_MOTS = frozenset({TypeChamp.STATUT, TypeChamp.SENS})


def lecteur(
    genre: TypeChamp, *, vers: str = "", base_1904: bool = False, garde: bool = False, maximum: int = 0
) -> Lecteur:
    """The function that reads the cells of a field. `garde`: the file is a CSV, where ours is undone. See Cellule for `vers`,
    Champ for `maximum`.
    """
    par_type: dict[TypeChamp, Callable[[Brut, str], Cellule]] = {
        TypeChamp.TEXTE: texte,
        TypeChamp.CODE: code,
        TypeChamp.MONTANT: montant,
        TypeChamp.MONTANT_SIGNE: partial(montant, signe=True),
        TypeChamp.DATE: partial(jour, base_1904=base_1904),
        TypeChamp.PERIODE: partial(periode, base_1904=base_1904),
        TypeChamp.EXERCICE: exercice,
        TypeChamp.PART: part,
        TypeChamp.OUI_NON: oui_non,
        TypeChamp.SIRET: partial(siret, vers=vers),
        TypeChamp.SIREN: siren,
        TypeChamp.RNA: rna,
        TypeChamp.RIDET: ridet,
        TypeChamp.CODE_POSTAL: code_postal,
        TypeChamp.COURRIEL: courriel,
        TypeChamp.TELEPHONE: telephone,
        TypeChamp.SENS: sens,
        TypeChamp.STATUT: statut,
    }
    lire = par_type[genre]
    return partial(_lire, genre, partial(_borner, genre, lire, maximum) if maximum else lire, garde)


def _lire(genre: TypeChamp, lire: Callable[[Brut, str], Cellule], garde: bool, brut: Brut) -> Cellule:
    vu = texte_vu(brut)
    if not vu:
        return VIDE
    if not isinstance(brut, str):
        return lire(brut, vu)
    if garde and vu[0] == "'":
        vu = GARDE.sub("", vu, count=1)
    if vu[0] in "#E" and vu.upper() in ERREURS:
        return _erreur(genre, vu)
    return lire(vu, vu) if genre == TypeChamp.TEXTE else _ecrit(genre, lire, vu)


def _ecrit(genre: TypeChamp, lire: Callable[[Brut, str], Cellule], vu: str) -> Cellule:
    """What is written in a cell whose type is not text."""
    nu = _decoree(CONTROLE.sub("", vu))
    if len(nu) > LONGUEUR:
        return _trop_longue(genre, f"{vu[:LONGUEUR]}…")
    if nu == "#":
        return Cellule(vu, "")
    if genre not in TYPES_DE_MOTS and not nu[-1:].isdigit() and _absente(nu):
        return douteuse(vu, "", f"«\u00a0{vu}\u00a0» est lu comme une cellule vide.")
    lue = lire(nu, nu)
    return lue if nu == vu else Cellule(vu, lue.valeur, lue.raison, lue.verdict, lue.vers)


def _trop_longue(genre: TypeChamp, vu: str) -> Cellule:
    raison = f"La cellule est trop longue ({LIBELLES_TYPE_CHAMP[genre]}\u00a0: {LONGUEUR}\u00a0caractères au plus)."
    return douteuse(vu, "", f"{raison} Elle est laissée de côté.") if genre in TYPES_SOUPLES else refusee(vu, raison)


def _borner(genre: TypeChamp, lire: Callable[[Brut, str], Cellule], maximum: int, brut: Brut, vu: str) -> Cellule:
    """A text too long to be kept is cut, a code that would become another one is left out."""
    lue = lire(brut, vu)
    if len(lue.vu) <= maximum:
        return lue
    raison = f"La cellule dépasse {maximum}\u00a0caractères\u00a0:"
    if genre == TypeChamp.TEXTE:
        return douteuse(lue.vu, lue.valeur[:maximum].rstrip(), f"{raison} seul son début est repris.")
    return douteuse(lue.vu, "", f"{raison} elle est laissée de côté.") if lue.valeur else lue


def _absente(nu: str) -> bool:
    """Words and signs that say that there is nothing; a dash with a euro sign is an amount's, and reads there."""
    return len(nu) <= 20 and "€" not in nu and mots_de_recherche(nu) in ABSENCES


def _decoree(vu: str) -> str:
    """Without what people put around a number to keep its zeros: « '0123 », « ="0123" »."""
    entoure = EN_TEXTE.fullmatch(vu)
    if entoure:
        return entoure[1].strip()
    return vu[1:].strip() if vu[0:1] == "'" else vu.strip()


def _erreur(genre: TypeChamp, vu: str) -> Cellule:
    raison = f"La cellule porte une erreur du tableur ({vu})."
    if genre == TypeChamp.TEXTE:
        return douteuse(vu, "", f"{raison} Elle est laissée de côté.")
    return refusee(vu, f"{raison} Corrigez-la dans le tableau.")


def texte(brut: Brut, vu: str) -> Cellule:
    """Text stays text. A day of the spreadsheet is written as French people do, and said."""
    if isinstance(brut, str):
        if vu.isprintable():
            return Cellule(vu, vu)
        propre = CONTROLE.sub("", vu).strip()
        return Cellule(propre, propre)
    if isinstance(brut, date | time | timedelta):
        return douteuse(
            vu,
            vu,
            f"Le tableur a gardé une date ou une heure dans une colonne de texte\u00a0: elle est lue «\u00a0{vu}\u00a0».",
        )
    if not isinstance(brut, bool) and isinstance(brut, int | float) and abs(brut) >= EXACT:
        return douteuse(vu, vu, CHIFFRES_PERDUS)
    return Cellule(vu, vu)


def code(brut: Brut, vu: str) -> Cellule:
    """A reference: text, whose number must be whole."""
    if isinstance(brut, str):
        return refusee(vu, CHIFFRES_PERDUS) if SCIENTIFIQUE.fullmatch(vu) and "+" in vu else texte(brut, vu)
    if not isinstance(brut, bool) and isinstance(brut, int | float):
        if math.isnan(brut):
            return refusee(vu, "La cellule n’est pas un nombre\u00a0: le tableur n’a pas su la calculer.")
        if abs(brut) >= EXACT:
            return refusee(vu, CHIFFRES_PERDUS)
        if brut != int(brut):
            return douteuse(
                vu,
                vu,
                f"Le tableur a gardé un nombre à virgule dans une colonne de références\u00a0: il est lu «\u00a0{vu}\u00a0».",
            )
    return texte(brut, vu)
