"""The answer to a champ of DS, read as the fact that it feeds: the projection and the page of mappings read it alike. Pure.

An answer is DS's own text: "1234.50", "2026-01-31", "true". None: it cannot be read without guessing.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import TypeVar

from portal.formats import MONTANT_MAXIMAL, PARIS, ValeurIllisible, compact, parse_montant, parse_rna, parse_siren
from portal.vocabulaire_ds import CibleChamp

T = TypeVar("T")
CENTIME = Decimal("0.01")
BOOLEENS = {"true": True, "false": False}


def lire_texte(brut: str) -> str | None:
    """A text, on one line."""
    return " ".join(brut.split()) or None


def lire_montant(brut: str, *, nombre: bool) -> Decimal | None:
    """An amount in euros, to the cent: DS's own number, else (`nombre` false) as people write one."""
    montant = _nombre(brut) if nombre else _valide(parse_montant, brut)
    return montant if montant is not None and 0 <= montant <= MONTANT_MAXIMAL else None


def lire_case(brut: str) -> bool | None:
    """A box or a yes/no."""
    return BOOLEENS.get(brut)


def lire_date(brut: str) -> date | None:
    """A day, from a date or an instant of DS (the day that it is in Paris)."""
    try:
        lu = datetime.fromisoformat(brut)
    except ValueError:
        return None
    return lu.astimezone(PARIS).date() if lu.tzinfo else lu.date()


def lire_siret(brut: str) -> str | None:
    """Fourteen digits whose SIREN is valid: the places of La Poste have keys of their own."""
    nu = compact(brut)
    valide = len(nu) == 14 and nu.isdecimal() and _valide(parse_siren, nu[:9]) is not None
    return nu if valide else None


def lire_rna(brut: str) -> str | None:
    """W and nine characters."""
    return _valide(parse_rna, brut)


def est_lisible(cible: CibleChamp, brut: str, *, nombre: bool) -> bool:
    """Whether an answer that is there can be read as that fact."""
    if cible in (CibleChamp.MONTANT_DEMANDE, CibleChamp.BUDGET):
        return lire_montant(brut, nombre=nombre) is not None
    return _LECTEURS[cible](brut) is not None


_LECTEURS: Mapping[CibleChamp, Callable[[str], object | None]] = {
    CibleChamp.SIRET: lire_siret,
    CibleChamp.RNA: lire_rna,
    CibleChamp.INTITULE: lire_texte,
    CibleChamp.CER_CASE: lire_case,
    CibleChamp.CER_DATE: lire_date,
}


def _nombre(brut: str) -> Decimal | None:
    try:
        lu = Decimal(brut).quantize(CENTIME, ROUND_HALF_UP)
    except InvalidOperation:
        return None
    return lu if lu.is_finite() else None


def _valide(lire: Callable[[str], T], texte: str) -> T | None:
    try:
        return lire(texte) if texte else None
    except ValeurIllisible:
        return None
