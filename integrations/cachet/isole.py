"""Checks the seal of a file from anybody in a process of its own, that may be killed: a small PDF can cost a reader gigabytes.

The child reads the PDF on its standard input and writes what it saw as JSON; it inherits no secret and opens no file.
"""

import json
import os
import resource
import subprocess
import sys
import threading
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path

from integrations.cachet.api import EtatDuCachet
from integrations.cachet.trousseau import Trousseau

DELAI = 20.0
MEMOIRE = 1 << 30
RACINE = Path(__file__).resolve().parents[2]
ENVIRONNEMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
# One at a time in a process: parallel checks would add their gigabytes up.
_UN_SEUL = threading.Lock()


def controler(pdf: bytes, trousseau: Trousseau, *, delai: float = DELAI, memoire: int = MEMOIRE) -> EtatDuCachet | None:
    """What the file says of its seal; None when it could not be told within `delai` seconds and `memoire` bytes."""
    if not _UN_SEUL.acquire(timeout=delai):
        return None
    try:
        fini = subprocess.run(
            [sys.executable, "-m", "integrations.cachet.enfant", str(memoire)],
            input=pdf,
            capture_output=True,
            timeout=delai,
            check=True,
            env={nom: os.environ[nom] for nom in ENVIRONNEMENT if nom in os.environ} | {"PYTHONPATH": str(RACINE)},
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        return None
    finally:
        _UN_SEUL.release()
    etat = lire(fini.stdout)
    return replace(etat, origine=trousseau.origine(etat.certificat)) if etat.certificat else etat


def ecrire(etat: EtatDuCachet) -> str:
    """What the child writes: whose certificate it is, its parent knows."""
    instant = etat.scelle_at.isoformat() if etat.scelle_at else None
    return json.dumps(asdict(etat) | {"scelle_at": instant, "origine": None})


def lire(texte: bytes) -> EtatDuCachet:
    """What the child wrote."""
    lu = json.loads(texte)
    return EtatDuCachet(**lu | {"scelle_at": datetime.fromisoformat(lu["scelle_at"]) if lu["scelle_at"] else None})


def limiter(memoire: int) -> None:
    """Bound this process, for good."""
    resource.setrlimit(resource.RLIMIT_AS, (memoire, memoire))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
