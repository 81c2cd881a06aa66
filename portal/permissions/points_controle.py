"""Who sets the checklist of a démarche up, who reads it, who fills it in."""

from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.permissions import OUI, Acteur, Verdict
from portal.permissions.campagnes import may_prepare_campaigns


def can_set_up(acteur: Acteur, demarche: Demarche) -> Verdict:
    """A responsable of the service of the démarche, ours or of DS."""
    ouverte = may_prepare_campaigns(acteur)
    if ouverte and acteur.service_id != demarche.service_id:
        return Verdict(
            ok=False, raison="Seul un responsable du service de cette démarche règle ses points de contrôle."
        )
    return ouverte


def can_read_points(acteur: Acteur, dossier: Dossier) -> Verdict:
    """The agents of the service that owns the dossier."""
    if acteur.service_id == dossier.service_id:
        return OUI
    return Verdict(ok=False, raison="Les points de contrôle sont ceux du service responsable du dossier.")
