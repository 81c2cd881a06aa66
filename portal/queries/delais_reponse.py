"""Pure. How long answers take when some have not come yet: the Kaplan-Meier estimate of the share that has been given."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Attente:
    """How many days a request has waited; `repondue` is false for one that still waits, or that was closed without an answer."""

    jours: int
    repondue: bool


@dataclass(frozen=True, slots=True)
class Delais:
    """The estimate. `marches`: (days, share answered by then), only where it grows. `dernier`: the longest wait seen, in days.

    A quantile not reached yet is None.
    """

    nombre: int
    repondues: int
    marches: tuple[tuple[int, float], ...]
    dernier: int = 0

    def quantile(self, part: float) -> int | None:
        """The first day by which that share of the answers has been given; None while fewer have."""
        return next((jours for jours, repondu in self.marches if repondu >= part - 1e-12), None)

    @property
    def mediane(self) -> int | None:
        """Days."""
        return self.quantile(0.5)

    @property
    def p90(self) -> int | None:
        """Days."""
        return self.quantile(0.9)

    def part_a(self, jours: int) -> float | None:
        """Share answered within that many days; None past the longest wait, where nothing was seen, unless all have answered."""
        if jours > self.dernier and self.repondues < self.nombre:
            return None
        return max((part for jour, part in self.marches if jour <= jours), default=0.0)


def kaplan_meier(attentes: Iterable[Attente]) -> Delais:
    """Product-limit estimate (Kaplan and Meier, 1958): a request that still waits counts until the day it has waited."""
    tries = sorted(attentes, key=lambda une: une.jours)
    reste, survie, marches = len(tries), 1.0, []
    for jours, groupe in groupby(tries, key=lambda une: une.jours):
        du_jour = list(groupe)
        repondues = sum(une.repondue for une in du_jour)
        if repondues:
            survie *= 1 - repondues / reste
            marches.append((jours, 1 - survie))
        reste -= len(du_jour)
    repondues, dernier = sum(une.repondue for une in tries), tries[-1].jours if tries else 0
    return Delais(nombre=len(tries), repondues=repondues, marches=tuple(marches), dernier=dernier)
