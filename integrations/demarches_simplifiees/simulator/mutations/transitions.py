"""The changes of state: from which one, with which French refusal, and what they change beside it."""

from dataclasses import dataclass

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.demarche.revisions import annotation_manquante
from integrations.demarches_simplifiees.simulator.mutations import televersements
from integrations.demarches_simplifiees.simulator.mutations.echeances import ATTESTES, prevoir_attestation
from integrations.demarches_simplifiees.simulator.mutations.gestes import (
    TERMINES,
    Entree,
    Refus,
    acteurs,
    ajouter_message,
    ajouter_traitement,
    noter,
    payload_de_refus,
)
from integrations.demarches_simplifiees.simulator.mutations.messagerie import resoudre_corrections
from integrations.demarches_simplifiees.simulator.verite.depot import CONTACT, expiration
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees, Fiche

LIBELLES = {
    "en_construction": "en construction",
    "en_instruction": "en instruction",
    "accepte": "accepté",
    "refuse": "refusé",
    "sans_suite": "classé sans suite",
}
MOTIVATION_VIDE = "La motivation doit être remplie"
CORRECTION_ATTENDUE = "Le dossier est en attente de correction"
USAGER_PARTI = "Le compte de l’usager a été supprimé : le dossier ne peut plus repasser en instruction"


class TransitionImpossible(Exception):
    """DS lets this one escape: whoever asks for it gets an HTTP 500, not a refusal."""


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


@payload_de_refus
def changer_d_etat(donnees: Donnees, mutation: str, entree: Entree, *, ecriture: bool) -> Json:
    """The payload of a state mutation, applied or refused. An unknown dossier or instructeur is a root error.

    Raises TransitionImpossible for repasserEnConstruction in a démarche whose answer is automatic (SVA, SVR).
    """
    transition = TRANSITIONS[mutation]
    fiche, instructeur = acteurs(donnees, entree, ecriture=ecriture)
    motivation = (entree.get("motivation") or "").strip()
    _verifier(donnees, fiche, transition, motivation)
    pieces = televersements.joindre(donnees, fiche, entree.get("justificatif"))
    date = donnees.toucher(fiche)
    fiche.contenu.update(state=transition.vers, dateExpiration=expiration(transition.vers, date))
    if transition.evenement == "passe_en_instruction":
        _prendre_en_charge(fiche, instructeur, date)
    elif transition.evenement == "repasse_en_instruction":
        _revenir_sur_la_decision(fiche)
    elif transition.decision:
        _decider(donnees, fiche, date, motivation, pieces)
    ajouter_traitement(fiche, transition.evenement, date, email=instructeur["email"], motivation=motivation)
    ajouter_message(fiche, CONTACT, _annonce(fiche, transition), date)
    noter(donnees, mutation, fiche, instructeur=instructeur["id"], texte=motivation)
    return {"dossier": fiche.contenu}


def _verifier(donnees: Donnees, fiche: Fiche, transition: Transition, motivation: str) -> None:
    """DS says « déjà en instruction » too of a SIRET it could not look up and of annotations left empty: misleading as it is."""
    contenu, demarche = fiche.contenu, donnees.demarches[fiche.demarche]
    degrade = contenu["demandeur"]["__typename"] == "PersonneMoraleIncomplete"
    bloquee = transition.decision and (degrade or annotation_manquante(donnees, fiche))
    if contenu["state"] not in transition.depuis or bloquee:
        raise Refus(f"Le dossier est déjà {LIBELLES[contenu['state']]}")
    if transition.motivation_requise and not motivation:
        raise Refus(MOTIVATION_VIDE)
    if transition.vers == "en_construction" and demarche.get("_sva_svr"):
        raise TransitionImpossible
    if transition.evenement == "repasse_en_instruction" and contenu["connectionUsager"] == "deleted":
        raise Refus(USAGER_PARTI)
    attendue = transition.evenement == "passe_en_instruction" and contenu.get("dateDerniereCorrectionEnAttente")
    if attendue and demarche.get("_correction_bloquante"):
        raise Refus(CORRECTION_ATTENDUE)


def _prendre_en_charge(fiche: Fiche, instructeur: Json, date: str) -> None:
    fiche.contenu["datePassageEnInstruction"] = date
    if instructeur["id"] not in {un["id"] for un in fiche.contenu["instructeurs"]}:
        fiche.contenu["instructeurs"].append(instructeur)
    resoudre_corrections(fiche, date)


def _revenir_sur_la_decision(fiche: Fiche) -> None:
    fiche.contenu.update(
        motivation=None, motivationAttachment=None, dateTraitement=None, attestation=None, archived=False
    )


def _decider(donnees: Donnees, fiche: Fiche, date: str, motivation: str, pieces: list[Json]) -> None:
    """DS then wipes the identity documents and the files of champs that are to be purged."""
    fiche.contenu.update(
        motivation=motivation or None, motivationAttachment=pieces[0] if pieces else None, dateTraitement=date
    )
    for champ in fiche.contenu["champs"]:
        if champ["__typename"] == "TitreIdentiteChamp":
            champ["filled"] = False
        elif champ.get("_a_purger"):
            champ["files"] = []
    if fiche.contenu["state"] in ATTESTES:
        prevoir_attestation(donnees, fiche)


def _annonce(fiche: Fiche, transition: Transition) -> str:
    return f"<p>Bonjour,</p><p>Votre dossier nº\u00a0{fiche.number} <strong>{transition.annonce}</strong>.</p>"
