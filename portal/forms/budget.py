"""The budget of a project: the plan of accounts as data, its form, its totals and its sentences."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.formats import ESPACE_INSECABLE, montant_fr
from portal.forms.champs import Montant
from portal.forms.saisie import Saisie
from portal.vocabulaire import SensBudget

A_VERIFIER = "à vérifier"


@dataclass(frozen=True, slots=True)
class Poste:
    """A line of the plan. `slug` is ours and never changes; account number and label are what people read."""

    slug: str
    compte: str
    libelle: str


@dataclass(frozen=True, slots=True)
class Chapitre:
    """A heading of the plan and its lines."""

    compte: str
    titre: str
    postes: tuple[Poste, ...]


@dataclass(frozen=True, slots=True)
class Tableau:
    """Two columns that must balance: the budget itself, and the contributions volontaires (86 and 87)."""

    id: str
    titre: str
    desequilibre: str
    chapitres: Mapping[SensBudget, tuple[Chapitre, ...]]

    def postes(self, sens: SensBudget) -> tuple[Poste, ...]:
        """The lines of one column."""
        return tuple(poste for chapitre in self.chapitres[sens] for poste in chapitre.postes)


def _charger() -> tuple[Tableau, ...]:
    def chapitre(brut: dict[str, Any]) -> Chapitre:
        return Chapitre(brut["compte"], brut["titre"], tuple(Poste(**ligne) for ligne in brut["lignes"]))

    bruts = json.loads(Path(__file__).with_name("plan_budget.json").read_text(encoding="utf-8"))
    return tuple(
        Tableau(
            brut["id"],
            brut["titre"],
            brut["desequilibre"],
            {sens: tuple(map(chapitre, brut[sens])) for sens in SensBudget},
        )
        for brut in bruts
    )


PLAN = BUDGET, CONTRIBUTIONS = _charger()


class BudgetForm(Saisie):
    """One amount per line of the plan, all optional; each table must balance."""

    def total(self, tableau: Tableau, sens: SensBudget) -> Decimal | None:
        """Sum of a column in euros, None as soon as one amount cannot be read."""
        return somme([self[poste.slug].montant_ou_zero() for poste in tableau.postes(sens)])

    def verifier(self) -> None:
        """Charges = produits, and 86 = 87."""
        for tableau in PLAN:
            charges, produits = (self.total(tableau, sens) for sens in SensBudget)
            if charges is not None and produits is not None and charges != produits:
                self.form_errors.append(f"{tableau.desequilibre} {phrase_ecart(charges, produits)}")

    @property
    def manquants(self) -> tuple[str, ...]:
        """A budget has at least one charge and one produit."""
        vides = [s for s in SensBudget if not any(self[p.slug].lisible() for p in BUDGET.postes(s))]
        return tuple(f"au moins un montant dans les {sens}" for sens in vides)


def _ajouter_les_postes() -> None:
    for tableau in PLAN:
        for sens in SensBudget:
            for poste in tableau.postes(sens):
                setattr(BudgetForm, poste.slug, Montant(poste.libelle, requis=False))


_ajouter_les_postes()


def somme(montants: list[Decimal | None]) -> Decimal | None:
    """The sum, or None as soon as one amount is unknown."""
    connus = [montant for montant in montants if montant is not None]
    return sum(connus, Decimal(0)) if len(connus) == len(montants) else None


def total_fr(total: Decimal | None) -> str:
    """A total in words, for a person."""
    return A_VERIFIER if total is None else montant_fr(total)


def phrase_ecart(charges: Decimal | None, produits: Decimal | None) -> str:
    """By how much a table is out of balance; the same words as the live totals of the page."""
    if charges is None or produits is None:
        return f"Un montant n’est pas lisible{ESPACE_INSECABLE}: écrivez par exemple 1{ESPACE_INSECABLE}234,50."
    if charges == produits:
        return "Le budget est équilibré."
    ecart = montant_fr(abs(charges - produits))
    return (
        f"Il manque {ecart} de produits." if charges > produits else f"Les produits dépassent les charges de {ecart}."
    )


def phrase_part(montant: Decimal, total_produits: Decimal) -> str:
    """The sentence of the cerfa: the share of the grant in the produits."""
    part = f"{montant / total_produits * 100:.2f}".replace(".", ",")
    return (
        f"La subvention sollicitée de {montant_fr(montant)} représente {part}{ESPACE_INSECABLE}% du total des produits."
    )


@dataclass(frozen=True, slots=True)
class ChapitreLisible:
    """A heading, its sub-total and its lines: (label, shown value), or (label, field) to fill in."""

    code: str
    titre: str
    sous_total: str
    lignes: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class TotauxLisibles:
    """Totals of both columns, and by how much they differ."""

    charges: str
    produits: str
    ecart: str


@dataclass(frozen=True, slots=True)
class TableauLisible:
    """A table ready for the budget macros."""

    id: str
    titre: str
    charges: tuple[ChapitreLisible, ...]
    produits: tuple[ChapitreLisible, ...]
    totaux: TotauxLisibles


@dataclass(frozen=True, slots=True)
class LigneLue:
    """What is known of a line: its label, its amount in euros (None when unreadable) and what is shown."""

    libelle: str
    montant: Decimal | None
    valeur: Any


def a_remplir(form: BudgetForm) -> tuple[TableauLisible, ...]:
    """Both tables with every line of the plan and its field."""

    def lire(poste: Poste) -> LigneLue:
        return LigneLue(poste.libelle, form[poste.slug].montant_ou_zero(), form[poste.slug])

    return tuple(_lisible(tableau, lire) for tableau in PLAN)


def a_lire(form: BudgetForm) -> tuple[TableauLisible, ...]:
    """The tables with the lines that were filled in, in their usual spelling or as typed."""

    def lire(poste: Poste) -> LigneLue:
        return LigneLue(poste.libelle, form[poste.slug].montant_ou_zero(), form[poste.slug].lisible())

    return tuple(_lisible(tableau, lire) for tableau in PLAN)


def depose(lignes: Mapping[str, tuple[str, Decimal]]) -> tuple[TableauLisible, ...]:
    """The tables as they were filed: (label, euros) by slug."""

    def lire(poste: Poste) -> LigneLue:
        libelle, montant = lignes.get(poste.slug, (poste.libelle, None))
        return LigneLue(libelle, montant or Decimal(0), "" if montant is None else montant_fr(montant))

    return tuple(_lisible(tableau, lire) for tableau in PLAN)


def _lisible(tableau: Tableau, lire: Callable[[Poste], LigneLue]) -> TableauLisible:
    lus = {sens: {p.slug: lire(p) for p in tableau.postes(sens)} for sens in SensBudget}
    charges, produits = (somme([ligne.montant for ligne in lus[sens].values()]) for sens in SensBudget)
    cotes = {
        sens: tuple(c for c in (_chapitre(chapitre, lus[sens]) for chapitre in tableau.chapitres[sens]) if c.lignes)
        for sens in SensBudget
    }
    ecart = phrase_ecart(charges, produits) if charges or produits or charges is None or produits is None else ""
    totaux = TotauxLisibles(total_fr(charges), total_fr(produits), ecart)
    return TableauLisible(tableau.id, tableau.titre, cotes[SensBudget.CHARGES], cotes[SensBudget.PRODUITS], totaux)


def _chapitre(chapitre: Chapitre, lus: Mapping[str, LigneLue]) -> ChapitreLisible:
    siennes = [lus[poste.slug] for poste in chapitre.postes]
    return ChapitreLisible(
        chapitre.compte,
        chapitre.titre,
        total_fr(somme([ligne.montant for ligne in siennes])),
        tuple((ligne.libelle, ligne.valeur) for ligne in siennes if ligne.valeur != ""),
    )
