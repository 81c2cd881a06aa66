"""What is done of the lines of each kind of import: one module for each."""

from collections.abc import Mapping
from typing import Protocol

from sqlalchemy.orm import Session

from portal.models.imports import LigneImport, LotImport
from portal.permissions import Acteur
from portal.services import imports_associations, imports_avis, imports_demandes, imports_scdl, imports_versements
from portal.vocabulaire_imports import GenreImport


class Metier(Protocol):
    """What a kind of import answers to."""

    def apply(self, session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
        """Write the line, and note in it what it made and what an undo puts back. Raises PortalError for one that is refused."""

    def undo(self, session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
        """Take back what the line made. Raises Conflict, with the reason, when something depends on it."""

    def key(self, valeurs: Mapping[str, str]) -> str:
        """What the line is known by from one import to the next; "" when the file says nothing of the kind."""


METIERS: dict[GenreImport, Metier] = {
    GenreImport.DEMANDES: imports_demandes,
    GenreImport.ASSOCIATIONS: imports_associations,
    GenreImport.VERSEMENTS: imports_versements,
    GenreImport.AVIS: imports_avis,
    GenreImport.SCDL: imports_scdl,
}
