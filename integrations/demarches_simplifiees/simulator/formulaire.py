"""The form of the simulated démarche: its questions as data, and the JSON shapes DS gives to them and their answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from integrations.demarches_simplifiees.lecture import date_francaise
from integrations.demarches_simplifiees.simulator import lexique
from integrations.demarches_simplifiees.simulator.identifiants import identifiant

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """A champ descriptor: `genre` is DS's type without its suffix, `cle` finds its answer."""

    numero: int
    genre: str
    label: str
    cle: str = ""
    requis: bool = False
    options: tuple[str, ...] = ()
    niveau: int | None = None
    sous_questions: "tuple[Question, ...]" = ()


def _budget(numero: int) -> tuple[Question, ...]:
    return (
        Question(numero, "DropDownList", "Poste", "poste", requis=True),
        Question(numero + 1, "Text", "Nature", "nature"),
        Question(numero + 2, "DecimalNumber", "Montant (en euros)", "montant", requis=True),
    )


QUESTIONS = (
    Question(101, "HeaderSection", "Votre association", niveau=1),
    Question(102, "RNA", "Numéro RNA de l’association", "rna"),
    Question(103, "Siret", "Numéro SIRET de l’association", "siret", requis=True),
    Question(104, "Text", "Nom de l’association", "nom", requis=True),
    Question(105, "Text", "Sigle", "sigle"),
    Question(106, "Address", "Adresse du siège", "adresse", requis=True),
    Question(107, "Email", "Adresse électronique de l’association", "courriel", requis=True),
    Question(108, "Phone", "Téléphone", "telephone"),
    Question(109, "IntegerNumber", "Nombre d’adhérents", "adherents"),
    Question(110, "IntegerNumber", "Nombre de bénévoles", "benevoles"),
    Question(111, "DecimalNumber", "Nombre de salariés en équivalent temps plein", "salaries"),
    Question(
        112, "DropDownList", "Secteur d’activité", "secteur", options=tuple(un.secteur for un in lexique.DOMAINES)
    ),
    Question(113, "YesNo", "L’association est-elle affiliée à une fédération ?", "federation"),
    Question(121, "HeaderSection", "Représentant légal", niveau=1),
    Question(122, "Civilite", "Civilité du représentant légal", "civilite"),
    Question(123, "Text", "Nom du représentant légal", "nom_representant", requis=True),
    Question(124, "Text", "Prénom du représentant légal", "prenom_representant", requis=True),
    Question(125, "DropDownList", "Fonction du représentant légal", "fonction", options=lexique.FONCTIONS),
    Question(131, "HeaderSection", "Contrat d’engagement républicain", niveau=1),
    Question(132, "Explication", "Ce que le contrat d’engagement républicain vous demande"),
    Question(133, "Checkbox", "L’association a souscrit au contrat d’engagement républicain", "cer", requis=True),
    Question(134, "Date", "Date de souscription du contrat d’engagement républicain", "date_cer"),
    Question(141, "HeaderSection", "Votre projet", niveau=1),
    Question(142, "Text", "Intitulé du projet", "intitule", requis=True),
    Question(143, "Textarea", "Description du projet", "description", requis=True),
    Question(144, "MultipleDropDownList", "Publics visés", "publics", options=lexique.PUBLICS),
    Question(145, "Commune", "Commune principale de réalisation", "commune"),
    Question(146, "Departement", "Département de réalisation", "departement"),
    Question(147, "Date", "Date de début du projet", "date_debut", requis=True),
    Question(148, "Date", "Date de fin du projet", "date_fin", requis=True),
    Question(149, "LinkedDropDownList", "Thématique et type d’action", "thematique"),
    Question(151, "HeaderSection", "Budget du projet", niveau=1),
    Question(152, "Repetition", "Charges prévisionnelles", "charges", sous_questions=_budget(153)),
    Question(156, "Repetition", "Produits prévisionnels", "produits", sous_questions=_budget(157)),
    Question(160, "DecimalNumber", "Total du budget (en euros)", "total", requis=True),
    Question(161, "DecimalNumber", "Montant de la subvention demandée (en euros)", "montant_demande", requis=True),
    Question(162, "YesNo", "Est-ce votre première demande ?", "premiere_demande"),
    Question(163, "DossierLink", "Dossier de votre précédente demande", "precedent"),
    Question(171, "HeaderSection", "Pièces justificatives", niveau=1),
    Question(172, "PieceJustificative", "Statuts de l’association", "statuts", requis=True),
    Question(173, "PieceJustificative", "Relevé d’identité bancaire", "rib", requis=True),
    Question(174, "PieceJustificative", "Comptes annuels et affiche du projet", "comptes"),
    Question(175, "Textarea", "Commentaire", "commentaire"),
    Question(176, "Checkbox", "J’atteste sur l’honneur l’exactitude des informations", "honneur", requis=True),
)

