"""Who asked for a view that a job makes, with the rights of the moment when it is made."""

from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.models.documents import Document
from portal.permissions import Acteur
from portal.queries.acteurs import agent_of


def get(session: Session, document: Document) -> Acteur:
    """The author of a view as an actor of the service for which it was asked. Raises Forbidden when no longer so."""
    service_id = (document.parametres or {})["service_id"]
    by = agent_of(session, document.auteur_id, service_id) if document.auteur_id is not None else None
    if by is None:
        raise Forbidden("Vous n’agissez plus pour le service dont vous aviez demandé les dossiers.")
    return by
