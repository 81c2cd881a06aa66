"""Which processes belong to a server, read from /proc: every account may read there what a process calls itself."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path


def serveur_vivant(donnees: Path) -> bool:
    """Whether the server that wrote postmaster.pid still runs; a number reused by another program does not count."""
    try:
        pid = int((donnees / "postmaster.pid").read_text().splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return False
    return str(donnees) in _arguments(pid)


def attendre_la_fin(marque: str, *, delai: float = 10.0) -> None:
    """Waits for the last processes of a dead server (its backends title themselves « postgres: marque… »).

    After `delai` seconds they are made to quit, as PostgreSQL itself does in an immediate shutdown.
    """
    limite = time.monotonic() + delai
    while restes := list(_titres(marque)):
        if time.monotonic() > limite:
            for pid in restes:
                os.kill(pid, signal.SIGQUIT)
            limite = time.monotonic() + delai
        time.sleep(0.1)


def _titres(marque: str) -> Iterator[int]:
    for dossier in Path("/proc").glob("[0-9]*"):
        if any(argument.startswith(f"postgres: {marque}") for argument in _arguments(int(dossier.name))):
            yield int(dossier.name)


def _arguments(pid: int) -> list[str]:
    try:
        brut = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it has ended meanwhile
        return []
    return os.fsdecode(brut).split("\0")
