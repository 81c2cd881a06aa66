"""What usagers and experts do, for whom DS has no mutation: file, answer, write, give an avis. The truth's lock is held."""

from copy import deepcopy
from datetime import timedelta
from random import Random

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.mutations.gestes import ajouter_message
from integrations.demarches_simplifiees.simulator.verite import depot
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees, Fiche, iso
from integrations.demarches_simplifiees.simulator.verite.identifiants import identifiant

SANS_RETARD = timedelta()


def deposer(donnees: Donnees, modele: Fiche, *, retard: timedelta = SANS_RETARD) -> Fiche:
    """File a dossier that answers as `modele` does; it is en_construction, and nobody has looked at it yet.

    With `retard` it was filed that long ago and only shows now.
    """
    number, date, reponses = donnees.prochain_numero(), iso(donnees.horloge() - retard), deepcopy(modele.contenu)
    neuf = depot.dossier(
        number,
        date,
        courriel=reponses["usager"]["email"],
        groupe=reponses["groupeInstructeur"],
        demandeur=reponses["demandeur"],
    )
    gardees: Json = {cle: reponses[cle] for cle in ("champs", "annotations", "_revision") if cle in reponses}
    fiche = donnees.ajouter_tardivement({**neuf, **gardees}, modele.demarche, retard)
    donnees.signaler("dossier_depose", number)
    return fiche


def ecrire(donnees: Donnees, fiche: Fiche, corps: str, *, retard: timedelta = SANS_RETARD) -> None:
    """A message from the usager."""
    date = donnees.toucher(fiche, retard=retard)
    ajouter_message(fiche, fiche.contenu["usager"]["email"], corps, date)
    donnees.signaler("message_cree", fiche.number)


def repondre(donnees: Donnees, fiche: Fiche, texte: str, tirage: Random) -> bool:
    """Answer one of the text questions anew; False when the form has none."""
    textes = [un for un in fiche.contenu["champs"] if un["__typename"] == "TextChamp"]
    if not textes:
        return False
    champ, date = tirage.choice(textes), donnees.toucher(fiche)
    champ.update(value=texte, stringValue=texte, updatedAt=date)
    fiche.contenu["dateDerniereModificationChamps"] = date
    donnees.signaler("dossier_modifie", fiche.number)
    return True


def demander_avis(donnees: Donnees, fiche: Fiche, question: str, claimant: Json) -> None:
    """Ask an expert. DS dates the answer that is not there: `dateReponse` is then the date of the question."""
    date = donnees.toucher(fiche)
    fiche.contenu["avis"].append({
        "id": identifiant("Avis", f"{fiche.number}-{len(fiche.contenu['avis']) + 1}"),
        "question": question,
        "reponse": None,
        "questionLabel": None,
        "questionAnswer": None,
        "dateQuestion": date,
        "dateReponse": date,
        "claimant": claimant,
        "expert": {"id": identifiant("Expert", 1), "email": "expert.jeunesse@region.demo.example"},
        "attachments": [],
    })  # fmt: skip
    donnees.signaler("avis_cree", fiche.number)


def rendre_avis(donnees: Donnees, fiche: Fiche, reponse: str) -> bool:
    """Answer the first avis that waits; False when none does."""
    attendu = next((un for un in fiche.contenu["avis"] if un["reponse"] is None), None)
    if attendu is None:
        return False
    attendu.update(reponse=reponse, dateReponse=donnees.toucher(fiche))
    donnees.signaler("avis_repondu", fiche.number)
    return True
