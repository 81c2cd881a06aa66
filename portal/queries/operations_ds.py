"""How each thing owed to DS stands, in words that are true even when a worker has just died."""

from collections.abc import Collection
from datetime import datetime

from portal.formats import instant_fr
from portal.models.envois import OperationDS
from portal.vocabulaire import EtatEnvoi

ISSUE_INCONNUE = "Issue inconnue\u00a0: Démarches Simplifiées a peut-être déjà fait ce qui lui était demandé."


def situation(operation: OperationDS, *, instant: datetime, devancees: Collection[int] = ()) -> str:
    """What an operation waits for, and why when something was said of it, in French sentences; "" once it is settled.

    `instant`: now. `devancees`: ids of the operations that follow another unsettled one of the same dossier.
    """
    quand = instant_fr(operation.prochain_essai)
    pourquoi = f" {operation.erreur}" if operation.erreur else ""
    # A lease that is over was left by a killed worker; until then nobody can tell, and this stays true.
    perdue = operation.etat == EtatEnvoi.EN_COURS and operation.prochain_essai <= instant
    if operation.etat == EtatEnvoi.A_VERIFIER or perdue:
        return f"{ISSUE_INCONNUE} Le dossier y sera relu avant tout nouvel envoi, à partir du {quand}."
    if operation.etat == EtatEnvoi.EN_COURS:
        return f"Envoi commencé le {instant_fr(operation.pris_at)}."
    if operation.etat != EtatEnvoi.A_ENVOYER:
        return ""
    if operation.id in devancees:
        return "Partira après l’action demandée avant elle sur ce dossier."
    if operation.prochain_essai > instant:
        return f"Nouvel essai le {quand}.{pourquoi}"
    return f"En attente d’un nouvel essai.{pourquoi}" if operation.essais else "Départ imminent."
