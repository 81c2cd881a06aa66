"""Who hands a dossier over to another service, and until when."""

from portal.models.decisions import Decision
from portal.models.dossiers import Dossier
from portal.permissions import OUI, Acteur, Verdict, can_instruct
from portal.vocabulaire import ETATS_FINAUX

CLOS = "Ce dossier a reçu sa décision, ou il est retiré\u00a0: il ne se réoriente plus."
NOTIFICATION_PARTIE = (
    "La notification de la décision est demandée\u00a0: ce dossier ne se réoriente plus, à moins qu’elle soit refusée."
)


def can_reorient(acteur: Acteur, dossier: Dossier, decision: Decision | None) -> Verdict:
    """Instructeurs and responsables of the owner service, until the decision is notified or about to be."""
    instruit = can_instruct(acteur, dossier)
    if not instruit:
        return instruit
    if dossier.etat in ETATS_FINAUX:
        return Verdict(ok=False, raison=CLOS)
    if decision is not None and (decision.notified_at or decision.notification_demandee_at):
        return Verdict(ok=False, raison=NOTIFICATION_PARTIE)
    return OUI
