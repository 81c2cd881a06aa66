"""The mutations: who may, from which state, with which French refusal, and what they change."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLError

from integrations.demarches_simplifiees.simulator.generation import CONTACT
from integrations.demarches_simplifiees.simulator.identifiants import identifiant
from integrations.demarches_simplifiees.simulator.verite import Donnees, Effet, Fiche

Json = dict[str, Any]
Entree = Mapping[str, Any]

TERMINES = frozenset({"accepte", "refuse", "sans_suite"})
LIBELLES = {
    "en_construction": "en construction",
    "en_instruction": "en instruction",
    "accepte": "accepté",
    "refuse": "refusé",
    "sans_suite": "classé sans suite",
}
LECTURE_SEULE = "Le jeton utilisé est configuré seulement en lecture"
PAS_D_ACCES = "L’instructeur n’a pas les droits d’accès à ce dossier"
MOTIVATION_VIDE = "La motivation doit être remplie"
MESSAGE_VIDE = "Le message ne peut pas être vide"
MESSAGE_IMPOSSIBLE = "Le dossier est archivé ou supprimé par l’usager : il ne peut plus recevoir de message"


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of state, as data."""

    depuis: frozenset[str]
    vers: str
    evenement: str
    annonce: str
    decision: bool = False
    motivation_requise: bool = False


_EN_INSTRUCTION = frozenset({"en_instruction"})
TRANSITIONS = {
    "dossierPasserEnInstruction": Transition(
        frozenset({"en_construction"}), "en_instruction", "passe_en_instruction", "est passé en instruction"
    ),
    "dossierRepasserEnConstruction": Transition(
        _EN_INSTRUCTION, "en_construction", "repasse_en_construction", "est repassé en construction"
    ),
    "dossierRepasserEnInstruction": Transition(
        TERMINES, "en_instruction", "repasse_en_instruction", "est repassé en instruction"
    ),
    "dossierAccepter": Transition(_EN_INSTRUCTION, "accepte", "accepte", "a été accepté", decision=True),
    "dossierRefuser": Transition(
        _EN_INSTRUCTION, "refuse", "refuse", "a été refusé", decision=True, motivation_requise=True
    ),
    "dossierClasserSansSuite": Transition(
        _EN_INSTRUCTION,
        "sans_suite",
        "classe_sans_suite",
        "a été classé sans suite",
        decision=True,
        motivation_requise=True,
    ),
}


def changer_d_etat(donnees: Donnees, mutation: str, entree: Entree, *, ecriture: bool) -> Json:
    """The payload of a state mutation, applied or refused. An unknown dossier or instructeur is a root error."""
    transition = TRANSITIONS[mutation]
    fiche, instructeur = _acteurs(donnees, entree)
    motivation = (entree.get("motivation") or "").strip()
    refus = _refus_commun(fiche, instructeur, ecriture=ecriture) or _refus_d_etat(fiche, transition, motivation)
    if refus:
        return {"dossier": None, "errors": [{"message": refus}]}
    _appliquer(donnees, fiche, transition, instructeur, motivation)
    _noter(donnees, mutation, fiche, instructeur, motivation)
    return {"dossier": fiche.contenu, "errors": None}


def envoyer_message(donnees: Donnees, entree: Entree, *, ecriture: bool) -> Json:
    """The payload of dossierEnvoyerMessage: each call that succeeds adds a message, even the same twice."""
    fiche, instructeur = _acteurs(donnees, entree)
    refus = _refus_commun(fiche, instructeur, ecriture=ecriture) or _refus_de_message(fiche, entree["body"])
    if refus:
        return {"message": None, "errors": [{"message": refus}]}
    date = donnees.toucher(fiche)
    message = _ajouter_message(fiche, instructeur["email"], entree["body"], date)
    _noter(donnees, "dossierEnvoyerMessage", fiche, instructeur, entree["body"])
    return {"message": message, "errors": None}


