"""Watches a process and its children while they work: the most memory that they hold, and at which priority they compute."""

import os
import re
from collections import Counter
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

PERIODE = 0.05
DOUX = 10


class Surveillance:
    """A `with` block. `memoire`: mebibytes, each process at its own peak, `au_repos` before; `part_douce`: of its CPU."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._fini = Event()
        self._fil = Thread(target=self._veiller, daemon=True)
        self._pics: dict[int, float] = {}
        self._lus: dict[int, int] = {}  # nanoseconds of each thread, when last looked at
        self._par_nice: Counter[int] = Counter()  # nanoseconds since the block began

    def __enter__(self) -> Self:
        Path(f"/proc/{self._pid}/clear_refs").write_text("5")  # its peak begins again at what it holds now
        self._regarder()
        self.au_repos = self.memoire
        self._par_nice.clear()
        self._fil.start()
        return self

    def __exit__(
        self, genre: type[BaseException] | None, erreur: BaseException | None, ou: TracebackType | None
    ) -> None:
        self._fini.set()
        self._fil.join()
        self._regarder()

    @property
    def memoire(self) -> float:
        """The peak of the process, and those of the children that it has had."""
        return sum(self._pics.values())

    @property
    def part_douce(self) -> float:
        """How much of what they have computed was at nice 10 or more, from 0 to 1."""
        doux = sum(temps for nice, temps in self._par_nice.items() if nice >= DOUX)
        return doux / (self._par_nice.total() or 1)

    def _veiller(self) -> None:
        while not self._fini.wait(PERIODE):
            self._regarder()

    def _regarder(self) -> None:
        for pid in _famille(self._pid):
            with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
                pic = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
                if pic is not None:  # an ended process holds nothing
                    self._pics[pid] = int(pic[1]) / 1024
            for tache in Path(f"/proc/{pid}/task").glob("[0-9]*"):
                with suppress(FileNotFoundError, ProcessLookupError):
                    self._compter(int(tache.name), int((tache / "schedstat").read_text().split()[0]))

    def _compter(self, tache: int, temps: int) -> None:
        """What it computed since it was looked at, under the priority that it has now."""
        self._par_nice[os.getpriority(os.PRIO_PROCESS, tache)] += temps - self._lus.get(tache, 0)
        self._lus[tache] = temps


def _famille(pid: int) -> list[int]:
    """A process and all its descendants."""
    enfants: list[int] = []
    for tache in Path(f"/proc/{pid}/task").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            enfants += map(int, (tache / "children").read_text().split())
    return [pid, *(descendant for enfant in enfants for descendant in _famille(enfant))]
