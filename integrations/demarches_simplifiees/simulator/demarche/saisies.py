"""The values that DS's REST prefill accepts, type by type; what is not right raises ValueError, and is dropped in silence."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from random import Random
from typing import Any

from integrations.demarches_simplifiees.noeuds import Json
from integrations.demarches_simplifiees.simulator.demarche import association, lexique
from integrations.demarches_simplifiees.simulator.demarche.formulaire import Question
from integrations.demarches_simplifiees.simulator.verite.donnees import Donnees
from integrations.demarches_simplifiees.simulator.verite.identifiants import siret_valide

Lecteur = Callable[[Donnees, Question, Any], Any]
PAYS = {"FR": "France", "BE": "Belgique", "DE": "Allemagne", "ES": "Espagne", "IT": "Italie"}
CIVILITES = {"M.": "M", "Mme": "Mme"}
_OUI_NON = {"true": True, "false": False}


def lire(donnees: Donnees, question: Question, brut: Any) -> Any:
    """The answer that `formes.champ` takes for `brut`. Raises ValueError for a wrong value or a type DS does not prefill.

    Places are those of the simulator's own words (`lexique.LIEUX`): it asks no other referential.
    """
    lecteur = _LECTEURS.get(question.genre)
    if lecteur is None:
        raise ValueError(question.genre)
    return lecteur(donnees, question, brut)


def reponses(donnees: Donnees, questions: Mapping[str, Question], brutes: Mapping[str, Any]) -> Json:
    """The right answers among `{"champ_<id>": value}`, by id; `questions` are keyed by id."""
    retenues: Json = {}
    for cle, brut in brutes.items():
        question = questions.get(cle.removeprefix("champ_").rstrip("=")) if cle.startswith("champ_") else None
        try:
            retenues |= {question.cle: lire(donnees, question, brut)} if question else {}
        except (ValueError, TypeError, LookupError, InvalidOperation):
            continue
    return retenues


def par_id(questions: tuple[Question, ...]) -> dict[str, Question]:
    """The questions as prefill names them: ids lose their padding in the names of its parameters."""
    return {une.cle.rstrip("="): une for une in questions}


def etablissement(donnees: Donnees, siret: str, courriel: str) -> Json:
    """What DS finds of that SIRET: the association that already asked under it, or a made-up one."""
    for fiche in donnees.dossiers.values():
        if fiche.contenu["demandeur"].get("siret") == siret:
            connu: Json = fiche.contenu["demandeur"]
            return connu
    return association.personne_morale(association.tirer(Random(siret), 0)._replace(siret=siret, courriel=courriel))


def _texte(_: Donnees, __: Question, brut: Any) -> str:
    if not isinstance(brut, str | int | float):
        raise TypeError
    return str(brut)


def _forme(motif: str) -> Lecteur:
    def lire_forme(_: Donnees, __: Question, brut: Any) -> str:
        if not re.fullmatch(motif, str(brut)):
            raise ValueError(motif)
        return str(brut)

    return lire_forme


def _choix(_: Donnees, question: Question, brut: Any) -> str:
    if brut not in question.options and not question.autre:
        raise ValueError(brut)
    return str(brut)


def _choix_multiple(_: Donnees, question: Question, brut: Any) -> list[str]:
    if not isinstance(brut, list) or not brut or not set(brut) <= set(question.options):
        raise ValueError(brut)
    return brut


def _repetition(donnees: Donnees, question: Question, brut: Any) -> list[Json]:
    lues = (reponses(donnees, par_id(question.sous_questions), ligne) for ligne in brut)
    lignes = [une for une in lues if une]
    if not lignes:
        raise ValueError(brut)
    return lignes


def _lieu(code: str, nom: str) -> Lecteur:
    """A place known by its code, of which DS gives the name."""

    def lire_lieu(_: Donnees, __: Question, brut: Any) -> Json:
        return {"name": {getattr(un, code): getattr(un, nom) for un in lexique.LIEUX}[brut], "code": brut}

    return lire_lieu


def _commune(_: Donnees, __: Question, brut: Any) -> Json:
    code_postal, code = brut
    return _situer({(un.code_postal, un.code): un for un in lexique.LIEUX}[code_postal, code])


def _adresse(_: Donnees, __: Question, brut: Any) -> Json:
    """An address is looked up as people write it: it must hold a postal code and the name of its commune."""
    (lieu,) = (un for un in lexique.LIEUX if f"{un.code_postal} {un.nom}" in brut)
    rue = brut.partition(lieu.code_postal)[0].strip(" ,")
    return {"address": association.adresse_de(lieu, rue), **_situer(lieu)}


def _situer(lieu: lexique.Lieu) -> Json:
    return {
        "commune": {"name": lieu.nom, "code": lieu.code, "postalCode": lieu.code_postal},
        "departement": {"name": lieu.departement, "code": lieu.code_departement},
    }


def _epci(_: Donnees, __: Question, brut: Any) -> Json:
    code_departement, code = brut
    departement = {un.code_departement: un.departement for un in lexique.LIEUX}[code_departement]
    return {
        "epci": {"name": f"Communauté de communes {code}", "code": code},
        "departement": {"name": departement, "code": code_departement},
    }


def _dossier_lie(donnees: Donnees, _: Question, brut: Any) -> int:
    if donnees.visible(int(brut)) is None:
        raise ValueError(brut)
    return int(brut)


def _siret(donnees: Donnees, _: Question, brut: Any) -> Json:
    if not siret_valide(str(brut)):
        raise ValueError(brut)
    return etablissement(donnees, str(brut), "")


_LECTEURS: dict[str, Lecteur] = {
    **dict.fromkeys(("Text", "Textarea", "Formatted", "Referentiel"), _texte),
    "Email": _forme(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "Phone": _forme(r"(\+?\d[ .]?){9,14}"),
    "Iban": _forme(r"[A-Z]{2}\d{2}( ?[A-Z0-9]){11,30}"),
    "Civilite": lambda _, __, brut: CIVILITES[brut],
    "IntegerNumber": lambda _, __, brut: int(str(brut)),
    "DecimalNumber": lambda _, __, brut: Decimal(str(brut)),
    "Date": lambda _, __, brut: dt.date.fromisoformat(brut).isoformat(),
    "Datetime": lambda _, __, brut: dt.datetime.fromisoformat(brut).isoformat(),
    "YesNo": lambda _, __, brut: _OUI_NON[str(brut).lower()],
    "Checkbox": lambda _, __, brut: _OUI_NON[str(brut).lower()],
    "DropDownList": _choix,
    "MultipleDropDownList": _choix_multiple,
    "Repetition": _repetition,
    "Pays": lambda _, __, brut: {"name": PAYS[brut], "code": brut},
    "Region": _lieu("code_region", "region"),
    "Departement": _lieu("code_departement", "departement"),
    "Commune": _commune,
    "Address": _adresse,
    "Epci": _epci,
    "DossierLink": _dossier_lie,
    "Siret": _siret,
}
