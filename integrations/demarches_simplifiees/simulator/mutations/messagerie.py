"""Messages: each call that succeeds adds one, even the same twice; a message may ask for a correction."""

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.mutations import televersements
from integrations.demarches_simplifiees.simulator.mutations.gestes import (
    Entree,
    Refus,
    acteurs,
    ajouter_message,
    ajouter_traitement,
    introuvable,
    noter,
    payload_de_refus,
)
from integrations.demarches_simplifiees.simulator.verite.depot import expiration
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees, Fiche

MESSAGE_VIDE = "Le message ne peut pas être vide"
MESSAGE_IMPOSSIBLE = "Le dossier est archivé ou supprimé par l’usager : il ne peut plus recevoir de message"
PAS_L_AUTEUR = "Le message ne peut pas être supprimé"


@payload_de_refus
def envoyer_message(donnees: Donnees, entree: Entree, *, ecriture: bool) -> Json:
    """The payload of dossierEnvoyerMessage. A correction is dropped in silence when one is already awaited."""
    fiche, instructeur = acteurs(donnees, entree, ecriture=ecriture)
    _exiger_joignable(fiche)
    if not entree["body"].strip():
        raise Refus(MESSAGE_VIDE)
    pieces = televersements.joindre(donnees, fiche, entree.get("attachment"))
    date = donnees.toucher(fiche)
    message = ajouter_message(fiche, instructeur["email"], entree["body"], date, pieces=pieces)
    if entree.get("correction"):
        _demander_correction(donnees, fiche, message, entree["correction"], instructeur, date)
    noter(donnees, "dossierEnvoyerMessage", fiche, instructeur=instructeur["id"], texte=entree["body"])
    return {"message": message}


@payload_de_refus
def supprimer_message(donnees: Donnees, entree: Entree, *, ecriture: bool) -> Json:
    """The payload of dossierSupprimerMessage: the message stays, without words nor files. Its author alone may."""
    fiche, message = _trouver(donnees, entree["messageId"])
    _, instructeur = acteurs(donnees, {**entree, "dossierId": fiche.contenu["id"]}, ecriture=ecriture)
    if message["email"] != instructeur["email"] or message.get("discardedAt"):
        raise Refus(PAS_L_AUTEUR)
    message.update(body="", attachments=[], discardedAt=donnees.toucher(fiche))
    noter(donnees, "dossierSupprimerMessage", fiche, instructeur=instructeur["id"], texte=entree["messageId"])
    return {"message": message}


def resoudre_corrections(fiche: Fiche, date: str) -> None:
    """Close the corrections that were awaited."""
    fiche.contenu["dateDerniereCorrectionEnAttente"] = None
    for message in fiche.contenu["messages"]:
        if message.get("correction") and not message["correction"]["dateResolution"]:
            message["correction"]["dateResolution"] = date


def _exiger_joignable(fiche: Fiche) -> None:
    contenu = fiche.contenu
    if contenu["archived"] or contenu.get("dateSuppressionParUsager") or contenu["connectionUsager"] == "deleted":
        raise Refus(MESSAGE_IMPOSSIBLE)


def _demander_correction(
    donnees: Donnees, fiche: Fiche, message: Json, raison: str, instructeur: Json, date: str
) -> None:
    """Only a dossier that is not decided and awaits none yet can be asked for one; it goes back to construction."""
    contenu = fiche.contenu
    if contenu.get("dateDerniereCorrectionEnAttente") or contenu["state"] not in {"en_construction", "en_instruction"}:
        return
    message["correction"] = {"reason": raison, "dateResolution": None}
    contenu["dateDerniereCorrectionEnAttente"] = date
    donnees.signaler("correction_demandee", fiche.number)
    if contenu["state"] == "en_instruction":
        contenu.update(state="en_construction", dateExpiration=expiration("en_construction", date))
        ajouter_traitement(fiche, "repasse_en_construction", date, email=instructeur["email"])
        donnees.signaler("dossier_repasse_en_construction", fiche.number)


def _trouver(donnees: Donnees, message_id: str) -> tuple[Fiche, Json]:
    for fiche in donnees.dossiers.values():
        for message in fiche.contenu["messages"] if donnees.visible(fiche.number) else ():
            if message["id"] == message_id:
                return fiche, message
    raise introuvable("Message")
