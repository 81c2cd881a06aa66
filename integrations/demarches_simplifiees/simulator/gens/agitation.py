"""People at work on the dossiers: one random, realistic change at a time, through the mutations where one exists."""

from collections.abc import Callable, Collection
from dataclasses import replace
from random import Random

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.gens import usagers
from integrations.demarches_simplifiees.simulator.mutations.catalogue import appliquer
from integrations.demarches_simplifiees.simulator.mutations.gestes import TERMINES, groupes
from integrations.demarches_simplifiees.simulator.mutations.transitions import TransitionImpossible
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees, Fiche

_MOTS = ("budget", "statuts", "calendrier", "bénévoles", "salle", "affiche", "partenaires", "rapport")
_ESSAIS = 30


def agiter(donnees: Donnees, tirage: Random, *, sauf: Collection[int] = ()) -> str:
    """Do one change, drawn with the dossier it suits (none of `sauf`); returns its name, empty when nothing changed."""
    with donnees.verrou:
        for _ in range(_ESSAIS):
            nom = tirage.choices(tuple(_GESTES), _POIDS)[0]
            fiche = choisir(donnees, tirage, sauf=sauf)
            if fiche is None:
                return nom if nom == "restaurer" and _restaurer(donnees, tirage) else ""
            if _GESTES[nom](donnees, fiche, tirage):
                return nom
    return ""


def choisir(donnees: Donnees, tirage: Random, *, sauf: Collection[int] = ()) -> Fiche | None:
    """A dossier that DS shows; None when there is none."""
    numeros = list(donnees.dossiers)
    caches = {*donnees.caches(), *sauf}
    if caches.issuperset(numeros):
        return None
    while (number := tirage.choice(numeros)) in caches:
        continue
    return donnees.dossiers[number]


def phrase(tirage: Random) -> str:
    """A few words that are unlikely to be said twice."""
    return f"Précision sur {tirage.choice(_MOTS)} et {tirage.choice(_MOTS)} ({tirage.randrange(10**9):09})."


def _muter(donnees: Donnees, fiche: Fiche, mutation: str, **entree: object) -> bool:
    """Apply a mutation as an instructeur of the dossier's group does; False when DS refuses it."""
    membres = _membres(donnees, fiche)
    if not membres:
        return False
    acteur = {"dossierId": fiche.contenu["id"], "instructeurId": membres[0]["id"]}
    avant = len(donnees.effets)
    try:
        charge = appliquer(donnees, mutation, {**acteur, **entree})
    except TransitionImpossible:
        return False
    donnees.effets[avant:] = [replace(un, origine="agitation") for un in donnees.effets[avant:]]
    return not charge.get("errors")


def _membres(donnees: Donnees, fiche: Fiche) -> list[Json]:
    sien = fiche.contenu["groupeInstructeur"]["id"]
    return next((list(un["instructeurs"]) for un in groupes(donnees, fiche) if un["id"] == sien), [])


def _deposer(donnees: Donnees, fiche: Fiche, _: Random) -> bool:
    usagers.deposer(donnees, fiche)
    return True


def _repondre(donnees: Donnees, fiche: Fiche, tirage: Random) -> bool:
    return fiche.contenu["state"] not in TERMINES and usagers.repondre(donnees, fiche, phrase(tirage), tirage)


def _ecrire(donnees: Donnees, fiche: Fiche, tirage: Random) -> bool:
    usagers.ecrire(donnees, fiche, phrase(tirage))
    return True


def _message(donnees: Donnees, fiche: Fiche, tirage: Random) -> bool:
    return _muter(donnees, fiche, "dossierEnvoyerMessage", body=phrase(tirage))


def _correction(donnees: Donnees, fiche: Fiche, tirage: Random) -> bool:
    if fiche.contenu["state"] in TERMINES or fiche.contenu.get("dateDerniereCorrectionEnAttente"):
        return False
    return _muter(donnees, fiche, "dossierEnvoyerMessage", body=phrase(tirage), correction="incomplete")


def _avis(donnees: Donnees, fiche: Fiche, tirage: Random) -> bool:
    if usagers.rendre_avis(donnees, fiche, phrase(tirage)):
        return True
    membres = _membres(donnees, fiche)
    if membres and fiche.contenu["state"] == "en_instruction":
        usagers.demander_avis(donnees, fiche, phrase(tirage), membres[0])
        return True
    return False


def _etiqueter(donnees: Donnees, fiche: Fiche, tirage: Random) -> bool:
    labels = donnees.demarches[fiche.demarche].get("labels") or []
    return bool(labels) and _muter(donnees, fiche, "dossierAjouterLabel", labelId=tirage.choice(labels)["id"])


def _changer_de_groupe(donnees: Donnees, fiche: Fiche, tirage: Random) -> bool:
    cible = tirage.choice(groupes(donnees, fiche))
    if cible["id"] == fiche.contenu["groupeInstructeur"]["id"]:
        return False
    return _muter(donnees, fiche, "dossierChangerGroupeInstructeur", groupeInstructeurId=cible["id"])


def _changer_d_etat(donnees: Donnees, fiche: Fiche, tirage: Random) -> bool:
    mutation = tirage.choice(_SUITES.get(fiche.contenu["state"], _REPRISE))
    return _muter(donnees, fiche, mutation, motivation=phrase(tirage), disableNotification=True)


def _annoter(donnees: Donnees, fiche: Fiche, tirage: Random) -> bool:
    textes = [une for une in fiche.contenu["annotations"] if une["__typename"] == "TextChamp"]
    if not textes:
        return False
    ecrite = {"id": tirage.choice(textes)["id"], "value": {"textarea": phrase(tirage)}}
    return _muter(donnees, fiche, "dossierModifierAnnotations", annotations=[ecrite])


def _jeter(donnees: Donnees, fiche: Fiche, _: Random) -> bool:
    donnees.mettre_a_la_corbeille(fiche.number)
    return True


def _supprimer(donnees: Donnees, fiche: Fiche, _: Random) -> bool:
    donnees.supprimer(fiche.number)
    return True


def _restaurer(donnees: Donnees, tirage: Random) -> bool:
    if not donnees.corbeille:
        return False
    donnees.restaurer(tirage.choice(sorted(donnees.corbeille)))
    return True


_REPRISE = ("dossierRepasserEnInstruction",)
_SUITES = {
    "en_construction": ("dossierPasserEnInstruction",),
    "en_instruction": (
        "dossierAccepter",
        "dossierRefuser",
        "dossierClasserSansSuite",
        "dossierRepasserEnConstruction",
    ),
}
_GESTES: dict[str, Callable[[Donnees, Fiche, Random], bool]] = {
    "deposer": _deposer,
    "repondre": _repondre,
    "ecrire": _ecrire,
    "message": _message,
    "correction": _correction,
    "avis": _avis,
    "etiqueter": _etiqueter,
    "changer_de_groupe": _changer_de_groupe,
    "changer_d_etat": _changer_d_etat,
    "annoter": _annoter,
    "jeter": _jeter,
    "restaurer": lambda donnees, _, tirage: _restaurer(donnees, tirage),
    "supprimer": _supprimer,
}
# out of a hundred: what people do most often, most often
_POIDS = (6, 24, 12, 8, 3, 8, 6, 4, 14, 10, 2, 2, 1)
