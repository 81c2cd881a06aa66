"""The agents of a service, as they are now."""

from collections.abc import Iterable

from sqlalchemy import Select, select

from portal.models.connexion import User
from portal.models.services import Affectation
from portal.permissions import ROLES_ACTIFS
from portal.vocabulaire import RoleAffectation


def of_service(service_id: int | None, roles: Iterable[RoleAffectation] = ROLES_ACTIFS) -> Select[User]:
    """Those who hold one of these roles there (usual: those who instruct) and whose account is open, by name."""
    return (
        select(User)
        .join(Affectation, Affectation.user_id == User.id)
        .where(
            Affectation.service_id == service_id,
            Affectation.role.in_(list(roles)),
            Affectation.ended_at.is_(None),
            User.disabled_at.is_(None),
        )
        .order_by(User.nom, User.prenom, User.id)
    )
