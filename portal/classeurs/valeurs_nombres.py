"""Amounts, years and shares, from a number or from what French people write."""

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from portal.classeurs.cellules import Cellule, douteuse, refusee
from portal.classeurs.feuilles import Brut
from portal.classeurs.unites import DEVISE as AUTRE_MONNAIE
from portal.formats import MONTANT_MAXIMAL, ValeurIllisible, parse_montant

CENTIME = Decimal("0.01")
MOINS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2012": "-"})
MULTIPLE = re.compile(
    r"(?:[0-9 ]*k ?(?:€|eur|euros)?|.*[0-9] ?(?:k|m|md) ?(?:€|eur\b|euros?\b).*|.*milli(?:ers?|ons?).*)", re.IGNORECASE
)
DEVISE = r"(?:[ \u00a0\u202f]?(?:€|EUR|euros?))?"
DEUX_SENS = re.compile(rf"[0-9]{{1,3}}[.,][0-9]{{3}}{DEVISE}", re.IGNORECASE)
# « 1,234.56 », « 1,234,567 »: thousands by commas, when nothing else can be meant.
A_L_ANGLAISE = re.compile(
    rf"[1-9][0-9]{{0,2}}(?:(?:,[0-9]{{3}})+\.[0-9]{{1,2}}|(?:,[0-9]{{3}}){{2,}}){DEVISE}", re.IGNORECASE
)
# « 1234,- »: a dash in the place of the cents.
SANS_CENTIMES = re.compile(rf"(?<=[0-9]),[-\u2014]{{1,2}}(?={DEVISE}$)", re.IGNORECASE)
TROP_FIN = re.compile(r"[0-9 ]+[.,][0-9]{3,}")
CHIFFRES = "0123456789., \u00a0\u202f"
RIEN = re.compile(r"-[ \u00a0\u202f]*(?:€|EUR)?", re.IGNORECASE)
SEULE = re.compile(r"(?:(?:exercice|ann[ée]e)[ \u00a0:]*)?([0-9]{4})(?:[.,]0+)?", re.IGNORECASE)
PREMIERE_ANNEE, DERNIERE_ANNEE = 1950, 2100
EN_DATE = "Un tableur a sans doute changé ce nombre en date. Écrivez-le de nouveau dans une cellule au format nombre."


def montant(brut: Brut, vu: str, *, signe: bool = False) -> Cellule:
    """An amount in euros and cents. `signe`: a negative one is a reimbursement, and is kept."""
    try:
        lu = _lu(brut, vu)
        if lu is None:
            return douteuse(vu, "", "Un tiret tient lieu de montant\u00a0: la cellule est lue comme vide.")
        if lu < 0 and not signe:
            raise ValeurIllisible("Le montant est négatif.")
        if abs(lu) > MONTANT_MAXIMAL:
            raise ValeurIllisible("Le montant est trop grand. Vérifiez le nombre de chiffres.")
    except ValeurIllisible as erreur:
        return refusee(vu, str(erreur))
    return Cellule(vu, f"{lu:.2f}")


def _lu(brut: Brut, vu: str) -> Decimal | None:
    if isinstance(brut, date | datetime | time | timedelta):
        raise ValeurIllisible(EN_DATE)
    if isinstance(brut, bool) or brut is None:
        raise ValeurIllisible("Ce n’est pas un montant.")
    return _ecrit(vu) if isinstance(brut, str) else _nombre(brut)


def _nombre(nombre: float) -> Decimal:
    """A number of a cell, at most two decimals; what binary numbers add beyond is no decimal."""
    if not math.isfinite(nombre):
        raise ValeurIllisible("Ce n’est pas un montant.")
    exact = Decimal(repr(nombre))
    if abs(exact) > MONTANT_MAXIMAL:
        return exact
    arrondi = exact.quantize(CENTIME)
    if abs(exact - arrondi) > max(1e-9, 4 * math.ulp(nombre)):
        raise ValeurIllisible("Le montant a plus de deux décimales. Arrondissez-le au centime dans le tableau.")
    return arrondi if arrondi else abs(arrondi)


