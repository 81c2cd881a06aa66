"""Asks a child process what a scan that came back holds: a hostile PDF can only cost it its time and its memory."""

import base64
import os
import subprocess
import sys
from dataclasses import dataclass

from portal.documents.atelier import ENVIRONNEMENT, GIBIOCTET, RACINE
from portal.texte_json import lire

DELAI = 300.0
REFUS = {
    "illisible": "Ce fichier n’est pas un PDF lisible, ou il est protégé par un mot de passe\u00a0: enregistrez-le de nouveau, "
    "sans mot de passe.",
    "trop_de_pages": "Ce fichier a plus de 1\u00a0000\u00a0pages\u00a0: envoyez-le en plusieurs parties.",
}
PERDU = (
    "La lecture de ce fichier a été arrêtée\u00a0: elle demandait trop de temps ou de mémoire. Numérisez-le de nouveau, en "
    "plusieurs parties ou avec une définition plus basse."
)


class FichierRefuse(ValueError):
    """The file cannot be read. The message, in French, says why and what to do."""


@dataclass(frozen=True, slots=True)
class CopieLue:
    """Pages (numbered from 1) that make one letter, as a PDF of their own; `numero` is "" when they show none."""

    numero: str
    pages: tuple[int, ...]
    pdf: bytes


def lire_copies(pdf: bytes, *, delai: float = DELAI, memoire: int = GIBIOCTET) -> tuple[CopieLue, ...]:
    """The signed letters of a file, in its order. `delai` in seconds, `memoire` in bytes. Raises FichierRefuse."""
    commande = [sys.executable, "-m", "portal.documents.pages_signees", str(memoire)]
    environnement = {nom: os.environ[nom] for nom in ENVIRONNEMENT if nom in os.environ} | {"PYTHONPATH": str(RACINE)}
    try:
        fini = subprocess.run(commande, input=pdf, stdout=subprocess.PIPE, env=environnement, timeout=delai, check=True)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as perte:
        raise FichierRefuse(PERDU) from perte
    resultat = lire(fini.stdout.decode())
    if "refus" in resultat:
        raise FichierRefuse(REFUS[resultat["refus"]])
    return tuple(
        CopieLue(copie["numero"], tuple(copie["pages"]), base64.b64decode(copie["pdf"])) for copie in resultat["copies"]
    )
