"""Who may note an agrément or a recognition of public utility, and say that it was a mistake."""

from portal.models.souscriptions import Reconnaissance
from portal.permissions import OUI, ROLES_ACTIFS, Acteur, Verdict


def can_note(acteur: Acteur, proprietaires: frozenset[int]) -> Verdict:
    """An instructeur or responsable of a service that owns a dossier of the association. `proprietaires`: those services."""
    if acteur.role not in ROLES_ACTIFS:
        return Verdict(
            ok=False, raison="Votre rôle dans le service permet de lire les dossiers, pas de noter une reconnaissance."
        )
    if acteur.service_id not in proprietaires:
        return Verdict(
            ok=False,
            raison="Seul un service responsable d’un dossier de cette association peut noter une reconnaissance.",
        )
    return OUI


def can_withdraw(acteur: Acteur, reconnaissance: Reconnaissance, proprietaires: frozenset[int]) -> Verdict:
    """The service that has noted it, while it stands."""
    if reconnaissance.retiree_at is not None:
        return Verdict(ok=False, raison="Cette reconnaissance est déjà retirée.")
    if acteur.service_id != reconnaissance.service_id:
        return Verdict(ok=False, raison="Seul le service qui a noté cette reconnaissance peut la retirer.")
    return can_note(acteur, proprietaires)
