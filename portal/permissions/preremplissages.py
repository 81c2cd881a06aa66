"""Who may start a request at Démarches Simplifiées in the name of an association."""

from portal.permissions import OUI, Acteur, Verdict
from portal.vocabulaire import RoleMandat


def can_prefill(acteur: Acteur, association_id: int) -> Verdict:
    """A rédacteur or a signataire, even declared: what they start is their own."""
    mandat = acteur.mandat(association_id)
    if mandat is not None and mandat.role not in (RoleMandat.LECTEUR, RoleMandat.AIDANT):
        return OUI
    return Verdict(ok=False, raison="Votre rôle dans cette association ne permet pas de commencer une demande.")
