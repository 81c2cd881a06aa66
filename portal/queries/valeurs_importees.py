"""What was read of a workbook, kept in canonical text, as pages show it."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from portal.classeurs.champs import Champ, TypeChamp
from portal.formats import date_fr, majuscule, montant_fr, siren_fr, siret_fr
from portal.vocabulaire import LIBELLES_ETAT_AGENT, LIBELLES_SENS


def _montant(lu: str) -> str:
    return montant_fr(Decimal(lu))


def _jour(lu: str) -> str:
    return date_fr(date.fromisoformat(lu))


def _mots(libelles: Mapping[Any, str]) -> Callable[[str], str]:
    return lambda lu: majuscule(libelles[lu]) if lu in libelles else lu


LECTURES: dict[TypeChamp, Callable[[str], str]] = {
    TypeChamp.MONTANT: _montant,
    TypeChamp.MONTANT_SIGNE: _montant,
    TypeChamp.DATE: _jour,
    TypeChamp.SIRET: siret_fr,
    TypeChamp.SIREN: siren_fr,
    TypeChamp.STATUT: _mots(LIBELLES_ETAT_AGENT),
    TypeChamp.SENS: _mots(LIBELLES_SENS),
}


def shown(champ: Champ, lu: str) -> str:
    """A value of that field: an amount in euros, a day, a number or a word as people write them, else the text itself."""
    return LECTURES[champ.type](lu) if champ.type in LECTURES else lu
