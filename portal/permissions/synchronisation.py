"""Who follows the exchange with DS, and who may set it going again."""

from collections.abc import Collection

from portal.permissions import OUI, ROLES_ACTIFS, SANS_SERVICE, Acteur, Verdict


def may_follow_ds(acteur: Acteur) -> Verdict:
    """Open to agents who act for a service, and to administrators, with a service or without."""
    if acteur.est_agent and (acteur.affectation or acteur.est_administrateur):
        return OUI
    if acteur.est_agent:
        return Verdict(ok=False, raison=SANS_SERVICE)
    return Verdict(ok=False, raison="Cette page est réservée aux agents des services instructeurs.")


def can_resume(acteur: Acteur, services: Collection[int]) -> Verdict:
    """Ordering a run, reading a dossier again: administrators, and who instructs in one of the démarche's `services` (ids)."""
    if acteur.est_agent and acteur.est_administrateur:
        return OUI
    if acteur.service_id not in services:
        return Verdict(
            ok=False,
            raison="Seuls les services qui instruisent cette démarche et les administrateurs peuvent relancer sa lecture.",
        )
    if acteur.role not in ROLES_ACTIFS:
        return Verdict(ok=False, raison="Votre rôle dans le service permet de lire, pas de relancer une lecture.")
    return OUI
