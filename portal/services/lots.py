"""Lots: one act on up to 500 dossiers, each in a transaction of its own, in the name and with the rights of who asked.

The act on a dossier and its line are written together: killed anywhere, a worker leaves each dossier done with its line, or not
begun. Whoever takes the lot up again goes on with the lines that wait.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid, NotFound, PortalError
from portal.formats import maintenant
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.lots import LigneLot, Lot
from portal.permissions import SYSTEME, Acteur, may_instruct
from portal.queries.acteurs import agent_of
from portal.queries.essais_lots import MAXIMUM
from portal.queries.recusations import open_to
from portal.services import journal, taches
from portal.services.actes_lots import ACTES, CLOTURES, check
from portal.services.annulations_lots import ANNULATIONS
from portal.travaux import commander
from portal.vocabulaire_instruction import ActionLot, EtatLigneLot, EtatLot, GenreTache

TACHE = "lots.executer"
# A line takes far less; after that the worker is dead.
BAIL = timedelta(minutes=2)
# How often a dossier on which the database gives up (a lock held for too long, a statement too slow) is tried.
ESSAIS_MAXIMAUX = 3
EN_ROUTE = (EtatLot.ATTENTE, EtatLot.EN_COURS)
PLUS_DU_SERVICE = "Vous n’êtes plus agent de ce service\u00a0: ce dossier n’a pas été touché."
PLUS_LISIBLE = "Votre service ne lit plus ce dossier\u00a0: il n’a pas été touché."
IMPREVU = (
    "Une erreur imprévue est survenue\u00a0: rien n’a été fait sur ce dossier. Ouvrez-le pour faire l’action vous-même."
)
SANS_REPONSE = (
    f"L’action n’a pas abouti, après {ESSAIS_MAXIMAUX}\u00a0essais\u00a0: quelqu’un modifiait ce dossier, "
    "ou la base tardait à répondre. Rien n’a été fait sur lui. Recommencez plus tard, ou ouvrez-le pour faire l’action vous-même."
)
journal_technique = structlog.get_logger("portal.lots")


def start(
    session: Session,
    *,
    by: Acteur,
    action: ActionLot,
    parametres: Mapping[str, Any],
    dossiers: Sequence[tuple[int, int]],
    cle: str,
) -> Lot:
    """Order an act on these dossiers (id, version of the decision shown). `cle` of a form: sent twice, it makes one lot.

    Raises Forbidden, Invalid (also without dossier or above 500), Conflict on a key of somebody else.
    """
    verdict = may_instruct(by)
    if not verdict or by.service_id is None:
        raise Forbidden(verdict.raison)
    if not 0 < len(dossiers) <= MAXIMUM:
        raise Invalid("", f"Choisissez de 1 à {MAXIMUM} dossiers\u00a0: rien n’a été commencé.")
    check(session, by, action, parametres)
    nouveau = insert(Lot).values(
        cle=cle,
        service_id=by.service_id,
        user_id=by.user_id,
        action=action,
        parametres=dict(parametres),
        etat=EtatLot.ATTENTE,
        total=len(dossiers),
    )
    lot_id = session.scalar(nouveau.on_conflict_do_nothing(index_elements=["cle"]).returning(Lot.id))
    if lot_id is None:
        return _same(session, by, cle)
    session.add_all(
        LigneLot(lot_id=lot_id, dossier_id=ident, rang=rang, avant={"version": version} if version else {})
        for rang, (ident, version) in enumerate(dossiers)
    )
    valeurs = {"action": action, "dossiers": len(dossiers)}
    journal.record(session, by=by, action="lot_demande", objet=f"lot:{lot_id}", valeurs=valeurs)
    order(session, lot_id)
    return session.get_one(Lot, lot_id)


def _same(session: Session, by: Acteur, cle: str) -> Lot:
    deja = session.scalars(select(Lot).where(Lot.cle == cle)).one()
    if (deja.user_id, deja.service_id) != (by.user_id, by.service_id):
        raise Conflict(
            "Cette page a déjà servi\u00a0: rien n’a été commencé. Recommencez depuis la liste des dossiers."
        )
    return deja


def undo(session: Session, *, by: Acteur, lot: Lot) -> Lot:
    """Order each dossier to be put back as it was; asked twice, done once. Raises Forbidden, Conflict while it is under way."""
    if lot.user_id != by.user_id:
        raise Forbidden("Seule la personne qui a lancé ce traitement peut l’annuler.")
    session.refresh(lot, with_for_update=True)
    if lot.annule_at is not None:
        return lot
    if lot.action not in ANNULATIONS:
        raise Conflict("Ce traitement ne s’annule pas\u00a0: ce qu’il a fait est déjà parti.")
    if lot.etat != EtatLot.TERMINE:
        raise Conflict("Ce traitement n’est pas terminé\u00a0: attendez sa fin pour l’annuler.")
    lot.annule_at, lot.etat, lot.pris_at = maintenant(), EtatLot.EN_COURS, None
    journal.record(session, by=by, action="lot_annule", objet=f"lot:{lot.id}")
    order(session, lot.id)
    return lot


def order(session: Session, lot_id: int) -> None:
    """Queue the job of that lot; a sweep takes up what an order misses."""
    commander(session, TACHE, urgent=True, lot_id=lot_id)


def due(session: Session, *, bail: timedelta = BAIL) -> list[int]:
    """Lots that nobody is doing, oldest first."""
    return list(session.scalars(select(Lot.id).where(*_free(bail)).order_by(Lot.id).limit(100)))


def _free(bail: timedelta) -> tuple[Any, ...]:
    return Lot.etat.in_(EN_ROUTE), or_(Lot.pris_at.is_(None), Lot.pris_at < maintenant() - bail)


def take(session: Session, lot_id: int, *, bail: timedelta = BAIL) -> datetime | None:
    """Take a lot that nobody is doing: the mark of its lease, None when there is nothing to take."""
    libre = select(Lot).where(Lot.id == lot_id, *_free(bail))
    lot = session.scalars(libre.with_for_update(skip_locked=True, of=Lot)).first()
    if lot is None:
        return None
    lot.etat, lot.pris_at = EtatLot.EN_COURS, maintenant()
    return lot.pris_at


def release(session: Session, lot_id: int, marque: datetime) -> None:
    """Let somebody else take it at once."""
    session.execute(update(Lot).where(Lot.id == lot_id, Lot.pris_at == marque).values(pris_at=None))


def advance(session: Session, lot_id: int, marque: datetime) -> datetime | None:
    """Do one line, under the lock of the lot; the new mark of the lease. None when all is done, or the lease is somebody else's.

    Raises OperationalError (a deadlock, a lost connection): the line still waits.
    """
    lot = _held(session, lot_id, marque)
    if lot is None:
        return None
    ligne = _next(session, lot)
    if ligne is None:
        _close(session, lot)
        return None
    _do(session, lot, ligne)
    return _renew(lot, marque)


def put_off(session: Session, lot_id: int, marque: datetime, faute: Exception) -> datetime | None:
    """After `advance` raised: its line waits behind the others, and after ESSAIS_MAXIMAUX it is given up and said so.

    The new mark of the lease. None when the lease is somebody else's, or when no line is the cause.
    """
    lot = _held(session, lot_id, marque)
    ligne = _next(session, lot) if lot is not None else None
    if lot is None or ligne is None:
        return None
    essais = int(ligne.avant.get("essais", 0)) + 1
    journal_technique.warning(
        "ligne_de_lot_remise", lot=lot.id, ligne=ligne.id, essai=essais, genre=type(faute).__name__
    )
    if essais < ESSAIS_MAXIMAUX:
        ligne.avant = {**ligne.avant, "essais": essais}
    else:
        _give_up(lot, ligne, SANS_REPONSE if isinstance(faute, OperationalError) else IMPREVU)
    return _renew(lot, marque)


def _held(session: Session, lot_id: int, marque: datetime) -> Lot | None:
    tenu = select(Lot).where(Lot.id == lot_id, Lot.pris_at == marque, Lot.etat == EtatLot.EN_COURS)
    return session.scalars(tenu.with_for_update()).first()


def _renew(lot: Lot, marque: datetime) -> datetime:
    """Later than the former one, even twice within a tick of the clock."""
    neuve = max(maintenant(), marque + timedelta(microseconds=1))
    lot.pris_at = neuve
    return neuve


def _next(session: Session, lot: Lot) -> LigneLot | None:
    """The line to do, or to put back in a lot that is being undone: those that failed come last."""
    siennes = select(LigneLot).where(LigneLot.lot_id == lot.id)
    if lot.annule_at is None:
        siennes = siennes.where(LigneLot.etat == EtatLigneLot.ATTENTE)
    else:
        siennes = siennes.where(LigneLot.etat == EtatLigneLot.FAIT, LigneLot.avant != {})
    essais = func.coalesce(LigneLot.avant["essais"].as_integer(), 0)
    return session.scalars(siennes.order_by(essais, LigneLot.rang).limit(1)).first()


def _do(session: Session, lot: Lot, ligne: LigneLot) -> None:
    point = session.begin_nested()
    try:
        by = _who(session, lot)
        dossier = _what(session, by, lot, ligne)
        if lot.annule_at is not None:
            etat, avant = EtatLigneLot.ANNULE, {}
            message = ANNULATIONS[lot.action](session, by, dossier, ligne.avant)
        else:
            etat, message = EtatLigneLot.FAIT, ""
            avant = ACTES[lot.action](session, by, dossier, _parametres(lot), ligne.avant.get("version", 0))
        session.flush()
    except OperationalError:
        raise
    except Exception as faute:  # noqa: BLE001  # one dossier that fails must stop none other
        point.rollback()
        _give_up(lot, ligne, _sentence(lot, ligne, faute))
    else:
        point.commit()
        ligne.etat, ligne.avant, ligne.message, ligne.at = etat, avant, message, maintenant()


def _parametres(lot: Lot) -> Mapping[str, Any]:
    """What was asked, and a key that is the lot's own, for what its dossiers have in common."""
    return {**lot.parametres, "cle": f"lot:{lot.cle}"}


