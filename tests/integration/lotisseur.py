"""A worker that does lots, and stands still at a chosen point of the n-th line until it is killed (arret.travailler)."""

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
from tests.integration.arret import BAIL, Arret, travailler, voulu


class Etiquetage(Arret):
    """Puts the label."""

    def __call__(self, session: Session, by: Acteur, dossier: Dossier, parametres: Any, version: int) -> dict[str, Any]:
        """On one dossier."""
        return self.passer(session, lambda: label(session, by, dossier, parametres, version))


if __name__ == "__main__":
    ACTES[ActionLot.ETIQUETER] = Etiquetage(*voulu())
    travailler(lambda moyens: travail_lots.run_due(moyens, bail=BAIL), select(Lot.id).where(Lot.etat.in_(EN_ROUTE)))
