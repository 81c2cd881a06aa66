"""Identifiers, addresses and telephone numbers, from text or from the number that a spreadsheet made of them."""

import re
from collections.abc import Callable
from datetime import date, time, timedelta

from portal.classeurs.cellules import Cellule, douteuse, refusee
from portal.classeurs.feuilles import Brut
from portal.formats import ValeurIllisible, compact, parse_courriel, parse_rna, parse_siren, parse_siret

SCIENTIFIQUE = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")
DECIMALE_VIDE = re.compile(r"([0-9]+)[.,]0+")
CHIFFRES = re.compile(r"[0-9]+")
# Six zeros at the end: a spreadsheet kept eight digits at most of it.
PERDUS = re.compile(r"[0-9]+0{6}")
RIDET = re.compile(r"[0-9]{6,7}|[0-9]{9,10}|[A-Z0-9][0-9]{5}|[A-Z0-9][0-9]{8}")
ADRESSES = re.compile(r"\S+@\S+\.\S+")
# What a double holds exactly.
EXACT = 2**53
CLE_FAUSSE = "un chiffre est sans doute mal recopié. Il est gardé tel qu’il est écrit."
PAS_UN_NUMERO = "Ce n’est pas un numéro d’identification\u00a0: il ne s’écrit qu’avec des chiffres."
CHIFFRES_PERDUS = (
    "Le tableur a perdu des chiffres en écrivant ce numéro comme un grand nombre. "
    "Reprenez-le à sa source, dans une cellule au format texte."
)


def siret(brut: Brut, vu: str, vers: str) -> Cellule:
    """Fourteen digits. A SIREN given in its place goes to `vers`: no SIRET is made of it."""
    nu = _chiffres(brut, vu)
    if isinstance(nu, Cellule):
        return nu
    if len(nu) == 14:
        return _quatorze(brut, vu, nu)
    if len(nu) == 9 and _juste(parse_siren, nu):
        return douteuse(vu, nu, "C’est un SIREN (9\u00a0chiffres)\u00a0: il est gardé comme tel, sans SIRET.", vers)
    if 10 <= len(nu) <= 13 and _juste(parse_siret, nu.zfill(14)):
        return _zeros(vu, nu.zfill(14))
    if len(nu) == 8 and _juste(parse_siren, nu.zfill(9)):
        raison = f"C’est un SIREN dont le zéro du début manquait\u00a0: il est lu {nu.zfill(9)}, sans SIRET."
        return douteuse(vu, nu.zfill(9), raison, vers)
    return refusee(vu, f"Un SIRET compte 14\u00a0chiffres\u00a0: celui-ci en compte {len(nu)}. Vérifiez-le.")


def _quatorze(brut: Brut, vu: str, nu: str) -> Cellule:
    """No establishment is numbered zero: a number that ends so was rounded, or is a SIREN filled up."""
    siren_juste = _juste(parse_siren, nu[:9])
    if PERDUS.fullmatch(nu) and not (siren_juste and isinstance(brut, str)):
        return refusee(vu, CHIFFRES_PERDUS)
    if nu.endswith("00000") and siren_juste:
        return douteuse(
            vu, nu, "C’est un SIREN suivi de cinq zéros, et non un SIRET. Il est gardé tel qu’il est écrit."
        )
    if _juste(parse_siret, nu):
        return Cellule(vu, nu)
    return douteuse(vu, nu, f"La clé de ce SIRET est fausse\u00a0: {CLE_FAUSSE}")


def siren(brut: Brut, vu: str) -> Cellule:
    """Nine digits; those of a SIRET given in its place."""
    nu = _chiffres(brut, vu)
    if isinstance(nu, Cellule):
        return nu
    if len(nu) == 9:
        if _juste(parse_siren, nu):
            return Cellule(vu, nu)
        return douteuse(vu, nu, f"La clé de ce SIREN est fausse\u00a0: {CLE_FAUSSE}")
    if len(nu) == 14 and _juste(parse_siret, nu):
        return douteuse(vu, nu[:9], "C’est un SIRET\u00a0: seuls ses neuf premiers chiffres, le SIREN, sont lus.")
    if 6 <= len(nu) <= 8 and _juste(parse_siren, nu.zfill(9)):
        return _zeros(vu, nu.zfill(9))
    return refusee(vu, f"Un SIREN compte 9\u00a0chiffres\u00a0: celui-ci en compte {len(nu)}. Vérifiez-le.")


