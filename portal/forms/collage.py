"""Reads a block copied from a spreadsheet into the lines of a budget; what is not understood is said, never guessed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from portal.formats import ValeurIllisible, mots_de_recherche, parse_montant
from portal.forms.plan_budget import Tableau
from portal.vocabulaire_demandes import SensBudget

# name of the input that holds the block
COLLAGE = "collage"
MAXIMUM_LIGNES = 300
_COMPTE = re.compile(r"^[0-9]{2,4}\s*(?:[-–—.:]\s*|\s)(?=\D)")


@dataclass(frozen=True, slots=True)
class Colle:
    """`lus`: text of the amount, as copied, by slug of the plan. `refuses`: one sentence per line that is not understood."""

    lus: dict[str, str]
    refuses: tuple[str, ...]


def lire_bloc(texte: str, plan: tuple[Tableau, ...], deja: Mapping[str, str]) -> Colle:
    """Read lines « libellé<TAB>montant », several pairs a line allowed (charges and produits side by side).

    A label is that of the plan, accents and capitals apart, with or without its account number. A line without an amount says
    nothing. `deja`: what the lines of the budget hold; another amount there is kept, and said.
    """
    slugs, lus, refuses = _par_libelle(plan), dict[str, str](), list[str]()
    lignes = texte.replace("\r\n", "\n").split("\n")
    if len(lignes) > MAXIMUM_LIGNES:
        return Colle({}, (f"Le tableau collé compte plus de {MAXIMUM_LIGNES} lignes. Collez-le en plusieurs fois.",))
    for libelle, montant in (paire for ligne in lignes for paire in _paires(ligne)):
        slug = slugs.get(cle(libelle), "")
        motif = _motif(libelle, montant, slug, lus, deja)
        if motif:
            refuses.append(motif)
        else:
            lus[slug] = montant
    return Colle(lus, tuple(refuses))


def cle(libelle: str) -> str:
    """What two spellings of one label have in common."""
    return mots_de_recherche(_COMPTE.sub("", libelle.strip()))


def _par_libelle(plan: tuple[Tableau, ...]) -> dict[str, str]:
    """Slug of each label that names one line only."""
    postes = [poste for tableau in plan for sens in SensBudget for poste in tableau.postes(sens)]
    cles = [cle(poste.libelle) for poste in postes]
    return {une: poste.slug for une, poste in zip(cles, postes, strict=True) if cles.count(une) == 1}


def _paires(ligne: str) -> Iterator[tuple[str, str]]:
    """(label, amount) of each pair of cells. A cell without a letter before any label is an account number, and passed over."""
    libelle = ""
    for cellule in (une.strip().strip('"').strip() for une in ligne.split("\t")):
        if re.search(r"[^\W\d_]", cellule) and not _est_un_montant(cellule):
            libelle = cellule
        elif cellule and libelle:
            yield libelle, cellule
            libelle = ""


def _est_un_montant(cellule: str) -> bool:
    """« 1 200 EUR » holds letters too."""
    return bool(re.match(r"(?:€|EUR)?\s*[0-9][0-9 .,\u00a0\u202f]*\s*(?:€|EUR|euros?|k€|ke)?$", cellule, re.IGNORECASE))


def _motif(libelle: str, montant: str, slug: str, lus: Mapping[str, str], deja: Mapping[str, str]) -> str:
    """Why a pair is left out, "" when it is understood."""
    debut = f"«\u00a0{libelle}\u00a0», «\u00a0{montant}\u00a0»"
    if not slug:
        return f"{debut}\u00a0: ce libellé n’est pas celui d’une ligne du plan. Écrivez le montant à la main."
    try:
        lu = parse_montant(montant)
    except ValeurIllisible as refus:
        return f"{debut}\u00a0: {refus}"
    if slug in lus:
        return f"{debut}\u00a0: cette ligne est deux fois dans le tableau collé. La première est reprise."
    if deja.get(slug, "").strip() and _autre(deja[slug], lu):
        return f"{debut}\u00a0: cette ligne porte déjà «\u00a0{deja[slug].strip()}\u00a0», qui est gardé."
    return ""


def _autre(texte: str, lu: object) -> bool:
    try:
        return parse_montant(texte) != lu
    except ValeurIllisible:
        return True
