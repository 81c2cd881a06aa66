"""Withdrawing a filed request: the dossier, and the others of the same demande commune."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden, TransitionInterdite
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.permissions.complements import CLOS, can_withdraw
from portal.queries import mes_dossiers
from portal.vocabulaire import ETATS_FINAUX


@dataclass(frozen=True, slots=True)
class Retirable:
    """A dossier that may be withdrawn, and the others of its demande commune that are not decided."""

    dossier: Dossier
    freres: Sequence[Dossier]


def get(session: Session, viewer: Acteur, reference: str) -> Retirable:
    """For whoever may withdraw it. Raises NotFound, Forbidden (also for one of DS), TransitionInterdite once it is decided."""
    dossier = mes_dossiers.get(session, viewer, reference)
    if dossier.etat in ETATS_FINAUX:
        raise TransitionInterdite(CLOS)
    verdict = can_withdraw(viewer, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    freres = session.scalars(
        select(Dossier)
        .where(Dossier.demande_id == dossier.demande_id, Dossier.id != dossier.id, Dossier.etat.not_in(ETATS_FINAUX))
        .options(joinedload(Dossier.service))
        .order_by(Dossier.id)
    ).all()
    return Retirable(dossier, freres)
