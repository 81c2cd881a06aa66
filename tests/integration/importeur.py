"""A worker that does imports, and stands still at a chosen point of the n-th line until it is killed.

`python -m tests.integration.importeur DATABASE FOLDER RANK before|after` (rank 0: never; it then ends by itself)
"""

import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from time import sleep

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.models.imports import LigneImport, LotImport
from portal.permissions import Acteur
from portal.services import imports_demandes, travail_imports
from portal.services.imports import EN_ROUTE
from portal.services.metiers_imports import METIERS
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire_imports import GenreImport

# Short, so that the lease of a killed worker ends during the test; a line here is far below.
BAIL = timedelta(seconds=1)


class Arret:
    """Counts the lines, and stops for ever at one point of one of them."""

    def __init__(self, rang: int, moment: str) -> None:
        self.reste, self.moment = rang, moment

    def apply(self, session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
        """Write the line; stop before it, or once it is written and nothing is committed."""
        self.reste -= 1
        self._arreter("before")
        imports_demandes.apply(session, by=by, lot=lot, ligne=ligne)
        session.flush()
        self._arreter("after")

    def undo(self, session: Session, *, by: Acteur, lot: LotImport, ligne: LigneImport) -> None:
        """As ever."""
        imports_demandes.undo(session, by=by, lot=lot, ligne=ligne)

    def key(self, valeurs: Mapping[str, str]) -> str:
        """As ever."""
        return imports_demandes.key(valeurs)

    def _arreter(self, moment: str) -> None:
        if self.moment == moment and self.reste == 0:
            sys.stdout.write("arrete\n")
            sys.stdout.flush()
            while True:
                sleep(60)


def main(base: str, dossier: Path, rang: int, moment: str) -> None:
    """Do imports until none waits, or until killed."""
    config = Config(
        mode="demo",
        database_url=base,
        secret_key="x" * 32,
        portal_url="http://portail.test",
        stockage_dossier=dossier,
        courriel_dossier=dossier,
    )
    METIERS[GenreImport.DEMANDES] = Arret(rang, moment)
    moyens = make_moyens(config)
    while _reste(moyens):
        travail_imports.run_due(moyens, bail=BAIL)
        sleep(0.02)


def _reste(moyens: Moyens) -> bool:
    with moyens.fabrique() as session:
        return session.scalar(select(LotImport.id).where(LotImport.etat.in_(EN_ROUTE)).limit(1)) is not None


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