ANNOTATIONS = (
    Question(201, "HeaderSection", "Instruction", niveau=1),
    Question(202, "Textarea", "Analyse du service", "analyse"),
    Question(203, "DropDownList", "Priorité", "priorite", options=("Haute", "Moyenne", "Basse")),
    Question(204, "DecimalNumber", "Montant proposé (en euros)", "montant_propose"),
    Question(205, "Date", "Date de la commission", "date_commission"),
    Question(206, "Checkbox", "Dossier complet", "complet"),
)

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
        "otherOption": False,
        "level": question.niveau,
    }
    if question.sous_questions:
        decrit["champDescriptors"] = [descripteur(une) for une in question.sous_questions]
    return decrit


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
        **_FORMES.get(question.genre, _simple)(question, valeur, date),
    }


def _simple(_: Question, valeur: Any, __: str) -> Json:
    return {"value": valeur, "stringValue": valeur or ""}


def _case(_: Question, valeur: Any, __: str) -> Json:
    return {"value": bool(valeur), "stringValue": "true" if valeur else "false"}


def _oui_non(_: Question, valeur: Any, __: str) -> Json:
    return {"value": valeur, "stringValue": "" if valeur is None else str(valeur).lower()}


def _date(_: Question, valeur: Any, __: str) -> Json:
    return {"date": valeur, "stringValue": date_francaise(valeur) if valeur else ""}


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


def _siret(_: Question, valeur: Any, __: str) -> Json:
    return {"etablissement": valeur, "stringValue": valeur["siret"] if valeur else ""}


def _rna(_: Question, valeur: Any, __: str) -> Json:
    return {"rna": valeur, "stringValue": valeur["id"] if valeur else ""}


def _pieces(_: Question, valeur: Any, __: str) -> Json:
    return {"files": valeur or [], "stringValue": None}


def _lien(_: Question, valeur: Any, __: str) -> Json:
    return {"_lien": valeur, "stringValue": str(valeur or "")}


def _repetition(question: Question, valeur: Any, date: str) -> Json:
    lignes = [
        {
            "id": identifiant("Row", f"{question.numero}-{rang}"),
            "champs": [champ(une, ligne, date, f"L{rang}") for une in question.sous_questions],
        }
        for rang, ligne in enumerate(valeur or [], 1)
    ]
    return {"rows": lignes, "stringValue": ""}


def _sans_reponse(question: Question, _: Any, __: str) -> Json:
    return {"level": question.niveau, "stringValue": ""}


_FORMES: dict[str, Callable[[Question, Any, str], Json]] = {
    "Checkbox": _case,
    "YesNo": _oui_non,
    "Date": _date,
    "IntegerNumber": _nombre,
    "DecimalNumber": _decimal,
    "MultipleDropDownList": _choix_multiple,
    "LinkedDropDownList": _choix_lies,
    "Address": _adresse,
    "Commune": _commune,
    "Departement": _departement,
    "Siret": _siret,
    "RNA": _rna,
    "PieceJustificative": _pieces,
    "DossierLink": _lien,
    "Repetition": _repetition,
    "HeaderSection": _sans_reponse,
    "Explication": _sans_reponse,
}
