"""A worker that applies working sheets, and stands still at a chosen point of the n-th dossier (see arret)."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.feuilles_travail import RetourFeuille
from portal.permissions import Acteur
from portal.queries.feuilles_travail import Contenu
from portal.services import cellules_feuilles, travail_retours
from portal.services.cellules_feuilles import Admis, Valeurs
from portal.vocabulaire_imports import ChampFeuille, EtatRetour
from tests.integration.arret import BAIL, Arret, tant_que


class Notes(Arret):
    """Writes the note, the last act of a dossier."""

    def __call__(self, session: Session, by: Acteur, contenu: Contenu, valeurs: Valeurs, admis: Admis) -> str:
        """Of one dossier; what its author reads."""
        return self.passer(session, lambda: cellules_feuilles.write_note(session, by, contenu, valeurs, admis))


def main(base: str, dossier: Path, rang: int, moment: str) -> None:
    """Apply what waits; `moment` is « before » or « after » the note of that rank (rank 0: never to stop)."""
    cellules_feuilles.ACTES[-1] = ((ChampFeuille.NOTE,), Notes(rang, moment))
    attend = select(RetourFeuille.id).where(RetourFeuille.etat == EtatRetour.A_APPLIQUER)
    tant_que(attend, base, dossier, lambda moyens: travail_retours.run_due(moyens, bail=BAIL))
