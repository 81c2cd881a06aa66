"""Who lifts a recusation: a conflict of interest that an agent declared, and that closes a dossier to that agent."""

from portal.permissions import OUI, Acteur, Verdict
from portal.vocabulaire import RoleAffectation

RESPONSABLE = Verdict(ok=False, raison="Seul un responsable du service de cet agent lève sa récusation.")


def can_see(acteur: Acteur) -> Verdict:
    """A responsable sees those of the agents of its service, on the dossiers that it reads itself."""
    return OUI if acteur.est_agent and acteur.role == RoleAffectation.RESPONSABLE else RESPONSABLE
