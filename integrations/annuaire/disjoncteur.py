"""A circuit breaker: after a few failures in a row, a machine that is down is left alone for a while."""

import threading
import time
from collections.abc import Callable


class Disjoncteur:
    """Counts failures in a row. Opens after `echecs`, for `repos` seconds; one more failure then opens it again.

    `horloge` gives seconds that never go backwards. May be shared by threads.
    """

    def __init__(self, *, echecs: int = 3, repos: float = 30.0, horloge: Callable[[], float] = time.monotonic) -> None:
        self._seuil = echecs
        self._repos = repos
        self._horloge = horloge
        self._verrou = threading.Lock()
        self._echecs = 0
        self._ouvert_jusqua = float("-inf")

    def ouvert(self) -> bool:
        """True while no call should be made."""
        with self._verrou:
            return self._horloge() < self._ouvert_jusqua

    def reussite(self) -> None:
        """The machine answered: forget past failures."""
        with self._verrou:
            self._echecs = 0

    def echec(self) -> None:
        """The machine did not answer."""
        with self._verrou:
            self._echecs += 1
            if self._echecs >= self._seuil:
                self._ouvert_jusqua = self._horloge() + self._repos
