"""A worker that does imports, and stands still at a chosen point of the n-th line until it is killed (arret.travailler)."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.imports import LigneImport, LotImport
from portal.permissions import Acteur
from portal.services import imports_demandes, travail_imports
from portal.services.imports import EN_ROUTE
from portal.services.metiers_imports import METIERS
from portal.vocabulaire_imports import GenreImport
from tests.integration.arret import BAIL, Arret, travailler, voulu


class Demandes(Arret):
    """Writes the requests of a workbook."""

    def apply(self, session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
        """The line of a request."""
        self.passer(session, lambda: imports_demandes.apply(session, by=by, lot=lot, ligne=ligne))

    def undo(self, session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
        """As ever."""
        imports_demandes.undo(session, by=by, lot=lot, ligne=ligne)

    def key(self, valeurs: Mapping[str, str]) -> str:
        """As ever."""
        return imports_demandes.key(valeurs)


if __name__ == "__main__":
    METIERS[GenreImport.DEMANDES] = Demandes(*voulu())
    travailler(
        lambda moyens: travail_imports.run_due(moyens, bail=BAIL),
        select(LotImport.id).where(LotImport.etat.in_(EN_ROUTE)),
    )
