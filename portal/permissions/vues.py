"""Who keeps views of the queue, and who may change those that a service shares."""

from portal.models.file_agents import VueEnregistree
from portal.permissions import OUI, Acteur, Verdict, may_be_agent
from portal.vocabulaire import RoleAffectation

PARTAGE = "Seul un responsable du service partage une vue, la renomme ou la supprime pour tout le service."
AUTRE = "Cette vue est celle d’une autre personne."


def can_keep(acteur: Acteur, *, partagee: bool) -> Verdict:
    """Every agent keeps views for herself; a responsable shares them with her service."""
    agent = may_be_agent(acteur)
    if not agent or not partagee or acteur.role == RoleAffectation.RESPONSABLE:
        return agent
    return Verdict(ok=False, raison=PARTAGE)


def can_change(acteur: Acteur, vue: VueEnregistree) -> Verdict:
    """Her own; a shared one when she is responsable of that service."""
    if vue.user_id is not None:
        return OUI if vue.user_id == acteur.user_id else Verdict(ok=False, raison=AUTRE)
    if vue.service_id == acteur.service_id and acteur.role == RoleAffectation.RESPONSABLE:
        return OUI
    return Verdict(ok=False, raison=PARTAGE)