def _give_up(lot: Lot, ligne: LigneLot, message: str) -> None:
    """The line stays as it was, and says why; nothing is left to put back."""
    ligne.etat = EtatLigneLot.REFUSE if lot.annule_at is None else EtatLigneLot.FAIT
    ligne.avant, ligne.message, ligne.at = {}, message, maintenant()


def _sentence(lot: Lot, ligne: LigneLot, faute: Exception) -> str:
    if isinstance(faute, NotFound):
        return PLUS_LISIBLE
    if isinstance(faute, PortalError):
        return faute.message
    journal_technique.error("ligne_de_lot", lot=lot.id, ligne=ligne.id, genre=type(faute).__name__)
    return IMPREVU


def _who(session: Session, lot: Lot) -> Acteur:
    """Whoever asked, with its rights of now. Raises Forbidden."""
    by = agent_of(session, lot.user_id, lot.service_id)
    if by is None:
        raise Forbidden(PLUS_DU_SERVICE)
    return by


def _what(session: Session, by: Acteur, lot: Lot, ligne: LigneLot) -> Dossier:
    """The dossier, if the service of the lot, and whoever asked, still read it. Raises NotFound."""
    lisible = exists().where(AccesDossier.dossier_id == Dossier.id, AccesDossier.service_id == lot.service_id)
    dossier = session.scalars(
        select(Dossier).where(Dossier.id == ligne.dossier_id, lisible, open_to(by, Dossier.id))
    ).first()
    if dossier is None:
        raise NotFound
    return dossier


def _close(session: Session, lot: Lot) -> None:
    """Nothing waits any more: whoever asked is told, once for the lot and once for its undoing."""
    lot.etat = EtatLot.TERMINE if lot.annule_at is None else EtatLot.ANNULE
    lot.finished_at, lot.pris_at = maintenant(), None
    if lot.annule_at is None and lot.action in CLOTURES:
        # Whoever asked may have left since: what was asked is announced all the same.
        CLOTURES[lot.action](session, agent_of(session, lot.user_id, lot.service_id) or SYSTEME, _parametres(lot))
    taches.add(
        session,
        user_id=lot.user_id,
        service_id=lot.service_id,
        genre=GenreTache.LOT_TERMINE,
        cle=f"lot:{lot.id}:{lot.etat}",
        objet_id=lot.id,
        a_faire=False,
    )
