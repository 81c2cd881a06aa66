"""Makes services that were asked for their avis, with what they may read; conflicts of interest."""

from sqlalchemy.orm import Session

from portal.models.associations import Association
from portal.models.avis import Recusation
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from tests import fabriques_avis
from tests.factories import Fabriques


def saisi(session: Session, creer: Fabriques, dossier: Dossier, **valeurs: object) -> User:
    """An agent of a service that the owner of the dossier asked for its avis, and that reads it: `sections` of it, or all."""
    agent = creer.agent()
    service = agent.affectations[0].service
    fabriques_avis.demande(session, dossier, service, creer.agent(dossier.service), **valeurs)
    creer.acces(dossier, service.id)
    return agent


def recuser(
    session: Session, agent: User, objet: Dossier | Association, motif: str = "Mon frère préside l’association."
) -> Recusation:
    """That agent has a conflict of interest on a dossier, or on an association."""
    sur = {"dossier_id": objet.id} if isinstance(objet, Dossier) else {"association_id": objet.id}
    recusation = Recusation(user_id=agent.id, motif=motif, **sur)
    session.add(recusation)
    session.commit()
    return recusation
