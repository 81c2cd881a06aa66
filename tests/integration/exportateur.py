"""A worker that writes exports, and stands still before the row of a chosen rank until it is killed (see arret)."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.documents.feuilles import Vue
from portal.jobs import documents as travaux
from portal.jobs import exports
from portal.jobs.application import brancher
from portal.models.documents import Document
from portal.services import documents
from portal.services.exports import queue_view
from portal.services.moyens import Moyens
from portal.vocabulaire import EtatDocument, GenreDocument
from tests.integration.arret import figer, tant_que


def main(base: str, dossier: Path, rang: int) -> None:
    """Write exports until none waits; it stands still before the row of that rank (0: never)."""

    def vue(session: Session, document: Document, racine: str) -> Vue:
        entiere = queue_view(session, document, racine)
        premiere, *suite = entiere.feuilles
        return replace(entiere, feuilles=(replace(premiere, lignes=_jusqu_a(premiere.lignes, rang)), *suite))

    exports.VUES[GenreDocument.FILE_DOSSIERS] = vue
    attend = select(Document.id).where(Document.etat == EtatDocument.A_PRODUIRE)
    tant_que(attend, base, dossier, _ecrire)


def _jusqu_a(lignes: Any, rang: int) -> Iterator[Any]:
    for numero, ligne in enumerate(lignes, start=1):
        if numero == rang:
            figer()
        yield ligne


def _ecrire(moyens: Moyens) -> None:
    brancher(moyens)
    with moyens.fabrique() as session:
        dus = documents.due(session)
    for document_id in dus:
        travaux.produire(document_id)
