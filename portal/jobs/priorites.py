"""Long work gives way to whoever waits for a page."""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

POLITESSE = 10
# After that long at work, a pause of that part of it.
TRANCHE_SECONDES, PAUSE = 0.02, 0.5
T = TypeVar("T")


def gently(nom: str, faire: Callable[[], T]) -> T:
    """Do it in a thread of that name, at nice 10, and wait for it; what it returns, or raises.

    The thread ends with it: those of the worker keep their priority.
    """
    with ThreadPoolExecutor(1, thread_name_prefix=nom, initializer=_give_way) as fil:
        return fil.submit(faire).result()


def with_pauses(lignes: Iterable[T]) -> Iterator[T]:
    """The same, one after the other, with a pause now and then: the database that reads them for us has no priority to lower."""
    reprise = time.monotonic()
    for ligne in lignes:
        ecoule = time.monotonic() - reprise
        if ecoule > TRANCHE_SECONDES:
            time.sleep(ecoule * PAUSE)
            reprise = time.monotonic()
        yield ligne


def _give_way() -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), POLITESSE)