def _acteurs(donnees: Donnees, entree: Entree) -> tuple[Fiche, Json]:
    fiche = donnees.par_id(entree["dossierId"])
    if fiche is None:
        raise GraphQLError("Dossier not found", extensions={"code": "not_found"})
    membres = (
        membre
        for demarche in donnees.demarches.values()
        for groupe in demarche["groupeInstructeurs"]
        for membre in groupe["instructeurs"]
    )
    instructeur = next((un for un in membres if un["id"] == entree["instructeurId"]), None)
    if instructeur is None:
        raise GraphQLError("Instructeur not found", extensions={"code": "not_found"})
    return fiche, instructeur


def _refus_commun(fiche: Fiche, instructeur: Json, *, ecriture: bool) -> str:
    if not ecriture:
        return LECTURE_SEULE
    groupe = fiche.contenu["groupeInstructeur"]
    return "" if instructeur["id"] in {un["id"] for un in groupe["instructeurs"]} else PAS_D_ACCES


def _refus_d_etat(fiche: Fiche, transition: Transition, motivation: str) -> str:
    """DS answers « déjà en instruction » as well when it could not look the SIRET up: misleading, and true to it."""
    degrade = fiche.contenu["demandeur"]["__typename"] == "PersonneMoraleIncomplete"
    if fiche.contenu["state"] not in transition.depuis or (transition.decision and degrade):
        return f"Le dossier est déjà {LIBELLES[fiche.contenu['state']]}"
    return MOTIVATION_VIDE if transition.motivation_requise and not motivation else ""


def _refus_de_message(fiche: Fiche, corps: str) -> str:
    if fiche.contenu["archived"] or fiche.contenu.get("dateSuppressionParUsager"):
        return MESSAGE_IMPOSSIBLE
    return "" if corps.strip() else MESSAGE_VIDE


def _appliquer(donnees: Donnees, fiche: Fiche, transition: Transition, instructeur: Json, motivation: str) -> None:
    contenu, date = fiche.contenu, donnees.toucher(fiche)
    contenu["state"] = transition.vers
    if transition.evenement == "passe_en_instruction":
        contenu["datePassageEnInstruction"] = date
        _suivre(contenu, instructeur)
        _resoudre_corrections(contenu, date)
    elif transition.evenement == "repasse_en_instruction":
        contenu.update(motivation=None, dateTraitement=None, attestation=None, archived=False)
    elif transition.decision:
        contenu.update(motivation=motivation or None, dateTraitement=date)
    contenu["traitements"].append({
        "id": identifiant("Traitement", f"{fiche.number}-{len(contenu['traitements']) + 1}"),
        "event": transition.evenement,
        "dateTraitement": date,
        "emailAgentTraitant": instructeur["email"],
        "motivation": motivation or None,
    })  # fmt: skip
    _ajouter_message(fiche, CONTACT, f"<p>Votre dossier nº {fiche.number} {transition.annonce}.</p>", date)


def _suivre(contenu: Json, instructeur: Json) -> None:
    if instructeur["id"] not in {un["id"] for un in contenu["instructeurs"]}:
        contenu["instructeurs"].append(instructeur)


def _resoudre_corrections(contenu: Json, date: str) -> None:
    contenu["dateDerniereCorrectionEnAttente"] = None
    for message in contenu["messages"]:
        if message.get("correction") and not message["correction"]["dateResolution"]:
            message["correction"]["dateResolution"] = date


def _ajouter_message(fiche: Fiche, email: str, corps: str, date: str) -> Json:
    message: Json = {
        "id": identifiant("Commentaire", f"{fiche.number}-{len(fiche.contenu['messages']) + 1}"),
        "email": email,
        "body": corps,
        "createdAt": date,
        "attachments": [],
        "correction": None,
    }
    fiche.contenu["messages"].append(message)
    return message


def _noter(donnees: Donnees, mutation: str, fiche: Fiche, instructeur: Json, texte: str) -> None:
    date = fiche.contenu["dateDerniereModification"]
    donnees.effets.append(Effet(mutation, fiche.number, instructeur["id"], texte, date))
