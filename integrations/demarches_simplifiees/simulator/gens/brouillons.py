"""Drafts that DS's REST prefill opens: their answers, their life, and their filing by a usager."""

import secrets
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.demarche import formes, saisies
from integrations.demarches_simplifiees.simulator.demarche.formulaire import Question
from integrations.demarches_simplifiees.simulator.verite import depot
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees, Fiche, iso, lire_iso
from integrations.demarches_simplifiees.simulator.verite.identifiants import identifiant

OUVERTES = frozenset({"publiee", "brouillon"})
ORPHELIN = timedelta(days=5)
USAGER = "usager@association.demo.example"


def creer(donnees: Donnees, demarche: int, brutes: Mapping[str, Any]) -> tuple[str, Json]:
    """Open a draft; returns its secret and what it is. Wrong values are dropped in silence, those that are right kept.

    Raises LookupError when the démarche is unknown or closed.
    """
    if demarche not in donnees.demarches or donnees.demarches[demarche]["state"] not in OUVERTES:
        raise LookupError(demarche)
    retenues = saisies.reponses(donnees, saisies.par_id(_questions(donnees, demarche)), brutes)
    gardees = {cle.rstrip("=") for cle in retenues}
    brouillon = {
        "number": donnees.prochain_numero(),
        "demarche": demarche,
        "state": "prefilled",
        "cree": iso(donnees.horloge()),
        "reponses": {cle: une for cle, une in brutes.items() if cle.removeprefix("champ_").rstrip("=") in gardees},
        "identite": {cle: une for cle, une in brutes.items() if cle.startswith("identite_")},
    }
    jeton = secrets.token_urlsafe(18)
    donnees.brouillons[jeton] = brouillon
    return jeton, brouillon


def suivre(donnees: Donnees, demarche: int, jetons: Collection[str]) -> list[tuple[str, Json]]:
    """The drafts of these secrets, filed or not; neither those that were purged nor those whose dossier is hidden."""
    purger(donnees)
    siens = ((jeton, donnees.brouillons[jeton]) for jeton in jetons if jeton in donnees.brouillons)
    return [
        (jeton, un)
        for jeton, un in siens
        if un["demarche"] == demarche and (un["state"] != "depose" or donnees.visible(un["number"]))
    ]


def commencer(donnees: Donnees, jeton: str) -> None:
    """A usager opens the draft, which becomes theirs. Raises KeyError when it was purged or never was."""
    purger(donnees)
    if donnees.brouillons[jeton]["state"] == "prefilled":
        donnees.brouillons[jeton]["state"] = "brouillon"


def deposer(
    donnees: Donnees,
    jeton: str,
    *,
    courriel: str = USAGER,
    siret: str = "",
    complements: Mapping[str, Any] | None = None,
) -> Fiche:
    """The usager completes the draft and files it: it then shows in GraphQL, its prefilled champs marked so.

    `siret` is the one given when opening the form, else that of the prefilled SIRET champ, else a person files it.
    `complements` are further answers, as prefill takes them. Raises KeyError for a draft purged or already filed.
    """
    with donnees.verrou:
        commencer(donnees, jeton)
        brouillon = donnees.brouillons[jeton]
        if brouillon["state"] == "depose":
            raise KeyError(jeton)
        brouillon["state"] = "depose"
        fiche = donnees.ajouter(_depose(donnees, brouillon, courriel, siret, complements or {}), brouillon["demarche"])
        donnees.toucher(fiche)
        donnees.signaler("dossier_depose", fiche.number)
    return fiche


def purger(donnees: Donnees) -> None:
    """Forget the drafts that nobody opened for five days."""
    limite = donnees.horloge() - ORPHELIN
    for jeton, brouillon in list(donnees.brouillons.items()):
        if brouillon["state"] == "prefilled" and lire_iso(brouillon["cree"]) < limite:
            del donnees.brouillons[jeton]


def _questions(donnees: Donnees, demarche: int) -> tuple[Question, ...]:
    revision = donnees.demarches[demarche]["activeRevision"]
    return tuple(formes.question(une) for une in revision["champDescriptors"])


def _depose(donnees: Donnees, brouillon: Json, courriel: str, siret: str, complements: Mapping[str, Any]) -> Json:
    """The dossier that the draft becomes, under the form in force."""
    demarche, date = donnees.demarches[brouillon["demarche"]], iso(donnees.horloge())
    revision, questions = demarche["activeRevision"], _questions(donnees, brouillon["demarche"])
    preremplies = saisies.reponses(donnees, saisies.par_id(questions), brouillon["reponses"])
    toutes = preremplies | saisies.reponses(donnees, saisies.par_id(questions), complements)
    neuf = depot.dossier(
        brouillon["number"],
        date,
        courriel=courriel,
        groupe=next(un for un in demarche["groupeInstructeurs"] if not un["closed"]),
        demandeur=_demandeur(donnees, brouillon, siret or _siret_saisi(questions, toutes), courriel),
    )
    champs = [formes.champ(une, toutes, date) | {"prefilled": une.cle in preremplies} for une in questions]
    annotations = [formes.champ(formes.question(une), {}, date) for une in revision["annotationDescriptors"]]
    return neuf | {"prefilled": True, "_revision": revision["id"], "champs": champs, "annotations": annotations}


def _siret_saisi(questions: tuple[Question, ...], reponses: Json) -> str:
    saisis = (reponses[une.cle]["siret"] for une in questions if une.genre == "Siret" and une.cle in reponses)
    return next(saisis, "")


def _demandeur(donnees: Donnees, brouillon: Json, siret: str, courriel: str) -> Json:
    if siret:
        return saisies.etablissement(donnees, siret, courriel)
    identite = brouillon["identite"]
    return {
        "__typename": "PersonnePhysique",
        "id": identifiant("Individual", brouillon["number"]),
        "civilite": saisies.CIVILITES.get(identite.get("identite_genre", "")),
        "nom": identite.get("identite_nom", "Demo"),
        "prenom": identite.get("identite_prenom", "Camille"),
        "email": courriel,
    }
