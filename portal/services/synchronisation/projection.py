"""From a DS dossier to the columns of ours: pure functions. What DS does not say stays empty, nothing is guessed from amounts."""

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from integrations.demarches_simplifiees.types import Champ, DossierRecu, Genre
from portal.errors import Invalid
from portal.formats import (
    MONTANT_MAXIMAL,
    PARIS,
    ValeurIllisible,
    mots_de_recherche,
    parse_montant,
    parse_rna,
    parse_siren,
    siret_fr,
)
from portal.models.demarches import Demarche
from portal.vocabulaire import Etat

# domain.md: legal natures of associations (INSEE level III); a commune (7210) or a company is none.
NATURES_ASSOCIATIVES = ("92", "93")
ETATS_DS = frozenset({Etat.EN_CONSTRUCTION, Etat.EN_INSTRUCTION, Etat.ACCEPTE, Etat.REFUSE, Etat.SANS_SUITE})
# Read against labels in lower case without accents; the first expression that finds an answer wins.
INTITULES = (
    r"\bintitule\b.*\b(projet|action|operation)\b",
    r"^(titre|nom|objet) (du|de l|de la) (projet|action|operation)\b",
    r"^intitule\b",
)
MONTANTS = (
    r"\bmontant\b.*\b(subvention|aide)s?\b.*\b(demande|sollicite)e?s?\b",
    r"\bdemande\b.*\bmontant\b.*\bsubventions?\b",
    r"\bmontant\b.*\b(demande|sollicite)e?s?\b",
    r"\b(subvention|aide)s? (demandee|sollicitee)s?\b",
)
DENOMINATIONS = (r"^(nom|denomination|raison sociale)\b.*\bassociation\b",)
NOMBRES = frozenset({"DecimalNumberChamp", "IntegerNumberChamp"})
TEXTES = frozenset({"TextChamp", "DropDownListChamp"})
CENTIME = Decimal("0.01")


def colonnes(recu: DossierRecu, demarche: Demarche) -> dict[str, Any]:
    """The columns of Dossier that DS rules, but its état, its service and its people. Raises Invalid without a filing date."""
    depot, demandeur = date_depot(recu), recu.demandeur
    return {
        "statut_source": recu.state[:100],
        "complement_demande": recu.date_derniere_correction_en_attente is not None,
        "demandeur_genre": str(demandeur.genre),
        "demandeur_nom": denomination(recu)[:300],
        "demandeur_siret": demandeur.siret[:14],
        "demandeur_rna": rna(recu),
        "demandeur_commune": demandeur.commune[:100],
        "intitule": " ".join(_reponse(recu.champs, INTITULES, TEXTES).split())[:500],
        "exercice": demarche.exercice or depot.astimezone(PARIS).year,
        "montant_demande": montant_demande(recu),
        "date_depot": depot,
        "date_passage_en_instruction": recu.date_passage_en_instruction,
        "date_traitement": recu.date_traitement,
    }


def date_depot(recu: DossierRecu) -> datetime:
    """When the dossier was filed (UTC). Raises Invalid when DS does not tell."""
    depot = recu.date_depot or recu.date_passage_en_construction
    if depot is None:
        raise Invalid("date_depot", "Démarches Simplifiées ne donne pas la date de dépôt de ce dossier.")
    return depot


def etat(recu: DossierRecu, actuel: Etat) -> Etat:
    """DS is master of the state; one that we do not know leaves ours as it is (its own word stays in `statut_source`)."""
    connu = recu.state in ETATS_DS
    return Etat(recu.state) if connu else actuel


def denomination(recu: DossierRecu) -> str:
    """How the demandeur is called, by order of trust: DS's register, what was typed, the SIRET."""
    demandeur = recu.demandeur
    saisie = "" if demandeur.genre == Genre.PHYSIQUE else _reponse(recu.champs, DENOMINATIONS, TEXTES)
    if demandeur.denomination or saisie:
        return demandeur.denomination or saisie
    return f"SIRET {siret_fr(demandeur.siret)}" if demandeur.siret else "Demandeur non précisé"


def denomination_association(recu: DossierRecu) -> str:
    """The name of the association for which an individual files, else that of the demandeur."""
    if recu.demandeur.genre == Genre.PHYSIQUE:
        return _reponse(recu.champs, DENOMINATIONS, TEXTES) or denomination(recu)
    return denomination(recu)


def montant_demande(recu: DossierRecu) -> Decimal | None:
    """The amount asked for, in euros; None when no label tells it or when it cannot be read without guessing."""
    for champ in _qui_repondent(recu.champs, MONTANTS, NOMBRES | TEXTES):
        montant = _decimal(champ.brut) if champ.type in NOMBRES else _saisi(champ.brut)
        if montant is not None and 0 <= montant <= MONTANT_MAXIMAL:
            return montant
    return None


def est_une_association(recu: DossierRecu) -> bool:
    """A demandeur of nature 92xx or 93xx, or a known RNA number: nothing else makes an association (model.md §1)."""
    return recu.demandeur.forme_juridique_code.startswith(NATURES_ASSOCIATIVES) or bool(rna(recu))


def rna(recu: DossierRecu) -> str:
    """The RNA number of the demandeur, else the one the form asked for; "" when none is valid."""
    candidats = (recu.demandeur.rna, *(champ.brut for champ in recu.champs if champ.type == "RNAChamp"))
    return next((lu for lu in (_valide(parse_rna, un) for un in candidats) if lu), "")


def siret(recu: DossierRecu) -> str:
    """The SIRET of the demandeur, or for an individual the one the form asked for; "" without a valid SIREN."""
    demandeur = recu.demandeur
    saisis = (champ.brut for champ in recu.champs if champ.type == "SiretChamp")
    candidat = next(saisis, "") if demandeur.genre == Genre.PHYSIQUE else demandeur.siret
    return candidat if len(candidat) == 14 and _valide(parse_siren, candidat[:9]) else ""


def _valide(lire: Callable[[str], str], texte: str) -> str:
    try:
        return lire(texte) if texte else ""
    except ValeurIllisible:
        return ""


def _reponse(champs: Iterable[Champ], expressions: tuple[str, ...], types: frozenset[str]) -> str:
    return next((un.valeur for un in _qui_repondent(champs, expressions, types)), "")


def _qui_repondent(champs: Iterable[Champ], expressions: tuple[str, ...], types: frozenset[str]) -> Iterator[Champ]:
    """The fields of these types that hold an answer and whose label matches, by order of expressions."""
    remplis = [(un, mots_de_recherche(un.label)) for un in champs if un.type in types and un.brut]
    for expression in expressions:
        yield from (un for un, libelle in remplis if re.search(expression, libelle))


def _decimal(brut: str) -> Decimal | None:
    try:
        lu = Decimal(brut).quantize(CENTIME, ROUND_HALF_UP)
    except InvalidOperation:
        return None
    return lu if lu.is_finite() else None


def _saisi(texte: str) -> Decimal | None:
    try:
        return parse_montant(texte)
    except ValeurIllisible:
        return None
