"""A working sheet as it leaves: the dossiers, what may be changed of each, and the values that cells offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from portal.vocabulaire_imports import ChampFeuille


@dataclass(frozen=True, slots=True, kw_only=True)
class LigneTravail:
    """A dossier. `valeurs`: as cells show them, by field; `ouverts`: the fields that may be changed."""

    reference: str
    association: str
    siret: str
    intitule: str
    montant_demande: Decimal | None
    valeurs: dict[ChampFeuille, str | Decimal | None]
    ouverts: frozenset[ChampFeuille]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeuilleDeTravail:
    """The whole workbook. `choix`: the values that the cells of a field offer; `adresse`: where it is given back."""

    jeton: str
    service: str
    personne: str
    le: datetime
    adresse: str
    lignes: Sequence[LigneTravail]
    choix: dict[ChampFeuille, tuple[str, ...]]
