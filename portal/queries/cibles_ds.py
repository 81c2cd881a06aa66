"""What a question of a DS form may feed here, and how a page names it: codes and words. Pure."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from portal.forms.budget import PLAN
from portal.vocabulaire_ds import LIBELLES_CIBLE, CibleChamp

# What a page may say of a champ beside a target's code: left for later, or "" for nothing.
A_DECIDER = "a_decider"
DONNEES, LIGNES_DU_BUDGET = "Données du dossier", "Lignes du budget"
# What a question of DS may feed, by its type; the others (files, maps, addresses) feed nothing.
_TEXTE = (CibleChamp.INTITULE, CibleChamp.MONTANT_DEMANDE, CibleChamp.SIRET, CibleChamp.RNA, CibleChamp.BUDGET)
_NOMBRE = (CibleChamp.MONTANT_DEMANDE, CibleChamp.BUDGET)
CIBLES_POSSIBLES = {
    "Text": _TEXTE,
    "Formatted": _TEXTE,
    "Textarea": (CibleChamp.INTITULE,),
    "DropDownList": (CibleChamp.INTITULE, CibleChamp.MONTANT_DEMANDE),
    "DecimalNumber": _NOMBRE,
    "IntegerNumber": (*_NOMBRE, CibleChamp.SIRET),
    "Siret": (CibleChamp.SIRET,),
    "RNA": (CibleChamp.RNA,),
    "Checkbox": (CibleChamp.CER_CASE,),
    "YesNo": (CibleChamp.CER_CASE,),
    "Date": (CibleChamp.CER_DATE,),
    "Datetime": (CibleChamp.CER_DATE,),
}
LIBELLES_TYPE = {
    "Text": "texte",
    "Textarea": "texte long",
    "Formatted": "texte à format imposé",
    "DropDownList": "choix dans une liste",
    "DecimalNumber": "nombre décimal",
    "IntegerNumber": "nombre entier",
    "Siret": "SIRET",
    "RNA": "numéro RNA",
    "Checkbox": "case à cocher",
    "YesNo": "oui ou non",
    "Date": "date",
    "Datetime": "date et heure",
}


def mappable(descripteur: Mapping[str, Any]) -> bool:
    """Whether a question may feed one of our facts. One that is asked on each row of a repetition has no single answer."""
    return descripteur["type"] in CIBLES_POSSIBLES and not descripteur["parent"]


def code_de(cible: CibleChamp, detail: str) -> str:
    """How a page names a target: « montant_demande », « budget:locations »."""
    return f"{cible}:{detail}" if detail else str(cible)


def read_code(code: str) -> tuple[CibleChamp, str]:
    """The target and the budget line of a code. Raises ValueError on what is none."""
    cible, _, detail = code.partition(":")
    return CibleChamp(cible), detail


def codes_possibles(descripteur: Mapping[str, Any]) -> tuple[str, ...]:
    """The codes that a question may feed, by its type."""
    if not mappable(descripteur):
        return ()
    cibles = CIBLES_POSSIBLES[descripteur["type"]]
    simples = tuple(str(cible) for cible in cibles if cible != CibleChamp.BUDGET)
    return simples + (
        tuple(code_de(CibleChamp.BUDGET, slug) for slug in lignes_de_budget()) if CibleChamp.BUDGET in cibles else ()
    )


@cache
def lignes_de_budget() -> Mapping[str, str]:
    """The label of each budget line, by slug, in the order of the plan."""
    return {
        poste.slug: f"{poste.compte} {poste.libelle}".strip()
        for tableau in PLAN
        for sens in tableau.chapitres
        for poste in tableau.postes(sens)
    }


def libelle_de(code: str) -> str:
    """A code in words."""
    cible, detail = read_code(code)
    return lignes_de_budget()[detail] if detail else LIBELLES_CIBLE[cible]


def choices(codes: tuple[str, ...], *, a_decider: bool) -> list[tuple[str, str, str]]:
    """The choices of a champ's list: (code, words, heading or ""); « à décider plus tard » where a proposal waits."""
    sans = [("", "aucune", ""), *([(A_DECIDER, "à décider plus tard", "")] if a_decider else [])]
    return sans + [(code, libelle_de(code), LIGNES_DU_BUDGET if read_code(code)[1] else DONNEES) for code in codes]
