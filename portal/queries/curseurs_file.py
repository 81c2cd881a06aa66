"""A place in the queue, for each of its sorts: what a page of it begins or ends with."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from portal.models.dossiers import AccesDossier
from portal.queries.criteres import identifiant
from portal.vocabulaire_file import TriFile

Rang = datetime | date | Decimal | str
COLONNES: dict[TriFile, Any] = {
    TriFile.DEPOT: AccesDossier.date_depot,
    TriFile.MONTANT: AccesDossier.montant,
    TriFile.ECHEANCE: AccesDossier.echeance,
    TriFile.DEMANDEUR: AccesDossier.demandeur,
}


def _instant(texte: str) -> datetime:
    lu = datetime.fromisoformat(texte)
    if lu.tzinfo is None:
        raise ValueError(texte)
    return lu


def _montant(texte: str) -> Decimal:
    try:
        lu = Decimal(texte)
    except InvalidOperation as erreur:
        raise ValueError(texte) from erreur
    if not lu.is_finite() or abs(lu) >= Decimal(10) ** 12:
        raise ValueError(texte)
    return lu


def _nom(texte: str) -> str:
    if "\x00" in texte or len(texte) > 60:
        raise ValueError(texte)
    return texte


LECTEURS: dict[TriFile, Callable[[str], Rang]] = {
    TriFile.DEPOT: _instant,
    TriFile.MONTANT: _montant,
    TriFile.ECHEANCE: date.fromisoformat,
    TriFile.DEMANDEUR: _nom,
}


@dataclass(frozen=True, slots=True)
class Curseur:
    """Just before or just after that dossier. `rang`: what the queue is sorted by, as that dossier has it."""

    rang: Rang
    dossier_id: int
    avant: bool = False

    def texte(self) -> str:
        """Opaque, safe in an address."""
        rang = self.rang.isoformat() if isinstance(self.rang, date) else str(self.rang)
        brut = f"{'-' if self.avant else '+'}{self.dossier_id}@{rang}"
        return base64.urlsafe_b64encode(brut.encode()).decode()

    @classmethod
    def lire(cls, texte: str, tri: TriFile) -> "Curseur":
        """The cursor that `texte` wrote for that sort. Raises ValueError."""
        try:
            brut = base64.b64decode(texte.encode(), altchars=b"-_", validate=True).decode()
        except (binascii.Error, UnicodeDecodeError) as erreur:
            raise ValueError(texte) from erreur
        ident, separateur, rang = brut[1:].partition("@")
        if not separateur:
            raise ValueError(texte)
        return cls(rang=LECTEURS[tri](rang), dossier_id=identifiant(ident), avant=brut.startswith("-"))
