"""Writes confirmed imports, two hundred lines to a transaction.

What a line makes and its own mark are written together: killed anywhere, a worker leaves each line done, or not begun.
"""

from datetime import datetime

import structlog
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.errors import Forbidden, PortalError
from portal.formats import maintenant
from portal.models.imports import LigneImport, LotImport
from portal.permissions import Acteur
from portal.queries.acteurs import agent_of
from portal.services import journal
from portal.services.baux_imports import hold, renew
from portal.services.metiers_imports import METIERS
from portal.services.tris_imports import sort
from portal.vocabulaire_imports import EtatImport, EtatLigneImport

PAQUET = 200
ESSAIS_MAXIMAUX = 3
# What is counted only while it is being written.
DE_ROUTE = ("triees", "pas", "essais")
PLUS_DU_SERVICE = "Vous n’êtes plus agent de ce service\u00a0: cette ligne n’est pas importée."
IMPREVU = "Une erreur imprévue est survenue\u00a0: rien n’est écrit de cette ligne. Saisissez-la vous-même."
SANS_REPONSE = (
    "L’écriture n’a pas abouti, après plusieurs essais\u00a0: quelqu’un modifiait le même dossier. "
    "Rien n’est écrit de cette ligne."
)
journal_technique = structlog.get_logger("portal.imports")


def advance(session: Session, lot_id: int, marque: datetime) -> datetime | None:
    """Sort the lines, then write the next ones, under the lock of the import.

    The new mark of the lease, None when nothing waits any more, or another import is to end first.

    Raises OperationalError (a deadlock, a lost connection): none of these lines is written.
    """
    lot = hold(session, lot_id, marque)
    if lot is None or lot.etat != EtatImport.A_APPLIQUER:
        return None
    if "triees" not in lot.comptes:
        if sort(session, lot):
            return renew(lot, marque)
        lot.pris_at = None
        return None
    lignes = _waiting(session, lot, int(lot.comptes.get("pas", PAQUET)))
    if not lignes:
        _close(session, lot)
        return None
    by = agent_of(session, lot.user_id, lot.service_id)
    for ligne in lignes:
        _do(session, by, lot, ligne)
    lot.fait += len(lignes)
    return renew(lot, marque)


def _waiting(session: Session, lot: LotImport, combien: int) -> list[LigneImport]:
    attendent = select(LigneImport).where(LigneImport.lot_id == lot.id, LigneImport.etat == EtatLigneImport.ATTENTE)
    return list(session.scalars(attendent.order_by(LigneImport.numero).limit(combien).with_for_update()))


def _do(session: Session, by: Acteur | None, lot: LotImport, ligne: LigneImport) -> None:
    point = session.begin_nested()
    try:
        if by is None:
            raise Forbidden(PLUS_DU_SERVICE)
        METIERS[lot.contenu].apply(session, by=by, lot=lot, ligne=ligne)
        ligne.etat = EtatLigneImport.FAITE
        session.flush()
    except OperationalError:
        raise
    except Exception as faute:  # noqa: BLE001  # one line that fails must stop none other
        point.rollback()
        ligne.etat, ligne.message = EtatLigneImport.REFUSEE, _sentence(lot, ligne, faute)
    else:
        point.commit()


def _sentence(lot: LotImport, ligne: LigneImport, faute: Exception) -> str:
    if isinstance(faute, PortalError):
        return faute.message
    journal_technique.error("ligne_d_import", lot=lot.id, ligne=ligne.id, genre=type(faute).__name__)
    return IMPREVU


def put_off(session: Session, lot_id: int, marque: datetime, faute: Exception) -> datetime | None:
    """After `advance` raised: lines go one by one, and the one that keeps failing is given up and says so.

    The new mark of the lease, None when it is somebody else's or nothing waits.
    """
    lot = hold(session, lot_id, marque)
    triee = lot is not None and lot.etat == EtatImport.A_APPLIQUER and "triees" in lot.comptes
    lignes = _waiting(session, lot, 1) if lot is not None and triee else []
    if lot is None or not lignes:
        return None
    essais = int(lot.comptes.get("essais", 0)) + 1
    journal_technique.warning("import_remis", lot=lot.id, essai=essais, genre=type(faute).__name__)
    if essais >= ESSAIS_MAXIMAUX:
        lignes[0].etat, lignes[0].message = EtatLigneImport.REFUSEE, SANS_REPONSE
        lot.fait, essais = lot.fait + 1, 0
    lot.comptes = {**lot.comptes, "pas": 1, "essais": essais}
    return renew(lot, marque)


def _close(session: Session, lot: LotImport) -> None:
    lot.etat, lot.applique_at, lot.pris_at = EtatImport.APPLIQUE, maintenant(), None
    comptes = count_states(session, lot)
    lot.comptes = {nom: un for nom, un in lot.comptes.items() if nom not in DE_ROUTE} | comptes
    note(session, agent_of(session, lot.user_id, lot.service_id), lot, "import_applique", comptes)


def count_states(session: Session, lot: LotImport) -> dict[str, int]:
    """How many of its lines are in each state."""
    lues = session.execute(
        select(LigneImport.etat, func.count()).where(LigneImport.lot_id == lot.id).group_by(LigneImport.etat)
    )
    return dict.fromkeys(map(str, EtatLigneImport), 0) | {etat.value: nombre for etat, nombre in lues}


def note(session: Session, by: Acteur | None, lot: LotImport, action: str, valeurs: dict[str, int]) -> None:
    """Tell the journal of the import what became of it, in the name of an agent who may have left since."""
    if by is not None:
        journal.record(session, by=by, action=action, objet=f"import:{lot.id}", valeurs=dict(valeurs))
