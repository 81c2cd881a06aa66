"""Who prepares the campaigns of a service."""

from portal.models.demarches import Demarche
from portal.permissions import OUI, SANS_SERVICE, SYSTEME, Acteur, Verdict
from portal.vocabulaire import RoleAffectation


def may_prepare_campaigns(acteur: Acteur) -> Verdict:
    """Open to the responsables of a service."""
    if acteur.est_agent and acteur.role == RoleAffectation.RESPONSABLE:
        return OUI
    if acteur.est_agent and acteur.affectation is None:
        return Verdict(ok=False, raison=SANS_SERVICE)
    return Verdict(ok=False, raison="Les campagnes sont préparées par les responsables d’un service.")


def can_prepare(acteur: Acteur, campagne: Demarche) -> Verdict:
    """A responsable of the service whose campaign it is; and whoever runs the portal from its machine."""
    if acteur == SYSTEME:
        return OUI
    ouverte = may_prepare_campaigns(acteur)
    if ouverte and acteur.service_id != campagne.service_id:
        return Verdict(ok=False, raison="Seul un responsable du service peut préparer cette campagne.")
    return ouverte
