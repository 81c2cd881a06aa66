"""The draft of an avis, for the one person who types it."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from portal.models.associations import Association
from portal.models.avis import BrouillonAvis
from portal.models.dossiers import Dossier
from portal.permissions import Acteur


def of_object(session: Session, viewer: Acteur, objet: Dossier | Association) -> BrouillonAvis | None:
    """What the viewer has typed of its avis on that object and not given yet."""
    return session.scalars(own(viewer, objet).options(joinedload(BrouillonAvis.fichier))).first()


def own(viewer: Acteur, objet: Dossier | Association) -> Select[BrouillonAvis]:
    """That draft, to be read or locked."""
    par, sur = key_of(viewer, objet)
    return select(BrouillonAvis).filter_by(**par, **sur).order_by(BrouillonAvis.id)


def key_of(viewer: Acteur, objet: Dossier | Association) -> tuple[dict[str, Any], dict[str, Any]]:
    """(of whom, about what): an agent has one for each service for which it acts."""
    agent = {"user_id": viewer.user_id, "service_id": viewer.service_id, "expert_id": None}
    expert = {"user_id": None, "service_id": None, "expert_id": viewer.expert_id}
    sur = (objet.id, None) if isinstance(objet, Dossier) else (None, objet.id)
    return expert if viewer.est_expert else agent, dict(zip(("dossier_id", "association_id"), sur, strict=True))
