"""What DS wipes at a decision (identity documents, files to be purged) is brought here before the decision leaves."""

import time
from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.errors import ErreurDS, Introuvable
from integrations.demarches_simplifiees.types import FichierDS as FichierRecu
from portal.models.dossiers import Dossier, DossierDS
from portal.models.fichiers_ds import FichierDS
from portal.services.fichiers_ds.copies import copy
from portal.services.fichiers_ds.notes import note
from portal.services.fichiers_ds.prises import take
from portal.services.moyens import Moyens
from portal.vocabulaire_ds import EtatFichierDS

# A second look at once for what an expired address or a torn transfer has spoilt.
PASSES = 2
# Whoever sends the decision holds it for a minute or two: what takes longer is left to the job, and the decision comes back.
DUREE_SECONDES = 20.0


def fetch_before_decision(moyens: Moyens, dossier_id: int) -> str:
    """Copy what DS may wipe when the dossier is decided: everything that is not here yet, even what was left there.

    Returns "" when the decision may leave, else the French reason why it must wait. What is lost or refused holds nothing
    back, nor does a dossier that DS no longer shows: its own answer to the decision will tell. No transaction may be open.
    """
    if moyens.ds is None:
        return ""
    with moyens.fabrique() as session:
        number = session.scalars(select(DossierDS.number).where(DossierDS.dossier_id == dossier_id)).one()
    try:
        lus = moyens.ds.lire_fichiers(number)
    except Introuvable:
        return ""
    except ErreurDS as panne:
        return str(panne)
    with moyens.fabrique.begin() as session:
        _want_all(session, dossier_id, lus)
    fin = time.monotonic() + DUREE_SECONDES
    for _ in range(PASSES):
        with moyens.fabrique.begin() as session:
            prise = take(session, dossier_id, sans_attendre=True)
        if prise is None or not copy(moyens, prise, fin=fin):
            break
    with moyens.fabrique() as session:
        return _still_missing(session, dossier_id)


def _want_all(session: Session, dossier_id: int, lus: Iterable[FichierRecu]) -> None:
    """Note what DS lists now, and leave nothing to a later demand. The dossier is locked, as for a page."""
    dossier = session.get_one(Dossier, dossier_id, with_for_update=True)
    note(session, [(dossier_id, lus)], dossier.demarche)
    laisses = update(FichierDS).where(FichierDS.dossier_id == dossier_id, FichierDS.etat == EtatFichierDS.A_LA_DEMANDE)
    session.execute(laisses.values(etat=EtatFichierDS.ATTENDU))


def _still_missing(session: Session, dossier_id: int) -> str:
    attendus = session.scalars(
        select(FichierDS)
        .where(FichierDS.dossier_id == dossier_id, FichierDS.etat == EtatFichierDS.ATTENDU)
        .order_by(FichierDS.id)
    ).all()
    if not attendus:
        return ""
    motif = next((un.erreur for un in attendus if un.erreur), "leur copie est en cours.")
    return (
        f"Démarches Simplifiées efface des fichiers à la décision, et {len(attendus)} de ce dossier ne sont pas encore copiés : "
        f"{motif} La décision partira quand ils le seront."
    )
