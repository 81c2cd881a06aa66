"""Who reads the registry of the CER beyond the associations of the service's own dossiers."""

from portal.permissions import OUI, ROLES_ACTIFS, Acteur, Verdict


def can_read_all(acteur: Acteur) -> Verdict:
    """An instructeur or a responsable: a lecteur does not browse (model.md §3)."""
    if acteur.role in ROLES_ACTIFS:
        return OUI
    return Verdict(
        ok=False,
        raison="Votre rôle de lecteur ouvre le registre des seules associations dont votre service lit un dossier.",
    )