def _ecrit(vu: str) -> Decimal | None:
    """An amount as it is written; None for a dash, which stands for nothing or for zero. Raises ValeurIllisible."""
    nu = vu.translate(MOINS).strip()
    if RIEN.fullmatch(nu):
        return None
    moins, nu = _signe(SANS_CENTIMES.sub("", nu))
    if A_L_ANGLAISE.fullmatch(nu):
        nu = nu.replace(",", "")
    if DEUX_SENS.fullmatch(nu):
        raise ValeurIllisible(
            "Ce montant peut se lire de deux façons\u00a0: milliers ou décimales. Écrivez par exemple 1\u00a0234,00."
        )
    if MULTIPLE.fullmatch(nu):
        raise ValeurIllisible("Le montant est écrit en milliers ou en millions. Écrivez-le en euros.")
    if AUTRE_MONNAIE.fullmatch(nu.strip(CHIFFRES)):
        raise ValeurIllisible("Le montant est dans une autre monnaie que l’euro. Convertissez-le en euros.")
    if nu.endswith("%"):
        raise ValeurIllisible("C’est un pourcentage, pas un montant. Écrivez le montant en euros.")
    if TROP_FIN.fullmatch(nu):
        raise ValeurIllisible("Le montant a plus de deux décimales. Arrondissez-le au centime dans le tableau.")
    try:
        lu = parse_montant(nu)
    except ValeurIllisible as erreur:
        raise ValeurIllisible("Ce n’est pas un montant lisible. Écrivez par exemple 1\u00a0234,50.") from erreur
    return -lu if moins else lu


def _signe(nu: str) -> tuple[bool, str]:
    """Whether it is written as less than zero (« -12 », « 12- », « (12) »), and what remains."""
    if nu.startswith("(") and nu.endswith(")"):
        return True, nu[1:-1].strip()
    if nu.startswith("+"):
        return False, nu[1:].strip()
    if nu.startswith("-"):
        return True, nu[1:].strip()
    if nu.endswith("-"):
        return True, nu[:-1].strip()
    return False, nu


def exercice(brut: Brut, vu: str) -> Cellule:
    """A year, alone: « 2024-2025 » is two."""
    if isinstance(brut, date | datetime):
        return douteuse(vu, str(brut.year), "La cellule porte une date\u00a0: seule son année est lue.")
    lu = SEULE.fullmatch(vu)
    if lu is None or not PREMIERE_ANNEE <= int(lu[1]) <= DERNIERE_ANNEE:
        return refusee(vu, "Ce n’est pas une année. Écrivez-la seule, en quatre chiffres, par exemple 2026.")
    return Cellule(vu, lu[1])


def part(brut: Brut, vu: str) -> Cellule:
    """A share from 0.01 to 1, or a percentage written as such."""
    if isinstance(brut, bool | date | datetime | time | timedelta):
        return douteuse(vu, "", "Ce n’est pas une part, de 0,01 à 1\u00a0: la cellule est laissée de côté.")
    ecrit = (
        (vu if isinstance(brut, str) else repr(brut)).replace(",", ".").replace("\u00a0", " ").replace("\u202f", " ")
    )
    cent = ecrit.endswith("%")
    nu = ecrit.removesuffix("%").strip()
    if not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", nu):
        return douteuse(vu, "", "Ce n’est pas une part, de 0,01 à 1\u00a0: la cellule est laissée de côté.")
    lue = Decimal(nu) / 100 if cent else Decimal(nu)
    if not CENTIME <= lue <= 1:
        return douteuse(vu, "", "Une part va de 0,01 à 1 (1 pour la totalité)\u00a0: celle-ci est laissée de côté.")
    return Cellule(vu, f"{lue.normalize():f}")
