"""Carries working sheets that came back to their end in a worker: read in a child process, applied dossier by dossier."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from portal.classeurs.feuilles import Feuille
from portal.classeurs.lecture import lire_feuilles
from portal.classeurs.resultats import ClasseurRefuse
from portal.models.documents import Fichier
from portal.models.feuilles_travail import RetourFeuille
from portal.services import applications_retours, retours_feuilles
from portal.services.fichiers import read_bytes
from portal.services.moyens import Moyens
from portal.services.pas_a_pas import Etapes, carry
from portal.vocabulaire_imports import EtatRetour

# Far more than the largest sheet takes, and less than the lease.
DELAI = 60.0
ETAPES = Etapes(applications_retours.advance, applications_retours.put_off, applications_retours.release)


def run(moyens: Moyens, retour_id: int, *, bail: timedelta = retours_feuilles.BAIL) -> None:
    """Read that return, or apply it, if nobody else is at it."""
    with moyens.fabrique.begin() as session:
        retour = retours_feuilles.take(session, retour_id, bail=bail)
        fichier = session.get_one(Fichier, retour.fichier_id) if retour is not None else None
    if retour is None or fichier is None or retour.pris_at is None:
        return
    if retour.etat == EtatRetour.A_LIRE:
        _read(moyens, retour, fichier, retour.pris_at)
    else:
        carry(moyens, ETAPES, retour.id, retour.pris_at)


def run_due(moyens: Moyens, *, bail: timedelta = retours_feuilles.BAIL) -> int:
    """Take up the returns that nobody is at, oldest first; how many there were."""
    with moyens.fabrique() as session:
        dus = retours_feuilles.due(session, bail=bail)
    for retour_id in dus:
        run(moyens, retour_id, bail=bail)
    return len(dus)


def _read(moyens: Moyens, retour: RetourFeuille, fichier: Fichier, marque: datetime) -> None:
    """No transaction is open while the file is read."""
    onglets: list[Feuille] = []
    refus = ""
    with tempfile.NamedTemporaryFile(prefix="feuille-") as copie:
        copie.write(read_bytes(moyens.stockage, fichier))
        copie.flush()
        try:
            onglets = lire_feuilles(Path(copie.name), retour.nom, delai=DELAI)
        except ClasseurRefuse as faute:
            refus = str(faute)
    with moyens.fabrique.begin() as session:
        retours_feuilles.conclude(session, retour.id, marque, onglets=onglets, refus=refus)
