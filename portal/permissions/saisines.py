"""Who asks for an avis about a dossier or an association, and who may do what to a demande d'avis afterwards."""

from portal.models.avis import DemandeAvis
from portal.permissions import OUI, ROLES_ACTIFS, Acteur, Verdict
from portal.permissions.avis import is_recused_from

PAS_DEMANDEUR = "Seul le service qui a demandé cet avis peut faire cette action."
PAS_SAISI = "Seul le service à qui cet avis est demandé peut faire cette action."
LECTEUR = "Votre rôle dans le service permet de lire, pas de demander ni de donner un avis."
RECUSE = Verdict(
    ok=False,
    raison="Vous avez déclaré un conflit d’intérêts\u00a0: rien n’est changé. Un autre agent de votre service s’en charge.",
)


def can_ask_about_association(acteur: Acteur, *, liee: bool) -> Verdict:
    """About an association with which the actor's service has something to do (`liee`)."""
    if acteur.role not in ROLES_ACTIFS:
        return Verdict(ok=False, raison=LECTEUR)
    if not liee:
        return Verdict(ok=False, raison="Votre service n’a aucun dossier de cette association.")
    return OUI


def can_follow_up(acteur: Acteur, demande: DemandeAvis) -> Verdict:
    """Remind, extend, take back: agents of the service that asked, who instruct, and have no conflict of interest."""
    if acteur.service_id is None or acteur.service_id != demande.demandeur_service_id:
        return Verdict(ok=False, raison=PAS_DEMANDEUR)
    if is_recused_from(acteur, demande):
        return RECUSE
    return OUI if acteur.role in ROLES_ACTIFS else Verdict(ok=False, raison=LECTEUR)


def is_party(acteur: Acteur, demande: DemandeAvis) -> bool:
    """Of the service that is asked, or the expert itself."""
    if acteur.est_expert:
        return demande.expert_id is not None and demande.expert_id == acteur.expert_id
    return acteur.service_id is not None and acteur.service_id == demande.service_id


def can_decline(acteur: Acteur, demande: DemandeAvis) -> Verdict:
    """Say « pas concerné »: whoever could have answered."""
    if not is_party(acteur, demande):
        return Verdict(ok=False, raison=PAS_SAISI)
    if is_recused_from(acteur, demande):
        return RECUSE
    return OUI if acteur.est_expert or acteur.role in ROLES_ACTIFS else Verdict(ok=False, raison=LECTEUR)


def can_transfer(acteur: Acteur, demande: DemandeAvis) -> Verdict:
    """Name who answers for the service: one of its agents does."""
    if acteur.est_expert:
        return Verdict(ok=False, raison=PAS_SAISI)
    return can_decline(acteur, demande)


def can_recuse(acteur: Acteur, demande: DemandeAvis) -> Verdict:
    """Declare a conflict of interest: anybody of the party, whatever its role."""
    return OUI if is_party(acteur, demande) else Verdict(ok=False, raison=PAS_SAISI)
