"""dossierModifierAnnotations: what is right is written, what is not is told, in the same call."""

import datetime as dt
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.demarche import formes
from integrations.demarches_simplifiees.simulator.demarche.formulaire import Question
from integrations.demarches_simplifiees.simulator.demarche.revisions import descripteur_de, revision_de
from integrations.demarches_simplifiees.simulator.mutations.gestes import (
    Entree,
    Refus,
    acteurs,
    noter,
    payload_de_refus,
)
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees, Fiche

GENRES = {
    "text": "Text",
    "textarea": "Textarea",
    "email": "Email",
    "checkbox": "Checkbox",
    "yesNo": "YesNo",
    "date": "Date",
    "datetime": "Datetime",
    "integerNumber": "IntegerNumber",
    "decimalNumber": "DecimalNumber",
    "dropDownList": "DropDownList",
    "multipleDropDownList": "MultipleDropDownList",
    "repetition": "Repetition",
}


@payload_de_refus
def modifier_annotations(donnees: Donnees, entree: Entree, *, ecriture: bool) -> Json:
    """The payload of dossierModifierAnnotations. A repetition's number is one of rows to add, each time it is sent."""
    fiche, instructeur = acteurs(donnees, entree, ecriture=ecriture)
    gestes, erreurs = [], []
    for demandee in entree["annotations"]:
        try:
            gestes.append(_preparer(donnees, fiche, demandee))
        except Refus as refus:
            erreurs.append({"message": str(refus)})
    if not gestes:
        return {"errors": erreurs or None}
    date = donnees.toucher(fiche)
    fiche.contenu["dateDerniereModificationAnnotations"] = date
    ecrites = [ecrire(date) for ecrire in gestes]
    texte = ", ".join(f"{une['label']}\u00a0: {une['stringValue']}" for une in ecrites)
    noter(donnees, "dossierModifierAnnotations", fiche, instructeur=instructeur["id"], texte=texte)
    return {"annotations": ecrites, "errors": erreurs or None}


def _preparer(donnees: Donnees, fiche: Fiche, demandee: Json) -> Callable[[str], Json]:
    """What writes that annotation at a date. Raises Refus for an unknown id, another type than declared, a wrong value."""
    annotation = next((une for une in _toutes(fiche.contenu) if une["id"] == demandee["id"]), None)
    declare = annotation and descripteur_de(revision_de(donnees, fiche), "annotationDescriptors", annotation)
    if not annotation or not declare:
        raise Refus(f"L’annotation « {demandee['id']} » n’existe pas")
    ((cle, valeur),) = demandee["value"].items()
    if declare["__typename"] != f"{GENRES[cle]}ChampDescriptor":
        raise Refus(f"L’annotation « {declare['label']} » n’est pas de type attendu")
    question = formes.question(declare)
    _verifier(question, cle, valeur)
    return partial(_ajouter_lignes if cle == "repetition" else _ecrire, annotation, question, valeur)


def _ecrire(annotation: Json, question: Question, valeur: Any, date: str) -> Json:
    """The annotation keeps its id, which tells its row."""
    annotation |= formes.champ(question, {question.cle: valeur}, date) | {"id": annotation["id"]}
    return annotation


def _ajouter_lignes(annotation: Json, question: Question, combien: int, date: str) -> Json:
    rang = len(annotation["rows"]) + 1
    annotation["rows"] += [formes.ligne(question, rang + un, {}, date) for un in range(combien)]
    return annotation


def _toutes(contenu: Json) -> Iterator[Json]:
    for annotation in contenu["annotations"]:
        yield annotation
        for ligne in annotation.get("rows", ()):
            yield from ligne["champs"]


def _verifier(question: Question, cle: str, valeur: Any) -> None:
    """DS takes dates that exist and choices that are offered."""
    choisis = valeur if isinstance(valeur, list) else [valeur]
    if cle in {"dropDownList", "multipleDropDownList"} and not set(choisis) <= {*question.options, ""}:
        raise Refus(f"{question.label}\u00a0: la valeur n’est pas dans la liste")
    try:
        if cle in {"date", "datetime"} and valeur is not None:
            dt.datetime.fromisoformat(valeur)
    except ValueError as erreur:
        raise Refus(f"{question.label}\u00a0: la date n’est pas valide") from erreur
