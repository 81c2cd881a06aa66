"""The pouvoirs that signatories by delegation have joined, for their people and for the agents who verify links."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.models.associations import Mandat
from portal.models.engagements import Engagement
from portal.permissions import Acteur
from portal.queries.engagements import visible_engagements
from portal.queries.mandats import visible_mandats


def get(session: Session, viewer: Acteur, code: str) -> Engagement:
    """A signature of this person or of her association, with its pouvoir. Raises NotFound."""
    return _first(session, visible_engagements(viewer).where(Engagement.code == code))


def list_of_mandat(session: Session, viewer: Acteur, mandat_id: int) -> list[Engagement]:
    """Signatures by delegation under a mandat that this agent's service may look at, oldest first."""
    return list(session.scalars(_lisibles(viewer).where(Engagement.mandat_id == mandat_id)))


def get_for_agent(session: Session, viewer: Acteur, code: str) -> Engagement:
    """One of those. Raises NotFound."""
    return _first(session, _lisibles(viewer).where(Engagement.code == code))


def _lisibles(viewer: Acteur) -> Select[Engagement]:
    mandats = visible_mandats(viewer).with_only_columns(Mandat.id).options()
    return (
        select(Engagement)
        .where(Engagement.mandat_id.in_(mandats), Engagement.pouvoir_id.is_not(None))
        .order_by(Engagement.signed_at, Engagement.id)
    )


def _first(session: Session, engagements: Select[Engagement]) -> Engagement:
    engagement = session.scalars(
        engagements.where(Engagement.pouvoir_id.is_not(None)).options(joinedload(Engagement.pouvoir))
    ).first()
    if engagement is None:
        raise NotFound
    return engagement
