"""A conflict of interest that an agent declared is over: a responsable of its service opens the dossier to it again."""

from sqlalchemy.orm import Session

from portal.errors import Forbidden
from portal.models.avis import Recusation
from portal.permissions import Acteur
from portal.permissions.recusations import can_see
from portal.services import journal


def lift(session: Session, *, by: Acteur, recusation: Recusation) -> None:
    """The agent reads the dossier again, or those of the association, from now on. Raises Forbidden.

    The caller has found it among those that the actor sees.
    """
    verdict = can_see(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    objet = f"dossier:{recusation.dossier_id}" if recusation.dossier_id else f"association:{recusation.association_id}"
    session.delete(recusation)
    session.flush()
    journal.record(session, by=by, action="recusation_levee", objet=objet, valeurs={"agent_id": recusation.user_id})
