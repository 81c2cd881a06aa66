"""Holds what an expert answers to at the moment when he does: it may have been taken back while he was writing."""

from sqlalchemy.orm import Session

from portal.errors import Forbidden, NotFound
from portal.formats import aujourdhui
from portal.models.associations import Association
from portal.models.avis import DemandeAvis
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.permissions.avis_experts import can_answer
from portal.services import instruction


def hold(session: Session, *, by: Acteur, demande: DemandeAvis, objet: Dossier | Association) -> None:
    """Lock the dossier, then the demande, both as they are now: the avis that is given next answers it.

    Raises NotFound once the demande is closed, or is somebody else's; Forbidden past the time to answer.
    """
    if isinstance(objet, Dossier):
        instruction.lock(session, objet)
    session.refresh(demande, with_for_update={"of": DemandeAvis})
    if demande.close_at is not None or demande.expert_id != by.expert_id:
        raise NotFound
    verdict = can_answer(demande, objet, aujourdhui())
    if not verdict:
        raise Forbidden(verdict.raison)
