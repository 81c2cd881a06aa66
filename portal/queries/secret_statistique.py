"""Keeps small counts out of what is published: below SEUIL a cell is hidden, and others with it, so that none can be computed.

A distribution is published with its total. A hidden cell would be the total less the others: at least two are hidden, and
their sum must be reached in more than one way (two cells that make 2 are 1 and 1). Zeros are shown: they tell of nobody.
"""

from collections.abc import Mapping
from dataclasses import dataclass

SEUIL = 5


@dataclass(frozen=True, slots=True)
class Effectif:
    """A count, None when it is hidden: it is below SEUIL, or would tell one that is."""

    libelle: str
    nombre: int | None


@dataclass(frozen=True, slots=True)
class Repartition:
    """How a total is distributed. `lignes` is empty when no cell can be shown without telling a small one.

    `total` is None when it is itself small: then nothing else is told.
    """

    total: int | None
    lignes: tuple[Effectif, ...]

    @property
    def masquee(self) -> bool:
        """True when something is hidden."""
        return self.total is None or (self.total > 0 and not self.lignes) or any(e.nombre is None for e in self.lignes)


def distribute(effectifs: Mapping[str, int]) -> Repartition:
    """What may be told of these counts (by label, in the order of the table), whose total is told elsewhere too."""
    total = sum(effectifs.values())
    if 0 < total < SEUIL:
        return Repartition(None, ())
    masques = _masques(effectifs)
    if masques is None:
        return Repartition(total, ())
    return Repartition(total, tuple(Effectif(nom, None if nom in masques else n) for nom, n in effectifs.items()))


def _masques(effectifs: Mapping[str, int]) -> set[str] | None:
    """The cells to hide; None when they cannot be hidden enough."""
    masques = {nom for nom, nombre in effectifs.items() if 0 < nombre < SEUIL}
    visibles = sorted((nom for nom, nombre in effectifs.items() if nombre >= SEUIL), key=lambda nom: effectifs[nom])
    while masques and not _protegees([effectifs[nom] for nom in masques]):
        if not visibles:
            return None
        masques.add(visibles.pop(0))
    return masques


def _protegees(nombres: list[int]) -> bool:
    return len(nombres) > 1 and sum(nombres) > len(nombres)
