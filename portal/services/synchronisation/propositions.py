"""Which question of a DS form probably feeds which of our facts, with a reason that a person can weigh. Pure.

A proposal decides nothing: an administrator confirms it or sets it aside.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from portal.forms.budget import CONTRIBUTIONS, PLAN
from portal.ressemblances import plus_proche
from portal.services.synchronisation.libelles import FICHES, LIGNES_PROCHES, Fiche, Regle, normaliser
from portal.vocabulaire_demandes import SensBudget
from portal.vocabulaire_ds import CibleChamp

SURE, PROBABLE, DOUTEUSE = 95, 85, 60
# Below, two labels share words without speaking of the same thing.
PROXIMITE = 86
ANNEE = re.compile(r"\b(19|20)\d\d\b")
REGLES = {CibleChamp(regle): fiche for regle, fiche in FICHES.items() if regle != Regle.DENOMINATION}
NOMS_DE_TYPE = {CibleChamp.SIRET: "SIRET", CibleChamp.RNA: "RNA"}
# An amount is a line of the budget under such a heading, or behind an account number.
TITRE_BUDGET = re.compile(r"\b(budget\w*|charges|produits|depenses|recettes|ressources|financement)\b")
TITRE_NATURE = re.compile(r"\b(nature|benevol\w+|contributions volontaires)\b")
TITRES_DE_SENS = {
    SensBudget.CHARGES: re.compile(r"\b(charges|depenses|emplois)\b"),
    SensBudget.PRODUITS: re.compile(r"\b(produits|recettes|ressources)\b"),
}
NOMBRES = frozenset({"DecimalNumber", "IntegerNumber"})
HORS_BUDGET = re.compile(r"\b(total|totaux|realise\w*|bilan|precedente?|derniere?|n [12]|cumul\w*|nombre|taux)\b")
COMPTE = re.compile(r"^(?:compte )?(\d{2,3}) ")


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a form. `type` is DS's __typename without its suffix; `section`: the headings above it."""

    champ_id: str
    type: str
    libelle: str
    section: str = ""


@dataclass(frozen=True, slots=True)
class Proposition:
    """`confiance`: 0 to 100. `detail`: the slug of a budget line, "" for the other targets. `raison` is French."""

    champ_id: str
    cible: CibleChamp
    detail: str
    confiance: int
    raison: str


@dataclass(frozen=True, slots=True)
class _Ligne:
    """A name of a budget line, and where it belongs."""

    slug: str
    nom: str
    compte: str
    sens: SensBudget
    en_nature: bool


def propose(
    questions: Sequence[Question], exclues: Collection[tuple[CibleChamp, str]] = frozenset()
) -> tuple[Proposition, ...]:
    """At most one question for each target and for each budget line, in the order of targets, then of questions.

    `exclues`: (target, champ id) that somebody has set aside.
    """
    possibles = (_selon(cible, question) for cible in REGLES for question in questions)
    lignes = (_ligne_de_budget(question) for question in questions)
    rivales: dict[tuple[CibleChamp, str], list[Proposition]] = {}
    for une in (*possibles, *lignes):
        if une is not None and (une.cible, une.champ_id) not in exclues:
            rivales.setdefault((une.cible, une.detail), []).append(une)
    return tuple(map(_meilleure, rivales.values()))


def _meilleure(candidates: list[Proposition]) -> Proposition:
    """The surest, the first of equals: then a person must choose."""
    premiere = max(candidates, key=lambda une: une.confiance)
    egales = sum(une.confiance == premiere.confiance for une in candidates)
    if egales == 1:
        return premiere
    raison = f"{premiere.raison}, mais {egales} champs se ressemblent\u00a0: vérifiez lequel convient"
    return replace(premiere, confiance=min(premiere.confiance, DOUTEUSE), raison=raison)


def _selon(cible: CibleChamp, question: Question) -> Proposition | None:
    fiche, mots = REGLES[cible], normaliser(question.libelle)
    if question.type not in fiche.types_proposes or fiche.exclut(mots, normaliser(question.section)):
        return None
    trouvee = _confiance(cible, fiche, question.type, mots)
    if trouvee is None:
        return None
    confiance, raison = trouvee
    if question.type not in fiche.types:
        confiance = min(confiance, PROBABLE)
    if fiche.doute(mots):
        confiance, raison = DOUTEUSE, f"{raison}, mais il ne dit pas tout\u00a0: à qui, pour quelle année\u00a0?"
    return Proposition(question.champ_id, cible, "", confiance, raison)


def _confiance(cible: CibleChamp, fiche: Fiche, genre: str, mots: str) -> tuple[int, str] | None:
    if fiche.type_suffit and genre in fiche.types:
        return SURE, f"type {NOMS_DE_TYPE[cible]}"
    if fiche.rang(mots) is not None:
        return SURE, "libellé habituel de cette donnée"
    proche = plus_proche(ANNEE.sub("", mots).strip(), fiche.proches, PROXIMITE)
    return (min(proche[1], PROBABLE), f"libellé proche de «\u00a0{proche[0]}\u00a0»") if proche else None


def _ligne_de_budget(question: Question) -> Proposition | None:
    mots, titre = normaliser(question.libelle), normaliser(question.section)
    compte = COMPTE.match(mots)
    if question.type not in NOMBRES or HORS_BUDGET.search(mots) or HORS_BUDGET.search(titre):
        return None
    if compte is None and not TITRE_BUDGET.search(titre) and not TITRE_NATURE.search(titre):
        return None
    possibles = {ligne.nom: ligne for ligne in LIGNES if _sous(ligne, titre)}
    proche = plus_proche(COMPTE.sub("", mots), possibles, PROXIMITE)
    if proche is None:
        return None
    ligne = possibles[proche[0]]
    numero = compte is not None and compte[1] == ligne.compte
    confiance = SURE if numero else min(proche[1], PROBABLE)
    raison = f"libellé proche de «\u00a0{proche[0]}\u00a0»" + (f" et compte {ligne.compte}" if numero else "")
    return Proposition(question.champ_id, CibleChamp.BUDGET, ligne.slug, confiance, raison)


def _sous(ligne: _Ligne, titre: str) -> bool:
    """Whether a line may stand under that heading: charges or produits, money or kind."""
    nommes = [sens for sens, expression in TITRES_DE_SENS.items() if expression.search(titre)]
    return (len(nommes) != 1 or ligne.sens in nommes) and ligne.en_nature == bool(TITRE_NATURE.search(titre))


def _lignes() -> tuple[_Ligne, ...]:
    postes = [(t, sens, poste) for t in PLAN for sens in t.chapitres for poste in t.postes(sens)]
    return tuple(
        _Ligne(poste.slug, normaliser(nom), poste.compte, sens, tableau is CONTRIBUTIONS)
        for tableau, sens, poste in postes
        for nom in (poste.libelle, *LIGNES_PROCHES.get(poste.slug, ()))
    )


LIGNES = _lignes()
