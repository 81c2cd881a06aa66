"""A durable, atomic write: a reader sees the old bytes or the new ones, never a part of them."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

SUFFIXE_PROVISOIRE = ".partiel"


def ecrire_durablement(chemin: Path, octets: bytes) -> None:
    """Write `octets` at `chemin`, creating its folders; on return, file and folders are on the disk. Raises OSError."""
    _durablement(chemin, lambda fichier: fichier.write(octets))


def copier_durablement(chemin: Path, source: Path) -> None:
    """The same with the bytes of another file, by pieces. Raises OSError."""
    with source.open("rb") as lu:
        _durablement(chemin, lambda fichier: shutil.copyfileobj(lu, fichier))


def _durablement(chemin: Path, remplir: Callable[[BinaryIO], object]) -> None:
    _creer_dossier(chemin.parent)
    descripteur, provisoire = tempfile.mkstemp(dir=chemin.parent, suffix=SUFFIXE_PROVISOIRE)
    try:
        with os.fdopen(descripteur, "wb") as fichier:
            remplir(fichier)
            fichier.flush()
            os.fsync(fichier.fileno())
        Path(provisoire).replace(chemin)
    except BaseException:
        Path(provisoire).unlink(missing_ok=True)
        raise
    synchroniser_dossier(chemin.parent)


def synchroniser_dossier(dossier: Path) -> None:
    """Force the entries of a folder (a new name, a removed one) to the disk. Raises OSError."""
    descripteur = os.open(dossier, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descripteur)
    finally:
        os.close(descripteur)


def _creer_dossier(dossier: Path) -> None:
    if dossier.is_dir():
        return
    _creer_dossier(dossier.parent)
    dossier.mkdir(mode=0o700, exist_ok=True)
    synchroniser_dossier(dossier.parent)
