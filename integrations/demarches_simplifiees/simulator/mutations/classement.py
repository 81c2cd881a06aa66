"""Where a dossier stands among the others: archived, followed, labelled, in which group."""

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.mutations.gestes import (
    TERMINES,
    Entree,
    Refus,
    acteurs,
    fiche_visee,
    groupes,
    introuvable,
    noter,
    payload_de_refus,
)
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees, Fiche

PAS_TERMINE = "Un dossier ne peut être déplacé dans « à archiver » qu’une fois le traitement terminé"
PAS_ARCHIVE = "Le dossier n’est pas archivé"
LABEL_PRESENT = "Ce label est déjà associé au dossier"
LABEL_ABSENT = "Ce label n’est pas associé au dossier"
MEME_GROUPE = "Le dossier est déjà avec le groupe instructeur"


@payload_de_refus
def archiver(donnees: Donnees, entree: Entree, *, ecriture: bool) -> Json:
    """The payload of dossierArchiver: only a decided dossier."""
    fiche, instructeur = acteurs(donnees, entree, ecriture=ecriture)
    if fiche.contenu["state"] not in TERMINES:
        raise Refus(PAS_TERMINE)
    return _archiver(donnees, "dossierArchiver", fiche, instructeur, archive=True)


@payload_de_refus
def desarchiver(donnees: Donnees, entree: Entree, *, ecriture: bool) -> Json:
    """The payload of dossierDesarchiver."""
    fiche, instructeur = acteurs(donnees, entree, ecriture=ecriture)
    if not fiche.contenu["archived"]:
        raise Refus(PAS_ARCHIVE)
    return _archiver(donnees, "dossierDesarchiver", fiche, instructeur, archive=False)


def _archiver(donnees: Donnees, mutation: str, fiche: Fiche, instructeur: Json, *, archive: bool) -> Json:
    fiche.contenu["archived"] = archive
    donnees.toucher(fiche)
    noter(donnees, mutation, fiche, instructeur=instructeur["id"])
    return {"dossier": fiche.contenu}


@payload_de_refus
def basculer_suivi(donnees: Donnees, entree: Entree, *, ecriture: bool) -> Json:
    """The payload of dossierBasculeSuivi; to follow twice changes nothing more."""
    fiche, instructeur = acteurs(donnees, entree, ecriture=ecriture)
    suiveurs = fiche.contenu["instructeurs"]
    deja = instructeur["id"] in {un["id"] for un in suiveurs}
    if deja != entree["follow"]:
        autres = [un for un in suiveurs if un["id"] != instructeur["id"]]
        fiche.contenu["instructeurs"] = [*autres, instructeur] if entree["follow"] else autres
        donnees.toucher(fiche)
    noter(donnees, "dossierBasculeSuivi", fiche, instructeur=instructeur["id"], texte=str(entree["follow"]).lower())
    return {"dossier": fiche.contenu, "instructeur": instructeur}


@payload_de_refus
def changer_de_groupe(donnees: Donnees, entree: Entree, *, ecriture: bool) -> Json:
    """The payload of dossierChangerGroupeInstructeur: those who are not of the new group no longer follow."""
    fiche = fiche_visee(donnees, entree, ecriture=ecriture)
    groupe = next((un for un in groupes(donnees, fiche) if un["id"] == entree["groupeInstructeurId"]), None)
    if groupe is None:
        raise introuvable("GroupeInstructeur")
    if groupe["id"] == fiche.contenu["groupeInstructeur"]["id"]:
        raise Refus(f"{MEME_GROUPE}\u00a0: « {groupe['label']} »")
    membres = {un["id"] for un in groupe["instructeurs"]}
    fiche.contenu["groupeInstructeur"] = groupe
    fiche.contenu["instructeurs"] = [un for un in fiche.contenu["instructeurs"] if un["id"] in membres]
    donnees.toucher(fiche)
    noter(donnees, "dossierChangerGroupeInstructeur", fiche, texte=groupe["label"])
    return {"dossier": fiche.contenu}


@payload_de_refus
def ajouter_label(donnees: Donnees, entree: Entree, *, ecriture: bool) -> Json:
    """The payload of dossierAjouterLabel, which does not date the dossier's change."""
    fiche, label = _label_vise(donnees, entree, ecriture=ecriture)
    if label["id"] in {un["id"] for un in fiche.contenu["labels"]}:
        raise Refus(LABEL_PRESENT)
    fiche.contenu["labels"].append(label)
    return _etiqueter(donnees, "dossierAjouterLabel", fiche, label)


@payload_de_refus
def supprimer_label(donnees: Donnees, entree: Entree, *, ecriture: bool) -> Json:
    """The payload of dossierSupprimerLabel, which does not date the dossier's change."""
    fiche, label = _label_vise(donnees, entree, ecriture=ecriture)
    restants = [un for un in fiche.contenu["labels"] if un["id"] != label["id"]]
    if len(restants) == len(fiche.contenu["labels"]):
        raise Refus(LABEL_ABSENT)
    fiche.contenu["labels"] = restants
    return _etiqueter(donnees, "dossierSupprimerLabel", fiche, label)


def _label_vise(donnees: Donnees, entree: Entree, *, ecriture: bool) -> tuple[Fiche, Json]:
    fiche = fiche_visee(donnees, entree, ecriture=ecriture)
    labels = donnees.demarches[fiche.demarche]["labels"]
    label = next((un for un in labels if un["id"] == entree["labelId"]), None)
    if label is None:
        raise introuvable("Label")
    return fiche, label


def _etiqueter(donnees: Donnees, mutation: str, fiche: Fiche, label: Json) -> Json:
    donnees.marquer(fiche)
    noter(donnees, mutation, fiche, texte=label["name"])
    return {"dossier": fiche.contenu, "label": label}
