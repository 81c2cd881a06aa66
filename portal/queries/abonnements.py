"""The associations that an agent follows for the service for which it acts."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.models.associations import Association
from portal.models.fiches_associations import AbonnementAssociation
from portal.permissions import Acteur

MAXIMUM = 200


def list_mine(session: Session, viewer: Acteur) -> list[AbonnementAssociation]:
    """By name, MAXIMUM at most."""
    return list(
        session.scalars(
            select(AbonnementAssociation)
            .join(Association, Association.id == AbonnementAssociation.association_id)
            .where(
                AbonnementAssociation.user_id == viewer.user_id, AbonnementAssociation.service_id == viewer.service_id
            )
            .options(joinedload(AbonnementAssociation.association))
            .order_by(Association.denomination, AbonnementAssociation.id)
            .limit(MAXIMUM)
        )
    )
