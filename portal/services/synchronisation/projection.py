"""From a DS dossier to the columns of ours: pure functions. What DS does not say stays empty, nothing is guessed from amounts.

What an administrator confirmed (the plan) wins; labels speak only where nothing is confirmed (ADR 0012).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from integrations.demarches_simplifiees.apercu import Apercevable, Forme, forme
from integrations.demarches_simplifiees.types import Champ, Genre
from portal.errors import Invalid
from portal.formats import PARIS, siret_fr
from portal.models.demarches import Demarche
from portal.queries.departements import of_code_postal
from portal.queries.valeurs_ds import lire_case, lire_date, lire_montant, lire_rna, lire_siret, lire_texte
from portal.services.synchronisation import libelles
from portal.services.synchronisation.libelles import FICHES, Regle
from portal.services.synchronisation.plan import PLAN_VIDE, Plan
from portal.vocabulaire import Etat
from portal.vocabulaire_ds import CibleChamp

T = TypeVar("T")
FORMES = 500
# domain.md: legal natures of associations (INSEE level III); a commune (7210) or a company is none.
NATURES_ASSOCIATIVES = ("92", "93")
ETATS_DS = frozenset({Etat.EN_CONSTRUCTION, Etat.EN_INSTRUCTION, Etat.ACCEPTE, Etat.REFUSE, Etat.SANS_SUITE})
NOMBRES = frozenset({"DecimalNumberChamp", "IntegerNumberChamp"})
TITRE = "HeaderSectionChamp"
TYPES = {regle: frozenset(f"{genre}Champ" for genre in fiche.types) for regle, fiche in FICHES.items()}


def colonnes(recu: Apercevable, demarche: Demarche, plan: Plan = PLAN_VIDE) -> dict[str, Any]:
    """The columns of Dossier that DS rules, but its état, its service and its people. Raises Invalid without a filing date."""
    depot, demandeur = date_depot(recu), recu.demandeur
    return {
        "statut_source": recu.state[:100],
        "complement_demande": recu.date_derniere_correction_en_attente is not None,
        "demandeur_genre": str(demandeur.genre),
        "demandeur_nom": denomination(recu)[:300],
        "demandeur_siret": demandeur.siret[:14],
        "demandeur_rna": rna(recu, plan),
        "demandeur_commune": demandeur.commune[:100],
        "departement": of_code_postal(demandeur.code_postal),
        "intitule": intitule(recu, plan)[:500],
        "exercice": demarche.exercice or depot.astimezone(PARIS).year,
        "montant_demande": montant_demande(recu, plan),
        "date_depot": depot,
        "date_passage_en_instruction": recu.date_passage_en_instruction,
        "date_traitement": recu.date_traitement,
    }


def miroir(recu: Apercevable, plan: Plan) -> dict[str, Any]:
    """The columns of DossierDS that only a confirmed mapping feeds: budget, cer_atteste, cer_date."""
    return {
        "budget": _budget(recu, plan) if plan.budget else [],
        "cer_atteste": _premier(recu, plan, CibleChamp.CER_CASE, _brut(lire_case)),
        "cer_date": _premier(recu, plan, CibleChamp.CER_DATE, _brut(lire_date)),
    }


def date_depot(recu: Apercevable) -> datetime:
    """When the dossier was filed (UTC). Raises Invalid when DS does not tell."""
    depot = recu.date_depot or recu.date_passage_en_construction
    if depot is None:
        raise Invalid("date_depot", "Démarches Simplifiées ne donne pas la date de dépôt de ce dossier.")
    return depot


def etat(recu: Apercevable, actuel: Etat) -> Etat:
    """DS is master of the state; one that we do not know leaves ours as it is (its own word stays in `statut_source`)."""
    connu = recu.state in ETATS_DS
    return Etat(recu.state) if connu else actuel


def denomination(recu: Apercevable) -> str:
    """How the demandeur is called, by order of trust: DS's register, what was typed, the SIRET."""
    demandeur = recu.demandeur
    if demandeur.denomination:
        return demandeur.denomination
    saisie = "" if demandeur.genre == Genre.PHYSIQUE else _denomination_saisie(recu)
    return saisie or (f"SIRET {siret_fr(demandeur.siret)}" if demandeur.siret else "Demandeur non précisé")


def denomination_association(recu: Apercevable) -> str:
    """The name of the association for which an individual or another body files, else that of the demandeur."""
    if recu.demandeur.genre == Genre.PHYSIQUE or _pour_une_autre(recu):
        return _denomination_saisie(recu) or denomination(recu)
    return denomination(recu)


def intitule(recu: Apercevable, plan: Plan = PLAN_VIDE) -> str:
    """What the project is called, on one line; "" when nothing tells it."""
    return _trouver(recu, plan, CibleChamp.INTITULE, _texte, "")


def montant_demande(recu: Apercevable, plan: Plan = PLAN_VIDE) -> Decimal | None:
    """The amount asked for, in euros; None when nothing tells it or when it cannot be read without guessing."""
    return _trouver(recu, plan, CibleChamp.MONTANT_DEMANDE, _montant, None)


