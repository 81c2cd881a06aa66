"""Who may say that a mandat is proved."""

from portal.permissions import OUI, ROLES_ACTIFS, Acteur, Verdict


def can_prove(acteur: Acteur, proprietaires: frozenset[int]) -> Verdict:
    """An instructeur or responsable of a service that owns a dossier of the association. `proprietaires`: those services."""
    if acteur.role not in ROLES_ACTIFS:
        return Verdict(
            ok=False, raison="Votre rôle dans le service permet de lire les dossiers, pas de vérifier un lien."
        )
    if acteur.service_id not in proprietaires:
        return Verdict(
            ok=False, raison="Seul un service responsable d’un dossier de cette association peut vérifier ce lien."
        )
    return OUI
