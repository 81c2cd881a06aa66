"""Associations of which a service owns a dossier: it verifies their links, settles their claims, answers their reports."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.queries.recusations import open_to

# Lists of agents, the oldest first, are read by this many.
PAR_PAGE = 50
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Lot(Generic[T]):
    """A page of such a list, and the number after which the next one begins, None on the last one."""

    lignes: list[T]
    suivante: int | None


def owned_associations(viewer: Acteur) -> Select[int | None]:
    """Ids of these associations, for the service for which this agent acts."""
    return select(Dossier.association_id).where(
        Dossier.service_id == viewer.service_id, Dossier.association_id.is_not(None), open_to(viewer, Dossier.id)
    )


def read_lot(session: Session, choix: Select[T], cle: InstrumentedAttribute[int], apres: int) -> Lot[T]:
    """What comes after that number, the oldest first. `cle`: the number of what is chosen."""
    lues = list(session.scalars(choix.where(cle > apres).order_by(cle).limit(PAR_PAGE + 1)))
    montrees = lues[:PAR_PAGE]
    return Lot(montrees, getattr(montrees[-1], cle.key) if len(lues) > PAR_PAGE else None)
