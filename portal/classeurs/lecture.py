"""Reads a workbook in a child process: a hostile file can only cost it its time and its memory.

The parent never holds the lines of the file: they stream from the child, one JSON text a line.
"""

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog

from portal.classeurs import echange
from portal.classeurs.echange import Demande
from portal.classeurs.feuilles import Brut, Feuille
from portal.classeurs.resultats import TROP_LOURD, Annotations, Bilan, ClasseurRefuse, Consigne, Constat, LigneLue
from portal.texte_json import lire

journal = structlog.get_logger("portal.classeurs")
DELAI = 180.0
MEMOIRE = 3 << 29
# What the child may send: many times the largest file that is accepted, and one line of the widest cells.
SORTIE, LIGNE = 2 << 30, 64 << 20
# What the parent holds whole, raw sheets or a file given back: many times the largest working sheet.
SORTIE_ENTIERE = 64 << 20
MORCEAU = 1 << 16
RACINE = Path(__file__).parent.parent.parent
# What the child inherits: no address, no secret.
ENVIRONNEMENT = ("PATH", "LANG", "LC_ALL")
TROP_LONG = (
    "La lecture de ce fichier a été arrêtée\u00a0: elle demandait trop de temps. Gardez la seule feuille utile dans un "
    "classeur neuf, ou envoyez le tableau en plusieurs fichiers."
)
INTERROMPUE = (
    "La lecture de ce fichier s’est interrompue\u00a0: il est abîmé, ou fait pour l’être. Ouvrez-le dans votre tableur, "
    "enregistrez-le de nouveau en .xlsx et envoyez ce fichier."
)
PANNE = (
    "Ce fichier s’ouvre, mais le portail n’a pas su en lire le contenu\u00a0: c’est une erreur de notre part. Rien n’a été "
    "enregistré\u00a0; envoyez le tableau en CSV, ou signalez-le à l’équipe du portail."
)


class Lecture:
    """A file being read. `lignes` gives each line once; `bilan` is known when they have all been read."""

    def __init__(self, messages: Iterator[tuple[str, Any]]) -> None:
        self._messages = messages
        self.constat: Constat = next(messages)[1]
        self.bilan: Bilan | None = None
        self.lignes: Iterator[LigneLue] = self._lire()

    def _lire(self) -> Iterator[LigneLue]:
        for nom, recu in self._messages:
            if nom == "Bilan":
                self.bilan = recu
                for panne in recu.pannes:
                    journal.error("cellule_illisible", panne=panne)
            else:
                yield recu


@contextmanager
def ouvrir(
    chemin: Path, nom: str, consigne: Consigne, *, delai: float = DELAI, memoire: int = MEMOIRE
) -> Iterator[Lecture]:
    """Read a file by what was chosen; `nom` is the name that people gave it. Raises ClasseurRefuse, here or between lines.

    `delai`: seconds that the child may make us wait, in all; `memoire`: bytes that it may address.
    """
    with _enfant(Demande(chemin, nom, consigne), delai, memoire) as messages:
        yield Lecture(messages)


def lire_feuilles(chemin: Path, nom: str, *, delai: float = DELAI, memoire: int = MEMOIRE) -> list[Feuille]:
    """The raw sheets of a small workbook, whose form is known to who asks. Raises ClasseurRefuse."""
    feuilles: list[Feuille] = []
    rangees: list[tuple[Brut, ...]] = []
    with _enfant(Demande(chemin, nom), delai, memoire, SORTIE_ENTIERE) as messages:
        for genre, recu in messages:
            if genre == echange.FEUILLE:
                rangees = []
                feuilles.append(Feuille(recu["nom"], recu["cachee"], rangees))
            elif genre == echange.RANGEE:
                rangees.append(recu)
    return feuilles


def annoter(chemin: Path, nom: str, annotations: Annotations, *, delai: float = DELAI, memoire: int = MEMOIRE) -> bytes:
    """The .xlsx file that gives a workbook back with what is wrong in it. Raises ClasseurRefuse when it is too large for that."""
    with _enfant(Demande(chemin, nom, annotations=annotations), delai, memoire, SORTIE_ENTIERE) as messages:
        return b"".join(recu for genre, recu in messages if genre == echange.OCTETS)


@contextmanager
def _enfant(demande: Demande, delai: float, memoire: int, sortie: int = SORTIE) -> Iterator[Iterator[tuple[str, Any]]]:
    """A child that reads, in an empty directory of its own; killed at the end, whatever happened."""
    environnement = {nom: os.environ[nom] for nom in ENVIRONNEMENT if nom in os.environ} | {"PYTHONPATH": str(RACINE)}
    commande = [sys.executable, "-m", "portal.classeurs.enfant", str(memoire), str(int(delai) + 1)]
    with (
        tempfile.TemporaryDirectory(prefix="classeur-") as dossier,
        subprocess.Popen(
            commande,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environnement | {"TMPDIR": dossier},
            cwd=dossier,
            start_new_session=True,
        ) as processus,
    ):
        try:
            yield _messages(_lignes(processus, echange.message_demande(demande), delai, sortie))
        finally:
            processus.kill()


def _messages(lignes: Iterator[bytes]) -> Iterator[tuple[str, Any]]:
    """What the child says, up to its Bilan. A child that was taken over by a file can say anything: it is refused too."""
    for ligne in lignes:
        try:
            nom, contenu = lire(ligne.decode())
            recu = echange.LECTEURS[nom](contenu)
        except (ValueError, TypeError, LookupError, AttributeError) as faute:
            raise ClasseurRefuse(INTERROMPUE) from faute
        if nom == echange.REFUS:
            raise ClasseurRefuse(recu)
        if nom == echange.PANNE:
            panne = ClasseurRefuse(PANNE)
            panne.add_note(recu)
            raise panne
        yield nom, recu
        if nom == "Bilan":
            return


def _lignes(processus: subprocess.Popen[bytes], demande: bytes, delai: float, maximum: int) -> Iterator[bytes]:
    """The lines that the child writes, whole. Raises ClasseurRefuse when it ends, stays silent or says too much."""
    if processus.stdin is None or processus.stdout is None:
        raise RuntimeError("The child was started without its pipes.")
    try:
        processus.stdin.write(demande)
        processus.stdin.close()
    except BrokenPipeError as perte:
        raise ClasseurRefuse(INTERROMPUE) from perte
    sortie, reste, recus, attente = processus.stdout.fileno(), b"", 0, 0.0
    while True:
        depart = time.monotonic()
        pret, _, _ = select.select([sortie], [], [], max(0.0, delai - attente))
        attente += time.monotonic() - depart
        if not pret:
            raise ClasseurRefuse(TROP_LONG)
        morceau = os.read(sortie, MORCEAU)
        if not morceau:
            raise ClasseurRefuse(_fin(processus))
        recus += len(morceau)
        *lignes, reste = (reste + morceau).split(b"\n")
        if recus > maximum or len(reste) > LIGNE:
            raise ClasseurRefuse(TROP_LOURD)
        yield from lignes


def _fin(processus: subprocess.Popen[bytes]) -> str:
    """Why a child that had more to say has ended."""
    code = processus.wait()
    return {-signal.SIGXCPU: TROP_LONG, -signal.SIGKILL: TROP_LONG, -signal.SIGABRT: TROP_LOURD}.get(code, INTERROMPUE)
