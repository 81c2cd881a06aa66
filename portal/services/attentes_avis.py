"""Tells those who asked for an avis that it is given."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from portal.models.avis import Avis, DemandeAvis
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.permissions.avis import asks
from portal.queries.agents import of_service
from portal.queries.recusations import is_closed
from portal.services import taches
from portal.vocabulaire import RoleAffectation
from portal.vocabulaire_instruction import GenreTache


def answered(session: Session, *, by: Acteur, dossier: Dossier, avis: Avis, demandes: Sequence[DemandeAvis]) -> None:
    """The avis is given: its service has nothing more to do, who asked and who instructs know."""
    if by.service_id is not None:
        taches.close(session, genres=[GenreTache.AVIS_DEMANDE], dossier_id=dossier.id, service_id=by.service_id)
    if by.service_id == dossier.service_id:
        return
    interesses = {demande.demandeur_id for demande in demandes if asks(by, demande)}
    if dossier.instructeur_id is not None:
        interesses.add(dossier.instructeur_id)
    # Who asked may have left, or the dossier may have changed hands since: it is told to its owner's agents alone.
    _tell(session, by, avis, dossier.service_id, interesses, dossier_id=dossier.id)


def answered_on_association(session: Session, *, by: Acteur, avis: Avis, demandes: Sequence[DemandeAvis]) -> None:
    """The same of an avis on an association: each service that asked knows."""
    siennes = [une for une in demandes if asks(by, une)]
    taches.close_requests(session, genre=GenreTache.AVIS_DEMANDE, objet_ids=[une.id for une in siennes])
    for service_id in sorted({une.demandeur_service_id for une in siennes} - {by.service_id}):
        interesses = {une.demandeur_id for une in siennes if une.demandeur_service_id == service_id}
        _tell(session, by, avis, service_id, interesses, dossier_id=None)


def _tell(
    session: Session, by: Acteur, avis: Avis, service_id: int, interesses: set[int], *, dossier_id: int | None
) -> None:
    ferme = is_closed(User.id, dossier_id or 0, avis.association_id)
    siens = of_service(service_id, RoleAffectation).where(User.id.in_(interesses), ~ferme)
    for agent in session.scalars(siens).all():
        taches.add(
            session,
            user_id=agent.id,
            service_id=service_id,
            genre=GenreTache.AVIS_RENDU,
            cle=f"avis:{avis.id}:{avis.version}",
            dossier_id=dossier_id,
            objet_id=avis.id,
            par_id=by.user_id,
            a_faire=False,
        )
