"""Who opens the sheet of an association (model.md §3, « croisement »), looks for one, and merges two rows."""

from portal.permissions import OUI, ROLES_ACTIFS, Acteur, Verdict
from portal.vocabulaire import RoleAffectation

A_MOTIVER = (
    "Votre service n’a pas eu de dossier de cette association depuis trois ans, et n’est saisi d’aucun. Dites pourquoi vous "
    "ouvrez sa fiche\u00a0: la raison est gardée et montrée au responsable de votre service."
)


def can_browse(acteur: Acteur) -> Verdict:
    """Beyond the associations of its service's own dossiers, an agent looks for others; a lecteur does not."""
    if acteur.role in ROLES_ACTIFS:
        return OUI
    return Verdict(
        ok=False,
        raison="Votre rôle dans le service ouvre les associations de ses dossiers, pas celles des autres services.",
    )


def can_open(acteur: Acteur, *, lien: bool, motivee: bool) -> Verdict:
    """At once for a service that has a tie with the association (`lien`); else once the agent has given a reason today."""
    if lien:
        return OUI
    cherche = can_browse(acteur)
    if not cherche or motivee:
        return cherche
    return Verdict(ok=False, raison=A_MOTIVER)


def can_merge(acteur: Acteur, *, lien: bool) -> Verdict:
    """An administrator, or a responsable of a service that has a tie with one of the two."""
    if acteur.est_agent and acteur.est_administrateur:
        return OUI
    if acteur.est_agent and acteur.role == RoleAffectation.RESPONSABLE and lien:
        return OUI
    return Verdict(
        ok=False,
        raison="Seul un responsable d’un service qui a un dossier de l’association, ou un administrateur, réunit deux fiches.",
    )
