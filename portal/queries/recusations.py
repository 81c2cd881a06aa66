"""Agents to whom a dossier, or an association, is closed because of a conflict of interest."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.errors import NotFound
from portal.models.associations import Association
from portal.models.avis import Recusation
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.services import Affectation
from portal.permissions import Acteur
from portal.permissions.recusations import can_see
from portal.queries.lots import as_column, read_column

Closes = tuple[frozenset[int], frozenset[int]]
RIEN: Closes = (frozenset(), frozenset())


def open_to(viewer: Acteur, dossier_id: Any) -> ColumnElement[bool]:
    """A dossier, as a column of the statement, is not closed to this agent: nothing to check for nearly everybody."""
    if not viewer.recuses:
        return true()
    return or_(dossier_id.is_(None), dossier_id.not_in(viewer.recuses))


def is_closed(user_id: Any, dossier_id: Any, association_id: Any = None) -> ColumnElement[bool]:
    """The same of any agent, for a statement about many; all are columns of it, or values.

    Without `association_id`, it is looked for.
    """
    association = association_id
    if association is None:
        sienne = select(Dossier.association_id).where(Dossier.id == dossier_id)
        association = sienne.correlate_except(Dossier).scalar_subquery()
    sur = or_(Recusation.dossier_id == dossier_id, Recusation.association_id == association)
    return exists().where(Recusation.user_id == user_id, sur).correlate_except(Recusation)


def closed_of(user_id: InstrumentedAttribute[int] | int) -> ColumnElement[Any]:
    """For a statement that reads an agent: every dossier and every association that is closed to it, see `read_closed`."""
    fermes: ColumnElement[Any] = as_column(_closed(user_id))
    return fermes


def read_closed(lues: list[list[Any]] | None) -> Closes:
    """(dossiers, associations) from that column."""
    if not lues:
        return RIEN
    lignes = read_column(lues, _closed(0))
    return (
        frozenset(dossier for dossier, _ in lignes if dossier is not None),
        frozenset(association for _, association in lignes if association is not None),
    )


def _closed(user_id: InstrumentedAttribute[int] | int) -> Select[*tuple[Any, ...]]:
    choix = (
        select(func.coalesce(Recusation.dossier_id, Dossier.id), Recusation.association_id)
        .select_from(Recusation)
        .outerjoin(Dossier, Dossier.association_id == Recusation.association_id)
        .where(Recusation.user_id == user_id)
    )
    return choix if isinstance(user_id, int) else choix.correlate(user_id.class_)


@dataclass(frozen=True, slots=True)
class RecusationLue:
    """A conflict of interest of an agent, for a responsable of its service. `at` is UTC; `association`: of all its dossiers."""

    id: int
    agent: str
    motif: str
    at: datetime
    association: bool


def list_on(session: Session, viewer: Acteur, objet: Dossier | Association) -> tuple[RecusationLue, ...]:
    """Those of agents of the viewer's service on a dossier that it reads or its association, or on an association, oldest first.

    For a responsable, in one statement; nothing for the others, without any.
    """
    if not can_see(viewer):
        return ()
    lues = session.execute(
        _of_colleagues(viewer, objet).add_columns(User).join(User, User.id == Recusation.user_id)
    ).all()
    return tuple(
        RecusationLue(une.id, agent.nom_affiche, une.motif, une.at, une.association_id is not None)
        for une, agent in lues
    )


def get(session: Session, viewer: Acteur, objet: Dossier | Association, recusation_id: int) -> Recusation:
    """One of them. Raises NotFound."""
    une = session.scalars(_of_colleagues(viewer, objet).where(Recusation.id == recusation_id)).first()
    if une is None or not can_see(viewer):
        raise NotFound
    return une


def _of_colleagues(viewer: Acteur, objet: Dossier | Association) -> Select[Recusation]:
    collegues = exists().where(
        Affectation.user_id == Recusation.user_id,
        Affectation.service_id == viewer.service_id,
        Affectation.ended_at.is_(None),
    )
    if isinstance(objet, Dossier):
        ici = or_(Recusation.dossier_id == objet.id, Recusation.association_id == objet.association_id)
    else:
        ici = Recusation.association_id == objet.id
    return select(Recusation).where(ici, collegues).order_by(Recusation.id)
