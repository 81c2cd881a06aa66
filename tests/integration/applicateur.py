"""A worker that applies working sheets, and stands still at a chosen point of the n-th dossier until it is killed.

`python -m tests.integration.applicateur DATABASE FOLDER RANK before|after` (rank 0: never; it then ends by itself)
"""

import sys
from datetime import timedelta
from pathlib import Path
from time import sleep

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.models.feuilles_travail import RetourFeuille
from portal.permissions import Acteur
from portal.queries.feuilles_travail import Contenu
from portal.services import cellules_feuilles, travail_retours
from portal.services.cellules_feuilles import Admis, Valeurs
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire_imports import ChampFeuille, EtatRetour

# Short, so that the lease of a killed worker ends during the test; a dossier here is far below.
BAIL = timedelta(seconds=1)


class Arret:
    """Counts the dossiers, and stops for ever at one point of one of them."""

    def __init__(self, rang: int, moment: str) -> None:
        self.reste, self.moment = rang, moment

    def __call__(self, session: Session, by: Acteur, contenu: Contenu, valeurs: Valeurs, admis: Admis) -> str:
        """Write the note, the last act of a dossier; stop before it, or once it is written and nothing is committed."""
        self.reste -= 1
        self._arreter("before")
        message = cellules_feuilles.write_note(session, by, contenu, valeurs, admis)
        session.flush()
        self._arreter("after")
        return message

    def _arreter(self, moment: str) -> None:
        if self.moment == moment and self.reste == 0:
            sys.stdout.write("arrete\n")
            sys.stdout.flush()
            while True:
                sleep(60)


def main(base: str, dossier: Path, rang: int, moment: str) -> None:
    """Apply what waits, or until killed."""
    config = Config(
        mode="demo",
        database_url=base,
        secret_key="x" * 32,
        portal_url="http://portail.test",
        stockage_dossier=dossier,
        courriel_dossier=dossier,
    )
    cellules_feuilles.ACTES[-1] = ((ChampFeuille.NOTE,), Arret(rang, moment))
    moyens = make_moyens(config)
    while _reste(moyens):
        travail_retours.run_due(moyens, bail=BAIL)
        sleep(0.02)


def _reste(moyens: Moyens) -> bool:
    with moyens.fabrique() as session:
        attend = select(RetourFeuille.id).where(RetourFeuille.etat == EtatRetour.A_APPLIQUER).limit(1)
        return session.scalar(attend) is not None


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
