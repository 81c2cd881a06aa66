"""Who may touch a workbook that a service imports."""

from portal.models.imports import LotImport
from portal.permissions import Acteur, Verdict, may_instruct
from portal.vocabulaire import RoleAffectation


def can_prepare(acteur: Acteur, lot: LotImport) -> Verdict:
    """Whoever deposited the file chooses what is read of it, and confirms: it is written in that person's name."""
    verdict = may_instruct(acteur)
    if not verdict:
        return verdict
    if (acteur.user_id, acteur.service_id) != (lot.user_id, lot.service_id):
        return Verdict(
            ok=False, raison="Seule la personne qui a déposé ce fichier peut choisir ce qui en est fait et l’importer."
        )
    return Verdict(ok=True)


def can_undo(acteur: Acteur, lot: LotImport) -> Verdict:
    """The same person, or a responsable of the service: she may have left it."""
    if acteur.service_id == lot.service_id and acteur.est_agent and acteur.role == RoleAffectation.RESPONSABLE:
        return Verdict(ok=True)
    if can_prepare(acteur, lot):
        return Verdict(ok=True)
    return Verdict(
        ok=False,
        raison="Seules la personne qui a importé ce fichier et les responsables du service peuvent annuler cet import.",
    )
