"""A throwaway server for tests: fast, unsafe on purpose, gone at the end even when its owner was killed."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from integrations.postgresql.compte import compte_nous, compte_serveur
from integrations.postgresql.emplacements import RACINE_SYSTEME, accessible, ouvrir_dossier
from integrations.postgresql.grappe import Grappe
from integrations.postgresql.trouver import Binaires, trouver

SANS_FILET = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}
DONNEES = "pg"


@contextmanager
def grappe_ephemere(binaires: Binaires | None = None, *, racine: Path | None = None) -> Iterator[Grappe]:
    """A running empty server, stopped and removed on leaving; those left by killed owners are swept first.

    `binaires` forces a finder; `racine` is where throwaway servers live (a temporary folder of ours by default).
    """
    binaires = binaires or trouver()
    racine = ouvrir_dossier(racine or _racine(), compte_nous(), mode=0o711)
    dossier, verrou = _ouvrir(racine, binaires)
    grappe = Grappe(dossier / DONNEES, binaires, reglages=SANS_FILET)
    try:
        grappe.creer()
        grappe.demarrer()
        yield grappe
    finally:
        grappe.effacer()
        shutil.rmtree(dossier)
        os.close(verrou)


def balayer(racine: Path, binaires: Binaires) -> list[Path]:
    """Stops and removes the servers whose owner has died: the kernel has released its lock. Returns their folders."""
    return [dossier for dossier in sorted(racine.glob("serveur-*")) if _abandonne(dossier, binaires)]


def _ouvrir(racine: Path, binaires: Binaires) -> tuple[Path, int]:
    """Sweeps, then makes a locked folder, under one lock for all: a folder is never seen before it is locked."""
    general = _verrouiller(racine / "verrou", fcntl.LOCK_EX)
    try:
        balayer(racine, binaires)
        dossier = Path(tempfile.mkdtemp(prefix="serveur-", dir=racine))
        dossier.chmod(0o755)
        return dossier, _verrouiller(dossier / "verrou", fcntl.LOCK_EX)
    finally:
        os.close(general)


def _abandonne(dossier: Path, binaires: Binaires) -> bool:
    try:
        verrou = _verrouiller(dossier / "verrou", fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, FileNotFoundError):  # its owner lives, or has just removed it
        return False
    with suppress(FileNotFoundError):
        Grappe(dossier / DONNEES, binaires).effacer()
        shutil.rmtree(dossier)
    os.close(verrou)
    return True


def _verrouiller(fichier: Path, genre: int) -> int:
    descripteur = os.open(fichier, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descripteur, genre)
    except BlockingIOError:
        os.close(descripteur)
        raise
    return descripteur


def _racine() -> Path:
    """A temporary folder of ours alone, that the server's account can cross."""
    temporaire = Path(tempfile.gettempdir())
    if compte_serveur().nom is not None and not accessible(temporaire / "essai"):
        temporaire = RACINE_SYSTEME
    return temporaire / f"portal-ephemeres-{os.geteuid()}"
