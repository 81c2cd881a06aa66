"""The account that runs the server: PostgreSQL refuses to run as root, so root lends it a system account."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from integrations.postgresql.erreurs import ErreurPostgresql

COMPTES = ("postgres", "portal-postgres")


@dataclass(frozen=True)
class Compte:
    """Who runs the server; `nom` is None when it is simply ourselves."""

    nom: str | None
    uid: int
    gid: int

    def posseder(self, chemin: Path) -> None:
        """Gives the path to this account."""
        if self.nom is not None:
            os.chown(chemin, self.uid, self.gid)

    def executer(self, commande: Sequence[str], *, delai: float = 60) -> str:
        """Runs the command as this account, away from our terminal, and returns what it printed.

        Raises ErreurPostgresql with the command's own words when it fails or lasts more than `delai` seconds.
        """
        autre = self.nom is not None
        try:
            fini = subprocess.run(
                commande,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=delai,
                check=False,
                cwd="/",
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                start_new_session=True,
                user=self.uid if autre else None,
                group=self.gid if autre else None,
                extra_groups=[] if autre else None,
            )
        except subprocess.TimeoutExpired as erreur:
            raise ErreurPostgresql(f"{Path(commande[0]).name} n’a pas fini en {delai:.0f} secondes.") from erreur
        if fini.returncode != 0:
            raise ErreurPostgresql(f"{Path(commande[0]).name} a échoué : {fini.stdout.strip()}")
        return fini.stdout


def compte_nous() -> Compte:
    """The account of this very process."""
    return Compte(None, os.geteuid(), os.getegid())


def compte_serveur() -> Compte:
    """Ourselves, or as root the `postgres` account if it exists, else an account of ours, created at need."""
    if os.geteuid() != 0:
        return compte_nous()
    for nom in COMPTES:
        try:
            trouve = pwd.getpwnam(nom)
        except KeyError:
            continue
        return Compte(nom, trouve.pw_uid, trouve.pw_gid)
    return _creer_compte(COMPTES[-1])


def _creer_compte(nom: str) -> Compte:
    subprocess.run(
        [
            "/usr/sbin/useradd",
            "--system",
            "--user-group",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/usr/sbin/nologin",
            nom,
        ],
        check=True,
        capture_output=True,
    )
    cree = pwd.getpwnam(nom)
    return Compte(nom, cree.pw_uid, cree.pw_gid)
