"""A worker that does imports, and stands still at a chosen point of the n-th line until it is killed (see arret)."""

from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.imports import LigneImport, LotImport
from portal.permissions import Acteur
from portal.services import imports_demandes, travail_imports
from portal.services.imports import EN_ROUTE
from portal.services.metiers_imports import METIERS
from portal.vocabulaire_imports import GenreImport
from tests.integration.arret import BAIL, Arret, tant_que


class Demandes(Arret):
    """Writes the requests of a workbook."""

    def apply(self, session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
        """The line of a request."""
        self.passer(session, lambda: imports_demandes.apply(session, by=by, lot=lot, ligne=ligne))

    def undo(self, session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
        """The same line, taken back."""
        self.passer(session, lambda: imports_demandes.undo(session, by=by, lot=lot, ligne=ligne))

    def key(self, valeurs: Mapping[str, str]) -> str:
        """As ever."""
        return imports_demandes.key(valeurs)


def main(base: str, dossier: Path, rang: int, moment: str) -> None:
    """Do imports until none waits; `moment` is « before » or « after » the line of that rank (rank 0: never to stop)."""
    METIERS[GenreImport.DEMANDES] = Demandes(rang, moment)
    attend = select(LotImport.id).where(LotImport.etat.in_(EN_ROUTE))
    tant_que(attend, base, dossier, lambda moyens: travail_imports.run_due(moyens, bail=BAIL))
