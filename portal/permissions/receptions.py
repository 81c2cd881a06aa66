"""Who enters a request that came by post, mail or counter, and who joins its scans."""

from portal.models.dossiers import Dossier
from portal.permissions import OUI, Acteur, Verdict, can_instruct
from portal.vocabulaire_instruction import ORIGINES_SAISIES


def can_join_scan(acteur: Acteur, dossier: Dossier) -> Verdict:
    """Instructeurs and responsables of the owner service, on a dossier that did not come through a form."""
    instruit = can_instruct(acteur, dossier)
    if not instruit:
        return instruit
    if dossier.origine not in ORIGINES_SAISIES:
        return Verdict(
            ok=False,
            raison="Cette demande a été déposée en ligne\u00a0: ses pièces se joignent par l’association, ou par un complément.",
        )
    return OUI
