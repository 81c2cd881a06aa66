"""Who opens the content of a démarche's dossiers to administrators (model.md §3)."""

from portal.models.demarches import Demarche
from portal.permissions import OUI, Acteur, Verdict
from portal.vocabulaire import RoleAffectation


def can_authorise(acteur: Acteur, demarche: Demarche) -> Verdict:
    """Only a responsable of the service that owns the démarche."""
    if acteur.service_id == demarche.service_id and acteur.role == RoleAffectation.RESPONSABLE:
        return OUI
    return Verdict(ok=False, raison="Seul un responsable du service peut ouvrir les contenus aux administrateurs.")
