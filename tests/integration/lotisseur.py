"""A worker that does lots, and stands still at a chosen point of the n-th line until it is killed (see arret)."""

from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.dossiers import Dossier
from portal.models.lots import Lot
from portal.permissions import Acteur
from portal.services import travail_lots
from portal.services.actes_lots import ACTES, label
from portal.services.lots import EN_ROUTE
from portal.vocabulaire_instruction import ActionLot
from tests.integration.arret import BAIL, Arret, tant_que


class Etiquetage(Arret):
    """Puts the label."""

    def __call__(self, session: Session, by: Acteur, dossier: Dossier, parametres: Any, version: int) -> dict[str, Any]:
        """On one dossier."""
        return self.passer(session, lambda: label(session, by, dossier, parametres, version))


def main(base: str, dossier: Path, rang: int, moment: str) -> None:
    """Do lots until none waits; `moment` is « before » or « after » the act of that rank (rank 0: never to stop)."""
    ACTES[ActionLot.ETIQUETER] = Etiquetage(rang, moment)
    attend = select(Lot.id).where(Lot.etat.in_(EN_ROUTE))
    tant_que(attend, base, dossier, lambda moyens: travail_lots.run_due(moyens, bail=BAIL))