def est_une_association(recu: Apercevable, plan: Plan = PLAN_VIDE) -> bool:
    """A demandeur of nature 92xx or 93xx, or a known RNA number: nothing else makes an association (model.md §1)."""
    return recu.demandeur.forme_juridique_code.startswith(NATURES_ASSOCIATIVES) or bool(rna(recu, plan))


def rna(recu: Apercevable, plan: Plan = PLAN_VIDE) -> str:
    """The RNA number of the association, "" when none is valid.

    DS's register first. One typed in the form counts when its champ is confirmed, or when an individual files: a commune
    may well name an association that is not itself.
    """
    connu = lire_rna(recu.demandeur.rna)
    if connu or not (plan.champs or recu.demandeur.genre == Genre.PHYSIQUE):
        return connu or ""
    return _trouver(
        recu, plan, CibleChamp.RNA, _brut(lire_rna), "", libelles_aussi=recu.demandeur.genre == Genre.PHYSIQUE
    )


def siret(recu: Apercevable, plan: Plan = PLAN_VIDE) -> str:
    """The SIRET of the association, "" without a valid SIREN: the confirmed champ's, else the demandeur's own.

    For an individual, the one that the form asked for. A body known not to be an association never lends its own.
    """
    physique = recu.demandeur.genre == Genre.PHYSIQUE
    saisi = _trouver(recu, plan, CibleChamp.SIRET, _brut(lire_siret), "", libelles_aussi=physique)
    if saisi or physique or _pour_une_autre(recu):
        return saisi
    return lire_siret(recu.demandeur.siret) or ""


def _texte(champ: Champ) -> str | None:
    """What a French reader sees."""
    return lire_texte(champ.valeur)


def _montant(champ: Champ) -> Decimal | None:
    return lire_montant(champ.brut, nombre=champ.type in NOMBRES)


def _brut(lire: Callable[[str], T | None]) -> Callable[[Champ], T | None]:
    return lambda champ: lire(champ.brut)


def _trouver(
    recu: Apercevable,
    plan: Plan,
    cible: CibleChamp,
    lire: Callable[[Champ], T | None],
    defaut: T,
    *,
    libelles_aussi: bool = True,
) -> T:
    """What the confirmed champ says; where no form of the dossier's revision has one, what labels say."""
    tenus = _tenus(recu, plan, cible)
    if tenus or recu.revision_id in plan.revisions.get(cible, ()) or not libelles_aussi:
        candidats: Iterable[Champ] = tenus
    else:
        ecartes = {champ_id for autre, champ_id in plan.ecartes if autre == cible}
        candidats = (un for un in _qui_repondent(recu.champs, Regle(cible)) if un.descriptor_id not in ecartes)
    return next((lu for lu in map(lire, candidats) if lu is not None), defaut)


def _premier(recu: Apercevable, plan: Plan, cible: CibleChamp, lire: Callable[[Champ], T | None]) -> T | None:
    return _trouver(recu, plan, cible, lire, None, libelles_aussi=False)


def _tenus(recu: Apercevable, plan: Plan, cible: CibleChamp) -> list[Champ]:
    """The champ that the dossier holds among those confirmed: the latest decision alone, never an older one behind it."""
    voulus = plan.champs.get(cible)
    if not voulus:
        return []
    tenus = {un.descriptor_id: un for un in (*recu.champs, *recu.annotations)}
    return [tenus[un] for un in voulus if un in tenus][:1]


def _budget(recu: Apercevable, plan: Plan) -> list[dict[str, str]]:
    """One entry per line of the plan that holds an amount, in the form's order: {ligne, montant: euros as text}."""
    lus = ((plan.budget[un.descriptor_id], _montant(un)) for un in recu.champs if un.descriptor_id in plan.budget)
    return [{"ligne": ligne, "montant": str(montant)} for ligne, montant in lus if montant is not None]


def _pour_une_autre(recu: Apercevable) -> bool:
    """A body whose known nature is not that of an association, and that the register gives no RNA: it files for another."""
    demandeur = recu.demandeur
    nature = demandeur.forme_juridique_code
    return bool(nature) and not nature.startswith(NATURES_ASSOCIATIVES) and not lire_rna(demandeur.rna)


def _denomination_saisie(recu: Apercevable) -> str:
    return next((un.valeur for un in _qui_repondent(recu.champs, Regle.DENOMINATION)), "")


def _qui_repondent(champs: Sequence[Champ], regle: Regle) -> Iterator[Champ]:
    """The answered questions whose label (and heading) meets the rule, the surest first."""
    lus = (champs[place] for place in _places(regle, forme(champs)))
    return (un for un in lus if un.brut)


@lru_cache(maxsize=FORMES)
def _places(regle: Regle, voulue: Forme) -> tuple[int, ...]:
    """Where the questions that meet the rule are in a form, the surest first: the dossiers of a démarche have few forms."""
    titres: dict[int, str] = {}
    section, trouves = "", []
    for place, (genre, libelle, niveau) in enumerate(voulue.questions):
        if genre == TITRE:
            titres = libelles.sous_titre(titres, niveau, libelle)
            section = libelles.section(titres)
        elif genre in TYPES[regle]:
            rang = libelles.rang(regle, libelle, section)
            if rang is not None:
                trouves.append((rang, place))
    return tuple(place for _, place in sorted(trouves))