def _chiffres(brut: Brut, vu: str) -> str | Cellule:
    """The digits of an identifier, or why they cannot be read."""
    if isinstance(brut, bool | date | time | timedelta):
        return refusee(vu, PAS_UN_NUMERO)
    if isinstance(brut, int | float):
        return _du_nombre(brut, vu)
    if SCIENTIFIQUE.fullmatch(vu.replace(" ", "")):
        return refusee(vu, CHIFFRES_PERDUS)
    entier = DECIMALE_VIDE.fullmatch(vu)
    nu = entier[1] if entier else compact(vu)
    if not CHIFFRES.fullmatch(nu):
        rna_ecrit = _juste(parse_rna, nu)
        return refusee(vu, "C’est un numéro RNA. Mettez-le dans une colonne à part." if rna_ecrit else PAS_UN_NUMERO)
    return nu


def _du_nombre(nombre: float, vu: str) -> str | Cellule:
    if abs(nombre) >= EXACT:
        return refusee(vu, CHIFFRES_PERDUS)
    return str(int(nombre)) if nombre > 0 and nombre == int(nombre) else refusee(vu, PAS_UN_NUMERO)


def _zeros(vu: str, nu: str) -> Cellule:
    return douteuse(
        vu, nu, f"Le tableur avait perdu le zéro du début\u00a0: le numéro est lu {nu}, et sa clé est juste."
    )


def _juste(lire: Callable[[str], str], nu: str) -> bool:
    """Whether a reader of `formats` accepts it."""
    try:
        lire(nu)
    except ValeurIllisible:
        return False
    return True


def rna(brut: Brut, vu: str) -> Cellule:
    """W, a digit, a digit or a letter, seven digits."""
    if not isinstance(brut, str) or not _juste(parse_rna, vu):
        return refusee(vu, "Un numéro RNA commence par W et compte 10\u00a0caractères, par exemple W691234567.")
    return Cellule(vu, parse_rna(vu))


def ridet(brut: Brut, vu: str) -> Cellule:
    """A RIDET of New Caledonia or a number of Tahiti."""
    if isinstance(brut, bool | date | time | timedelta):
        return refusee(vu, PAS_UN_NUMERO)
    nu = compact(vu)
    if not RIDET.fullmatch(nu):
        return refusee(
            vu, "Ce n’est ni un RIDET (6, 7, 9 ou 10\u00a0chiffres) ni un numéro Tahiti (6 ou 9\u00a0caractères)."
        )
    return Cellule(vu, nu)


def code_postal(brut: Brut, vu: str) -> Cellule:
    """Five digits; the zero that a spreadsheet took away is put back, and said."""
    entier = DECIMALE_VIDE.fullmatch(vu)
    nu = entier[1] if entier else compact(vu)
    if not isinstance(brut, bool | date | time | timedelta) and CHIFFRES.fullmatch(nu):
        if len(nu) == 5:
            return Cellule(vu, nu)
        if len(nu) == 4:
            return douteuse(
                vu, nu.zfill(5), f"Le tableur avait perdu le zéro du début\u00a0: le code postal est lu 0{nu}."
            )
    return douteuse(vu, "", "Un code postal compte 5\u00a0chiffres\u00a0: celui-ci est laissé de côté.")


def courriel(_brut: Brut, vu: str) -> Cellule:
    """One e-mail address."""
    try:
        return Cellule(vu, parse_courriel(vu.removeprefix("mailto:")))
    except ValeurIllisible:
        if len(ADRESSES.findall(vu)) > 1:
            return douteuse(
                vu,
                "",
                "La cellule porte plusieurs adresses électroniques\u00a0: elles sont laissées de côté. Gardez-en une.",
            )
        return douteuse(vu, "", "Ce n’est pas une adresse électronique\u00a0: la cellule est laissée de côté.")


def telephone(brut: Brut, vu: str) -> Cellule:
    """A telephone number, as it is written; the zero that a spreadsheet took away is put back, and said."""
    if isinstance(brut, bool | date | time | timedelta) or not CHIFFRES.search(vu) or SCIENTIFIQUE.fullmatch(vu):
        return douteuse(vu, "", "Ce n’est pas un numéro de téléphone\u00a0: la cellule est laissée de côté.")
    entier = DECIMALE_VIDE.fullmatch(vu)
    nu = entier[1] if entier else vu
    if CHIFFRES.fullmatch(nu) and len(nu) == 9 and nu[0] in "123456789":
        return douteuse(vu, f"0{nu}", f"Le tableur avait perdu le zéro du début\u00a0: le téléphone est lu 0{nu}.")
    return Cellule(vu, nu)
