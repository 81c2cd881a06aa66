"""The JSON shapes that DS gives to the questions of a form and to their answers."""

import base64
from collections.abc import Callable, Mapping
from typing import Any

from integrations.demarches_simplifiees.francais import date_francaise
from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.demarche.formulaire import Question
from integrations.demarches_simplifiees.simulator.verite.identifiants import identifiant

Forme = Callable[[Question, Any, str], Json]

_TEXTES = {"Textarea", "Email", "Phone", "Formatted", "Iban"}


def descripteur(question: Question) -> Json:
    """The question as DS describes it."""
    decrit: Json = {
        "__typename": f"{question.genre}ChampDescriptor",
        "id": identifiant("Champ", question.numero),
        "label": question.label,
        "description": None,
        "required": question.requis,
        "options": list(question.options),
        "otherOption": question.autre,
        "level": question.niveau,
        "_a_purger": question.purge,
    }
    if question.sous_questions:
        decrit["champDescriptors"] = [descripteur(une) for une in question.sous_questions]
    return decrit


def question(declare: Json) -> Question:
    """The question that a descriptor tells, its own id being the key of its answer."""
    return Question(
        numero=base64.b64decode(declare["id"]).decode().removeprefix("Champ-"),
        genre=declare["__typename"].removesuffix("ChampDescriptor"),
        label=declare["label"],
        cle=declare["id"],
        requis=declare["required"],
        options=tuple(declare.get("options") or ()),
        autre=bool(declare.get("otherOption")),
        purge=bool(declare.get("_a_purger")),
        niveau=declare.get("level"),
        sous_questions=tuple(question(une) for une in declare.get("champDescriptors") or ()),
    )


def champ(question: Question, reponses: Mapping[str, Any], date: str, ligne: str = "") -> Json:
    """The question with its answer as DS gives it; an answer that is absent gives an empty champ."""
    valeur = reponses.get(question.cle)
    stable = identifiant("Champ", question.numero)
    return {
        "__typename": "TextChamp" if question.genre in _TEXTES else f"{question.genre}Champ",
        "id": identifiant("Champ", f"{question.numero}|{ligne}") if ligne else stable,
        "champDescriptorId": stable,
        "label": question.label,
        "updatedAt": date,
        "prefilled": False,
        **({"_a_purger": True} if question.purge else {}),
        **_FORMES.get(question.genre, _simple)(question, valeur, date),
    }


def ligne(question: Question, rang: int, reponses: Mapping[str, Any], date: str) -> Json:
    """A row of a repetition, the first being of `rang` 1."""
    return {
        "id": identifiant("Row", f"{question.numero}-{rang}"),
        "champs": [champ(une, reponses, date, f"L{rang}") for une in question.sous_questions],
    }


def vide(champ: Json) -> bool:
    """Whether DS holds a champ for unanswered: a box that is not ticked is."""
    if champ["__typename"] == "CheckboxChamp":
        return not champ["value"]
    return not any(champ.get(cle) for cle in ("stringValue", "files", "rows", "filled"))


def _simple(_: Question, valeur: Any, __: str) -> Json:
    return {"value": valeur, "stringValue": valeur or ""}


def _case(_: Question, valeur: Any, __: str) -> Json:
    return {"value": bool(valeur), "stringValue": "true" if valeur else "false"}


def _oui_non(_: Question, valeur: Any, __: str) -> Json:
    return {"value": valeur, "stringValue": "" if valeur is None else str(valeur).lower()}


def _date(_: Question, valeur: Any, __: str) -> Json:
    return {"date": valeur, "stringValue": date_francaise(valeur) if valeur else ""}


def _moment(_: Question, valeur: Any, __: str) -> Json:
    return {"datetime": valeur, "stringValue": valeur or ""}


def _nombre(_: Question, valeur: Any, __: str) -> Json:
    return {"value": valeur, "stringValue": "" if valeur is None else str(valeur)}


def _decimal(_: Question, valeur: Any, __: str) -> Json:
    """Kept as a float, which is what DS exposes: the text keeps the cents."""
    return {"value": None if valeur is None else float(valeur), "stringValue": "" if valeur is None else str(valeur)}


def _choix_multiple(_: Question, valeur: Any, __: str) -> Json:
    return {"values": valeur or [], "stringValue": ", ".join(valeur or [])}


def _choix_lies(_: Question, valeur: Any, __: str) -> Json:
    premier, second = valeur or (None, None)
    return {
        "primaryValue": premier,
        "secondaryValue": second,
        "stringValue": f"{premier} / {second}" if premier else "",
    }


def _adresse(_: Question, valeur: Any, __: str) -> Json:
    return {**(valeur or {}), "stringValue": valeur["address"]["label"] if valeur else ""}


def _commune(_: Question, valeur: Any, __: str) -> Json:
    nom = f"{valeur['commune']['name']} ({valeur['commune']['postalCode']})" if valeur else ""
    return {**(valeur or {}), "stringValue": nom}


def _departement(_: Question, valeur: Any, __: str) -> Json:
    return {"departement": valeur, "stringValue": f"{valeur['code']} – {valeur['name']}" if valeur else ""}


def _lieu(cle: str) -> Forme:
    """A champ whose answer has a name and a code, under its own key."""
    return lambda _, valeur, __: {cle: valeur, "stringValue": valeur["name"] if valeur else ""}


def _epci(_: Question, valeur: Any, __: str) -> Json:
    return {**(valeur or {}), "stringValue": valeur["epci"]["name"] if valeur else ""}


def _siret(_: Question, valeur: Any, __: str) -> Json:
    """An establishment that DS has not looked up, or could not, is known by its number alone."""
    if isinstance(valeur, str):
        return {"etablissement": None, "stringValue": valeur}
    return {"etablissement": valeur, "stringValue": valeur["siret"] if valeur else ""}


def _rna(_: Question, valeur: Any, __: str) -> Json:
    return {"rna": valeur, "stringValue": valeur["id"] if valeur else ""}


def _pieces(_: Question, valeur: Any, __: str) -> Json:
    return {"files": valeur or [], "stringValue": None}


def _identite(_: Question, valeur: Any, __: str) -> Json:
    """The document itself is never given, only that there is one."""
    return {"grantType": "piece_justificative", "filled": bool(valeur), "stringValue": None}


def _lien(_: Question, valeur: Any, __: str) -> Json:
    return {"_lien": valeur, "stringValue": str(valeur or "")}


def _repetition(question: Question, valeur: Any, date: str) -> Json:
    lignes = [ligne(question, rang, reponses, date) for rang, reponses in enumerate(valeur or [], 1)]
    return {"rows": lignes, "stringValue": ""}


def _sans_reponse(question: Question, _: Any, __: str) -> Json:
    return {"level": question.niveau, "stringValue": ""}


_FORMES: dict[str, Forme] = {
    "Checkbox": _case,
    "YesNo": _oui_non,
    "Date": _date,
    "Datetime": _moment,
    "IntegerNumber": _nombre,
    "DecimalNumber": _decimal,
    "MultipleDropDownList": _choix_multiple,
    "LinkedDropDownList": _choix_lies,
    "Address": _adresse,
    "Commune": _commune,
    "Departement": _departement,
    "Region": _lieu("region"),
    "Pays": _lieu("pays"),
    "Epci": _epci,
    "Siret": _siret,
    "RNA": _rna,
    "PieceJustificative": _pieces,
    "TitreIdentite": _identite,
    "DossierLink": _lien,
    "Repetition": _repetition,
    "HeaderSection": _sans_reponse,
    "Explication": _sans_reponse,
}
