"""The whole truth as JSON, to compare a mirror of the dossiers with."""

from collections.abc import Iterable

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees, Fiche


def relever(donnees: Donnees) -> list[Json]:
    """What a faithful mirror of the dossiers holds, in the order of their numbers. `donnees.verrou` is held."""
    return [_relever(donnees, fiche) for _, fiche in sorted(donnees.dossiers.items())]


def _relever(donnees: Donnees, fiche: Fiche) -> Json:
    contenu = fiche.contenu
    return {
        "number": fiche.number,
        "demarche": fiche.demarche,
        "visibilite": _visibilite(donnees, fiche.number),
        "state": contenu["state"],
        "motivation": contenu.get("motivation"),
        "archived": contenu["archived"],
        "groupe": contenu["groupeInstructeur"]["number"],
        "date_derniere_modification": contenu["dateDerniereModification"],
        "champs": _valeurs(contenu["champs"]),
        "annotations": _valeurs(contenu["annotations"]),
        "messages": [
            {cle: un.get(cle) for cle in ("id", "email", "body", "discardedAt")} for un in contenu["messages"]
        ],
        "labels": [un["name"] for un in contenu["labels"]],
        "avis": [{cle: un.get(cle) for cle in ("id", "question", "reponse")} for un in contenu["avis"]],
        "traitements": [un["event"] for un in contenu["traitements"]],
        "instructeurs": [un["email"] for un in contenu["instructeurs"]],
    }


def _visibilite(donnees: Donnees, number: int) -> str:
    if number in donnees.supprimes:
        return "supprime"
    if number in donnees.expires:
        return "indisponible"
    return "corbeille" if number in donnees.corbeille else "visible"


def _valeurs(champs: Iterable[Json]) -> list[Json]:
    """Each champ by its id and what it says; the rows of a repetition, each as such a list."""
    return [
        {
            "id": un["champDescriptorId"],
            "label": un["label"],
            "valeur": un.get("stringValue"),
            "fichiers": [fichier["filename"] for fichier in un.get("files") or ()],
            "lignes": [_valeurs(ligne["champs"]) for ligne in un.get("rows") or ()],
        }
        for un in champs
    ]
