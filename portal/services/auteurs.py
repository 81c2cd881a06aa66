"""Who asked for a view that a job makes, with the rights of the moment when it is made."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden
from portal.models.connexion import User
from portal.models.documents import Document
from portal.models.services import Affectation
from portal.permissions import Acteur, AffectationActive, GenreActeur


def get(session: Session, document: Document) -> Acteur:
    """The author of a view as an actor of the service for which it was asked. Raises Forbidden when no longer so."""
    service_id = (document.parametres or {})["service_id"]
    affectation = session.scalars(
        select(Affectation)
        .where(
            Affectation.user_id == document.auteur_id,
            Affectation.service_id == service_id,
            Affectation.ended_at.is_(None),
        )
        .options(joinedload(Affectation.service))
    ).first()
    user = session.get(User, document.auteur_id)
    if affectation is None or user is None or user.disabled_at is not None:
        raise Forbidden("Vous n’agissez plus pour le service dont vous aviez demandé les dossiers.")
    active = AffectationActive(
        id=affectation.id, service_id=service_id, sigle=affectation.service.sigle, role=affectation.role
    )
    return Acteur(
        genre=GenreActeur.AGENT,
        user_id=user.id,
        nom_affiche=user.nom_affiche,
        email=user.email,
        affectation=active,
        affectations=(active,),
    )
