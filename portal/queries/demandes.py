"""Grant requests of a person."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden, NotFound
from portal.models.demandes import Demande
from portal.models.dossiers import Dossier
from portal.permissions import Acteur, can_edit
from portal.queries.demandes_visibles import visible_demandes
from portal.queries.lecture_demandes import CHARGEMENT


@dataclass(frozen=True, slots=True)
class LigneDemande:
    """A request and, once filed, the references of its dossiers: one for each service it is addressed to."""

    demande: Demande
    references: tuple[str, ...]


def list_demandes(session: Session, viewer: Acteur) -> list[LigneDemande]:
    """Requests of this person, drafts first, then newest first."""
    references = (
        select(func.array_agg(aggregate_order_by(Dossier.reference, Dossier.id)))
        .where(Dossier.demande_id == Demande.id)
        .scalar_subquery()
    )
    lignes = session.execute(
        visible_demandes(viewer)
        .add_columns(references)
        .options(joinedload(Demande.association), joinedload(Demande.demarche))
        .order_by(Demande.deposee_at.desc().nulls_first(), Demande.created_at.desc(), Demande.id.desc())
    )
    return [LigneDemande(demande, tuple(lues or ())) for demande, lues in lignes]


def get(session: Session, viewer: Acteur, demande_id: int) -> Demande:
    """One of them, with all that its pages show. Raises NotFound."""
    demande = session.scalars(visible_demandes(viewer).where(Demande.id == demande_id).options(*CHARGEMENT)).first()
    if demande is None:
        raise NotFound
    return demande


def is_visible(session: Session, viewer: Acteur, demande_id: int) -> bool:
    """Whether this person may open it."""
    vue = visible_demandes(viewer).where(Demande.id == demande_id).with_only_columns(Demande.id)
    return session.scalar(vue) is not None


def get_a_modifier(session: Session, viewer: Acteur, demande_id: int) -> Demande:
    """The same, for whoever may change it. Raises NotFound, and Forbidden with the reason."""
    demande = get(session, viewer, demande_id)
    verdict = can_edit(viewer, demande)
    if not verdict:
        raise Forbidden(verdict.raison)
    return demande


def get_by_cle(session: Session, viewer: Acteur, cle: str) -> Demande:
    """The request that a page has begun. Raises NotFound."""
    demande = session.scalars(visible_demandes(viewer).where(Demande.cle == cle)).first()
    if demande is None:
        raise NotFound
    return demande
