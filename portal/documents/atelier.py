"""The workshop: PDFs are made in one child process that is warm before it is needed, and killed when it goes astray.

A page of 50 bytes can cost a renderer 20 s (a `colspan` of 100 000): a thread cannot be stopped, a process can.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from portal.documents.echange import FAITE, PAGE, PDF, PRET, envoyer, recevoir
from portal.texte_json import canonique

GIBIOCTET = 1 << 30
DELAI_DEMARRAGE = 60.0
RACINE = Path(__file__).parent.parent.parent
# What the child inherits: no address, no secret, only where its programs and its fonts are.
ENVIRONNEMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_CACHE_HOME", "FONTCONFIG_FILE", "FONTCONFIG_PATH")


class DocumentImpossible(RuntimeError):
    """This document cannot be made: it takes too long, too much memory, or is refused by the renderer."""


class Atelier:
    """Makes PDFs, one at a time, for one worker process. Threads may share it.

    `delai` is in seconds a document, `memoire` in bytes of the child's address space; the child is renewed after
    `renouveler_apres` documents, so that no leak lasts.
    """

    def __init__(self, *, delai: float = 20.0, memoire: int = GIBIOCTET, renouveler_apres: int = 500) -> None:
        self._delai = delai
        self._memoire = memoire
        self._renouveler_apres = renouveler_apres
        self._verrou = threading.Lock()
        self._enfant: _Enfant | None = _Enfant(delai, memoire)

    def pdf(
        self,
        html: str,
        jointes: Mapping[str, str] | None = None,
        suivre: Callable[[int], None] | None = None,
    ) -> bytes:
        """The PDF of a page, with these texts attached to it by name. Raises `DocumentImpossible`.

        `suivre` is told the number of each page laid out. The next call finds a new child, already starting.
        """
        with self._verrou:
            if self._enfant is None:
                raise RuntimeError("The workshop is closed.")
            try:
                page = {"html": html, "jointes": dict(jointes or {}), "suivi": suivre is not None}
                octets = self._enfant.rendre(canonique(page), suivre)
            except OSError as erreur:
                self._renouveler()
                raise DocumentImpossible(_cause(erreur, self._delai)) from erreur
            if self._enfant.servis >= self._renouveler_apres:
                self._renouveler()
            return octets

    def fermer(self) -> None:
        """Stop the child. May be called twice."""
        with self._verrou:
            if self._enfant is not None:
                self._enfant.tuer()
                self._enfant = None

    def __enter__(self) -> "Atelier":
        return self

    def __exit__(
        self, genre: type[BaseException] | None, erreur: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.fermer()

    def _renouveler(self) -> None:
        if self._enfant is not None:
            self._enfant.tuer()
        self._enfant = _Enfant(self._delai, self._memoire)


class _Enfant:
    """One child and the socket that leads to it. The first document waits for the end of its warm-up."""

    def __init__(self, delai: float, memoire: int) -> None:
        self._delai = delai
        self._pret = False
        self.servis = 0
        self._canal, bout = socket.socketpair()
        with bout:
            self._processus = subprocess.Popen(
                [sys.executable, "-m", "portal.documents.foyer", str(delai), str(memoire)],
                stdin=bout.fileno(),
                stdout=subprocess.DEVNULL,
                env={nom: os.environ[nom] for nom in ENVIRONNEMENT if nom in os.environ} | {"PYTHONPATH": str(RACINE)},
                start_new_session=True,  # Ctrl-C is for the worker, which finishes its document first
            )

    def rendre(self, page: bytes, suivre: Callable[[int], None] | None) -> bytes:
        """Raises OSError (TimeoutError is one) if the child is lost, `DocumentImpossible` if it refuses."""
        if not self._pret:
            self._pret = recevoir(self._canal, delai=DELAI_DEMARRAGE)[0] == PRET
        self.servis += 1
        fin = time.monotonic() + self._delai
        envoyer(self._canal, PAGE, page, delai=self._delai)
        genre, octets = recevoir(self._canal, delai=self._delai)
        while genre == FAITE and suivre is not None:
            suivre(int(octets))
            genre, octets = recevoir(self._canal, delai=max(0.001, fin - time.monotonic()))
        if genre != PDF:
            raise DocumentImpossible(f"Le document n’a pas pu être mis en page ({octets.decode()}).")
        return octets

    def tuer(self) -> None:
        """End the child now."""
        self._processus.kill()
        self._processus.wait()
        self._canal.close()


def _cause(erreur: OSError, delai: float) -> str:
    if isinstance(erreur, TimeoutError):
        return f"Le document n’a pas été prêt en {delai:g} secondes ; sa mise en page a été arrêtée."
    return "La mise en page du document s’est interrompue, sans doute faute de mémoire."
