"""Writes confirmed imports, two hundred lines to a transaction, and takes them back as a whole.

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
from portal.vocabulaire_imports import EtatImport, EtatLigneImport

PAQUET = 200
ESSAIS_MAXIMAUX = 3
MONTRES = 50
PLUS_DU_SERVICE = "Vous n’êtes plus agent de ce service\u00a0: cette ligne n’est pas importée."
IMPREVU = "Une erreur imprévue est survenue\u00a0: rien n’est écrit de cette ligne. Saisissez-la vous-même."
SANS_REPONSE = (
    "L’écriture n’a pas abouti, après plusieurs essais\u00a0: quelqu’un modifiait le même dossier. "
    "Rien n’est écrit de cette ligne."
)
ANNULATION_IMPREVUE = "Une erreur imprévue est survenue\u00a0: rien n’est annulé. Réessayez plus tard."
journal_technique = structlog.get_logger("portal.imports")


def advance(session: Session, lot_id: int, marque: datetime) -> datetime | None:
    """Write the next lines, under the lock of the import; the new mark of the lease, None when nothing waits any more.

    Raises OperationalError (a deadlock, a lost connection): none of these lines is written.
    """
    lot = hold(session, lot_id, marque)
    if lot is None or lot.etat != EtatImport.A_APPLIQUER:
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
        METIERS[lot.genre].apply(session, by=by, lot=lot, ligne=ligne)
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
    lignes = _waiting(session, lot, 1) if lot is not None and lot.etat == EtatImport.A_APPLIQUER else []
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
    comptes = _states(session, lot)
    lot.comptes = {nom: un for nom, un in lot.comptes.items() if nom not in ("pas", "essais")} | comptes
    _record(session, agent_of(session, lot.user_id, lot.service_id), lot, "import_applique", comptes)


def _states(session: Session, lot: LotImport) -> dict[str, int]:
    lues = session.execute(
        select(LigneImport.etat, func.count()).where(LigneImport.lot_id == lot.id).group_by(LigneImport.etat)
    )
    return {etat.value: nombre for etat, nombre in lues}


def _record(session: Session, by: Acteur | None, lot: LotImport, action: str, valeurs: dict[str, int]) -> None:
    if by is not None:
        journal.record(session, by=by, action=action, objet=f"import:{lot.id}", valeurs=dict(valeurs))


def put_back(session: Session, lot_id: int, marque: datetime) -> None:
    """Take back all that the import made, last line first, or nothing: then the import says what depends on it."""
    lot = hold(session, lot_id, marque)
    if lot is None or lot.etat != EtatImport.A_ANNULER:
        return
    by = agent_of(session, int(lot.reglages.get("annule_par", lot.user_id)), lot.service_id)
    blocages: list[str] = []
    combien = 0
    point = session.begin_nested()
    for ligne in _done(session, lot):
        raison = _undo_one(session, by, lot, ligne)
        if raison:
            combien += 1
            if len(blocages) < MONTRES:
                blocages.append(f"Ligne {ligne.numero}\u00a0: {raison}")
    if combien:
        point.rollback()
        session.refresh(lot)
        lot.etat, lot.pris_at = EtatImport.APPLIQUE, None
        lot.comptes = {**lot.comptes, "blocages": blocages, "bloquees": combien}
        return
    point.commit()
    lot.etat, lot.annule_at, lot.pris_at = EtatImport.ANNULE, maintenant(), None
    lot.comptes = {**lot.comptes, **_states(session, lot)}
    _record(session, by, lot, "import_annule", {"lignes": lot.comptes.get(EtatLigneImport.ANNULEE.value, 0)})


def _done(session: Session, lot: LotImport) -> list[LigneImport]:
    faites = select(LigneImport).where(LigneImport.lot_id == lot.id, LigneImport.etat == EtatLigneImport.FAITE)
    return list(session.scalars(faites.order_by(LigneImport.numero.desc()).with_for_update()))


def _undo_one(session: Session, by: Acteur | None, lot: LotImport, ligne: LigneImport) -> str:
    """Why the line cannot be taken back, "" once it is."""
    point = session.begin_nested()
    try:
        if by is None:
            raise Forbidden("La personne qui a demandé l’annulation n’est plus agente de ce service.")
        METIERS[lot.genre].undo(session, by=by, lot=lot, ligne=ligne)
        ligne.etat, ligne.message, ligne.objet = EtatLigneImport.ANNULEE, "", ""
        session.flush()
    except OperationalError:
        raise
    except Exception as faute:  # noqa: BLE001  # all that blocks is told at once
        point.rollback()
        if isinstance(faute, PortalError):
            return faute.message
        journal_technique.error("annulation_d_import", lot=lot.id, ligne=ligne.id, genre=type(faute).__name__)
        return ANNULATION_IMPREVUE
    point.commit()
    return ""
