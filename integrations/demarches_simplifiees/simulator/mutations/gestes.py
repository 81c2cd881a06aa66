"""What every mutation shares: who acts, what DS refuses to anybody, and the trace that a gesture leaves."""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Any, ParamSpec

from graphql import GraphQLError

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.verite import depot
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees, Effet, Fiche

Entree = Mapping[str, Any]
P = ParamSpec("P")

TERMINES = frozenset({"accepte", "refuse", "sans_suite"})
LECTURE_SEULE = "Le jeton utilisé est configuré seulement en lecture"
PAS_D_ACCES = "L’instructeur n’a pas les droits d’accès à ce dossier"


class Refus(Exception):
    """DS understands the mutation and refuses it: the French sentence goes to `errors` of the payload."""


def payload_de_refus(fonction: Callable[P, Json]) -> Callable[P, Json]:
    """A mutation whose Refus becomes the payload DS gives: everything null but `errors`."""

    @wraps(fonction)
    def repondre(*args: P.args, **kwargs: P.kwargs) -> Json:
        try:
            return {"errors": None, **fonction(*args, **kwargs)}
        except Refus as refus:
            return {"errors": [{"message": str(refus)}]}

    return repondre


def introuvable(genre: str) -> GraphQLError:
    """The root error of an id that is unknown, hidden or malformed."""
    return GraphQLError(f"{genre} not found", extensions={"code": "not_found"})


def fiche_visee(donnees: Donnees, entree: Entree, *, ecriture: bool) -> Fiche:
    """The dossier of `dossierId`. Raises the root error `not_found`, and Refus for a token that may only read."""
    fiche = donnees.par_id(entree["dossierId"])
    if fiche is None:
        raise introuvable("Dossier")
    if not ecriture:
        raise Refus(LECTURE_SEULE)
    return fiche


def acteurs(donnees: Donnees, entree: Entree, *, ecriture: bool) -> tuple[Fiche, Json]:
    """The dossier and the instructeur of a mutation, who must be of the dossier's present group.

    Raises the root error `not_found` for an unknown id, and Refus.
    """
    if donnees.par_id(entree["dossierId"]) is None:
        raise introuvable("Dossier")
    instructeur = _instructeur(donnees, entree["instructeurId"])
    fiche = fiche_visee(donnees, entree, ecriture=ecriture)
    exiger_acces(donnees, fiche, instructeur)
    return fiche, instructeur


def exiger_acces(donnees: Donnees, fiche: Fiche, instructeur: Json) -> None:
    """Raise Refus unless the instructeur is of the dossier's group, as the démarche knows it now."""
    sien = fiche.contenu["groupeInstructeur"]
    groupe = next((un for un in groupes(donnees, fiche) if un["id"] == sien["id"]), sien)
    if instructeur["id"] not in {un["id"] for un in groupe["instructeurs"]}:
        raise Refus(PAS_D_ACCES)


def groupes(donnees: Donnees, fiche: Fiche) -> list[Json]:
    """The groups of the dossier's démarche."""
    siens: list[Json] = donnees.demarches[fiche.demarche]["groupeInstructeurs"]
    return siens


def _instructeur(donnees: Donnees, instructeur_id: str) -> Json:
    membres: Iterable[Json] = (
        membre
        for demarche in donnees.demarches.values()
        for groupe in demarche["groupeInstructeurs"]
        for membre in groupe["instructeurs"]
    )
    trouve = next((un for un in membres if un["id"] == instructeur_id), None)
    if trouve is None:
        raise introuvable("Instructeur")
    return trouve


def ajouter_message(fiche: Fiche, email: str, corps: str, date: str, *, pieces: list[Json] | None = None) -> Json:
    """Add a message to the dossier; the caller has already noted the change."""
    rang = len(fiche.contenu["messages"]) + 1
    message = depot.message(fiche.number, rang, email, corps, date) | {"attachments": pieces or []}
    fiche.contenu["messages"].append(message)
    return message


def ajouter_traitement(fiche: Fiche, evenement: str, date: str, *, email: str | None, motivation: str = "") -> None:
    """Add an event to the dossier's history."""
    connus = fiche.contenu["traitements"]
    connus.append(depot.traitement(fiche.number, len(connus) + 1, evenement, date, email=email, motivation=motivation))


def noter(donnees: Donnees, mutation: str, fiche: Fiche, *, instructeur: str = "", texte: str = "") -> None:
    """Record an applied mutation, once per application; some of them do not date the dossier's change."""
    date = fiche.contenu["dateDerniereModification"]
    donnees.noter(Effet(mutation, fiche.number, instructeur, texte, date))
