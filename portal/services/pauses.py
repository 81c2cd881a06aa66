"""Long work that stops now and then: the database, that reads and writes for it, has no priority to lower."""

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

# After that long at work, a pause of that part of it.
TRANCHE_SECONDES, PART = 0.02, 0.25
T = TypeVar("T")


def with_pauses(lignes: Iterable[T]) -> Iterator[T]:
    """The same lines, one after the other, with pauses between some of them."""
    reprise = time.monotonic()
    for ligne in lignes:
        ecoule = time.monotonic() - reprise
        if ecoule > TRANCHE_SECONDES:
            time.sleep(ecoule * PART)
            reprise = time.monotonic()
        yield ligne
