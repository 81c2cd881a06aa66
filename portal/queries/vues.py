"""The views of the queue kept under a name: those of the agent, then those that the service shares."""

from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.models.file_agents import VueEnregistree
from portal.permissions import Acteur

MAXIMUM = 40


class VueNommee(NamedTuple):
    """A view as the queue names it; `user_id` is None when the service shares it. `arguments`: those of its address."""

    nom: str
    user_id: int | None
    arguments: dict[str, str]


def list_vues(session: Session, viewer: Acteur) -> list[VueEnregistree]:
    """Her own, then the shared ones, each by name; both are few (services/vues.MAXIMUM)."""
    return list(session.scalars(_in_order(select(VueEnregistree), viewer)))


def named(viewer: Acteur) -> Select[*tuple[Any, ...]]:
    """The same as VueNommee, for another statement to read."""
    return _in_order(select(*(getattr(VueEnregistree, nom) for nom in VueNommee._fields)), viewer)


def _in_order(choix: Select[*tuple[Any, ...]], viewer: Acteur) -> Select[*tuple[Any, ...]]:
    ordre = (VueEnregistree.user_id.is_(None), VueEnregistree.nom, VueEnregistree.id)
    return choix.where(*_siennes(viewer)).order_by(*ordre).limit(2 * MAXIMUM)


def get(session: Session, viewer: Acteur, vue_id: int) -> VueEnregistree:
    """One of them. Raises NotFound for another agent's or another service's."""
    vue = session.scalars(select(VueEnregistree).where(VueEnregistree.id == vue_id, *_siennes(viewer))).first()
    if vue is None:
        raise NotFound
    return vue


def _siennes(viewer: Acteur) -> tuple[Any, ...]:
    return (
        VueEnregistree.service_id == viewer.service_id,
        or_(VueEnregistree.user_id.is_(None), VueEnregistree.user_id == viewer.user_id),
    )
