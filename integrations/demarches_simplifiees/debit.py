"""The gate that every request to Démarches Simplifiées passes: its turn, its place in the accounts, its throttling."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from integrations.demarches_simplifiees.api import Debit
from integrations.demarches_simplifiees.errors import TropDeRequetes


@dataclass
class Compteur:
    """What was asked of DS while it was open, repeats included; `freins`: how often DS throttled. Threads may share one."""

    requetes: int = 0
    freins: int = 0
    _verrou: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def noter(self, *, frein: bool = False) -> None:
        """One more request, or one more throttling."""
        with self._verrou:
            self.requetes += not frein
            self.freins += frein


_compteur: ContextVar[Compteur | None] = ContextVar("compteur_ds", default=None)


@contextmanager
def compter() -> Iterator[Compteur]:
    """Count what this context asks of DS, threads included when they run in a copy of it (`contextvars.copy_context`)."""
    compteur = Compteur()
    avant = _compteur.set(compteur)
    try:
        yield compteur
    finally:
        _compteur.reset(avant)


_au_depart: ContextVar[Callable[[], None] | None] = ContextVar("au_depart_ds", default=None)


@contextmanager
def au_depart(agir: Callable[[], None]) -> Iterator[None]:
    """`agir` is called when a request of this context is about to leave, its turn having come: if it raises, nothing leaves.

    A turn may be waited for longer than a lease lasts: whoever holds one checks it there.
    """
    avant = _au_depart.set(agir)
    try:
        yield
    finally:
        _au_depart.reset(avant)


@contextmanager
def passer(debit: Debit | None) -> Iterator[None]:
    """One request: it waits for its turn, is counted, and slows everybody down when DS throttles it."""
    compteur = _compteur.get()
    if debit:
        debit.attendre()
    if depart := _au_depart.get():
        depart()
    if compteur:
        compteur.noter()
    try:
        yield
    except TropDeRequetes as frein:
        if compteur:
            compteur.noter(frein=True)
        if debit:
            debit.ralentir(frein.reprise)
        raise
