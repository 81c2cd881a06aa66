"""A worker that does lots, and stands still at a chosen point of the n-th line until it is killed.

`python -m tests.integration.lotisseur DATABASE FOLDER RANK before|after` (rank 0: never; it then ends by itself)
"""

import sys
from datetime import timedelta
from pathlib import Path
from time import sleep
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.models.dossiers import Dossier
from portal.models.lots import Lot
from portal.permissions import Acteur
from portal.services import travail_lots
from portal.services.actes_lots import ACTES, label
from portal.services.lots import EN_ROUTE
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire_instruction import ActionLot

# Short, so that the lease of a killed worker ends during the test; a line here is far below.
BAIL = timedelta(seconds=1)


class Arret:
    """Counts the lines, and stops for ever at one point of one of them."""

    def __init__(self, rang: int, moment: str) -> None:
        self.reste, self.moment = rang, moment

    def __call__(self, session: Session, by: Acteur, dossier: Dossier, parametres: Any, version: int) -> dict[str, Any]:
        """Put the label; stop before it, or once it is put and nothing is committed."""
        self.reste -= 1
        self._arreter("before")
        avant = label(session, by, dossier, parametres, version)
        session.flush()
        self._arreter("after")
        return avant

    def _arreter(self, moment: str) -> None:
        if self.moment == moment and self.reste == 0:
            sys.stdout.write("arrete\n")
            sys.stdout.flush()
            while True:
                sleep(60)


def main(base: str, dossier: Path, rang: int, moment: str) -> None:
    """Do lots until none waits, or until killed."""
    config = Config(
        mode="demo",
        database_url=base,
        secret_key="x" * 32,
        portal_url="http://portail.test",
        stockage_dossier=dossier,
        courriel_dossier=dossier,
    )
    ACTES[ActionLot.ETIQUETER] = Arret(rang, moment)
    moyens = make_moyens(config)
    while _reste(moyens):
        travail_lots.run_due(moyens, bail=BAIL)
        sleep(0.02)


def _reste(moyens: Moyens) -> bool:
    with moyens.fabrique() as session:
        return session.scalar(select(Lot.id).where(Lot.etat.in_(EN_ROUTE)).limit(1)) is not None


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
