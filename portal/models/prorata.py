"""How much of a grant a withdrawal takes back: the share of the funded period that remained on the day of the breach."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

CENTIME = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Prorata:
    """Amount granted (euros) over the funded period, and the day of the breach (décret n° 2021-1947, art. 5 II).

    The count: calendar days; the first and the last day of the period are of it; the day of the breach has begun, so that it
    does not remain. A breach before the period begins leaves it whole, one on its last day leaves nothing. `debut` <= `fin`.
    """

    montant_accorde: Decimal
    debut: date
    fin: date
    manquement: date

    @property
    def jours(self) -> int:
        """Days of the period."""
        return (self.fin - self.debut).days + 1

    @property
    def jours_restants(self) -> int:
        """Days of the period that remained to run on the day of the breach."""
        return min(self.jours, max(0, (self.fin - self.manquement).days))

    @property
    def montant_retire(self) -> Decimal:
        """The share of these days, in euros, rounded to the nearest cent: never more than what was granted."""
        part = self.montant_accorde * self.jours_restants / self.jours
        return part.quantize(CENTIME, ROUND_HALF_UP)
