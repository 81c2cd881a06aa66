"""The child process of `atelier`: it makes one PDF after another until its parent goes away or kills it.

Started as `python -m portal.documents.foyer DELAI MEMOIRE`, its standard input being the socket of `echange`.
"""

import math
import os
import resource
import signal
import socket
import sys
from typing import Any

from portal.documents.echange import FAITE, PDF, PRET, REFUS, Rompu, envoyer, recevoir
from portal.documents.pdf import rendre_pdf
from portal.texte_json import lire

MARGE_DU_PARENT = 5  # seconds left to the parent to kill us first; after them an orphan stops itself
ECHAUFFEMENT = "<!doctype html><html lang=fr><title>Échauffement</title><h1>Échauffement</h1><p>0 €</p>"


def main(delai: float, memoire: int) -> None:
    """Serve documents, each within `delai` seconds, all within `memoire` bytes of address space."""
    resource.setrlimit(resource.RLIMIT_AS, (memoire, memoire))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    canal = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    rendre_pdf(ECHAUFFEMENT)
    envoyer(canal, PRET)
    while (page := _suivant(canal)) is not None:
        signal.alarm(math.ceil(delai) + MARGE_DU_PARENT)
        envoyer(canal, *_essayer(canal, page))
        signal.alarm(0)


def _suivant(canal: socket.socket) -> dict[str, Any] | None:
    try:
        _, page = recevoir(canal)
    except Rompu:
        return None
    return dict(lire(page.decode()))


def _essayer(canal: socket.socket, page: dict[str, Any]) -> tuple[bytes, bytes]:
    """The PDF, or the name of what went wrong: the message of an exception may quote the document, its name may not."""
    try:
        if not page["suivi"]:
            return PDF, rendre_pdf(page["html"], page["jointes"])
        return PDF, rendre_pdf(page["html"], page["jointes"], lambda faite: envoyer(canal, FAITE, b"%d" % faite))
    except MemoryError:
        os._exit(1)  # an interpreter that lacked memory once is not asked again
    except Exception as erreur:  # noqa: BLE001  # whatever a page does to the renderer, the next page is served
        return REFUS, type(erreur).__name__.encode()


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
