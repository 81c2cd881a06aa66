"""Rival claims: for the people of the association who make them, and for the agents who settle them."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden, NotFound
from portal.models.associations import Mandat
from portal.models.documents import Fichier
from portal.models.liens_associations import Contestation
from portal.permissions import Acteur, Verdict
from portal.permissions.fichiers import can_give
from portal.permissions.mandats import can_settle
from portal.queries.possessions import Lot, owned_associations, read_lot
from portal.vocabulaire_demandes import EtatContestation


@dataclass(frozen=True, slots=True)
class ATrancher:
    """One of them, whether this agent may settle it, and whether its document may be given."""

    contestation: Contestation
    verdict: Verdict
    remise: Verdict


def visible_contestations(viewer: Acteur) -> Select[Contestation]:
    """Those of associations of which the viewer's service owns a dossier."""
    return (
        select(Contestation)
        .where(Contestation.association_id.in_(owned_associations(viewer)))
        .options(
            joinedload(Contestation.mandat).joinedload(Mandat.user),
            joinedload(Contestation.auteur),
            joinedload(Contestation.association),
            joinedload(Contestation.piece),
        )
    )


def list_open(session: Session, viewer: Acteur, apres: int) -> Lot[Contestation]:
    """Those that wait, the oldest first, after that number."""
    attente = visible_contestations(viewer).where(Contestation.etat == EtatContestation.OUVERTE)
    return read_lot(session, attente, Contestation.id, apres)


def count_open(session: Session, viewer: Acteur) -> int:
    """How many wait."""
    attente = select(func.count(Contestation.id)).where(
        Contestation.association_id.in_(owned_associations(viewer)), Contestation.etat == EtatContestation.OUVERTE
    )
    return session.scalar(attente) or 0


def get(session: Session, viewer: Acteur, contestation_id: int, *, antivirus: bool) -> ATrancher:
    """One of them, settled or not. `antivirus`: the portal has one. Raises NotFound."""
    visibles = visible_contestations(viewer)
    contestation = session.scalars(visibles.where(Contestation.id == contestation_id)).first()
    if contestation is None:
        raise NotFound
    piece = contestation.piece
    remise = can_give(piece, antivirus=antivirus) if piece else Verdict(ok=False)
    return ATrancher(contestation, can_settle(viewer), remise)


def to_give(vue: ATrancher) -> Fichier:
    """The document joined, when its bytes may leave. Raises NotFound, Forbidden with the reason."""
    if vue.contestation.piece is None:
        raise NotFound
    if not vue.remise:
        raise Forbidden(vue.remise.raison)
    return vue.contestation.piece
