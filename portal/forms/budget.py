"""Budgets: their forms, their totals and their sentences. The plan of accounts is in plan_budget."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from wtforms import StringField
from wtforms.widgets import TextArea

from portal.formats import montant_fr
from portal.forms.champs import Montant
from portal.forms.collage import COLLAGE, Colle, lire_bloc
from portal.forms.dates import Jour
from portal.forms.phrases_budget import phrase_ecart, phrase_part, somme, total_fr
from portal.forms.plan_budget import (
    ASSOCIATION,
    BUDGET,
    CONTRIBUTIONS,
    PLAN,
    PLAN_ASSOCIATION,
    Chapitre,
    Poste,
    Tableau,
)
from portal.forms.saisie import Contexte, Groupe, Saisie
from portal.vocabulaire_demandes import SensBudget

__all__ = [
    "ASSOCIATION",
    "BUDGET",
    "CONTRIBUTIONS",
    "PLAN",
    "PLAN_ASSOCIATION",
    "Poste",
    "Tableau",
    "phrase_part",
    "somme",
    "total_fr",
]
MONTANT_PROJET = "montant_projet"


class BudgetForm(Saisie):
    """Base of the budgets: one amount per line of its plan, all optional; each table must balance.

    `collage`: a block copied from a spreadsheet, read when the button of that name is pressed (`rester`: its value).
    """

    plan: ClassVar[tuple[Tableau, ...]] = PLAN
    collage = StringField("Tableau copié d’un tableur", widget=TextArea())
    rester = StringField()

    @property
    def colle(self) -> Colle:
        """What the block holds."""
        pressed = self.rester.data == COLLAGE
        return lire_bloc(self.collage.data or "" if pressed else "", self.plan, super().brut())

    @property
    def a_dire(self) -> tuple[str, ...]:
        """The lines of the block that were not understood."""
        return self.colle.refuses

    def brut(self) -> dict[str, str]:
        """What was typed, and what the block adds to it."""
        return super().brut() | self.colle.lus

    def contenus(self) -> list[Any]:
        """The block is only a way to type."""
        return [champ for champ in super().contenus() if champ.short_name not in (COLLAGE, "rester")]

    @property
    def total_produits(self) -> Decimal | None:
        """Sum of the produits in euros, without the contributions volontaires; None as soon as one cannot be read."""
        return self.total(self.plan[0], SensBudget.PRODUITS)

    def total(self, tableau: Tableau, sens: SensBudget) -> Decimal | None:
        """Sum of a column in euros, None as soon as one amount cannot be read."""
        return somme([self[poste.slug].montant_ou_zero() for poste in tableau.postes(sens)])

    def verifier(self) -> None:
        """Charges = produits, and 86 = 87."""
        for tableau in self.plan:
            charges, produits = (self.total(tableau, sens) for sens in SensBudget)
            if charges is not None and produits is not None and charges != produits:
                self.form_errors.append(f"{tableau.desequilibre} {phrase_ecart(charges, produits)}")

    def relire(self) -> list[tuple[str, str]]:
        """What is not a line: lines are read in their tables."""
        postes = {p.slug for tableau in self.plan for sens in SensBudget for p in tableau.postes(sens)}
        return [(str(un.label.text), un.lisible()) for un in self.contenus() if un.short_name not in postes]

    @property
    def manquants(self) -> tuple[str, ...]:
        """A budget has at least one charge and one produit."""
        vides = [s for s in SensBudget if not any(self[p.slug].lisible() for p in self.plan[0].postes(s))]
        return tuple(f"au moins un montant dans les {sens}" for sens in vides)


class BudgetProjetForm(BudgetForm):
    """Cerfa §6b: the budget of one project, and its part of the amount asked when there are several."""

    montant_projet = Montant(
        "Montant demandé pour ce projet",
        description="Sa part de la subvention demandée. Les parts des projets font ensemble le montant demandé.",
    )

    def situer(self, contexte: Contexte) -> None:
        """With several projects, the first thing asked is the part of this one."""
        super().situer(contexte)
        if contexte.projets > 1:
            self.groupes = (Groupe((MONTANT_PROJET,), "Subvention demandée"),)

    def contenus(self) -> list[Any]:
        """A single project is asked for the whole amount."""
        champs = super().contenus()
        return champs if self.contexte.projets > 1 else [un for un in champs if un.short_name != MONTANT_PROJET]

    @property
    def montant_demande(self) -> Decimal | None:
        """What is asked for this project, in euros; None while it cannot be read."""
        if self.contexte.projets > 1:
            montant: Decimal | None = self.montant_projet.valeur
            return montant
        return self.contexte.montant_demande

    @property
    def manquants(self) -> tuple[str, ...]:
        """Its part of the amount asked, then what any budget has."""
        part = self.montant_projet
        return ((str(part.label.text),) if self.contexte.projets > 1 and not part.lisible() else ()) + super().manquants

    @property
    def phrase_part(self) -> str:
        """The sentence of the cerfa for this project; empty while it makes no sense."""
        montant, total = self.montant_demande, self.total_produits
        return phrase_part(montant, total) if montant is not None and total and montant <= total else ""

    def verifier(self) -> None:
        """The part of a project is more than nothing, no more than its produits; all parts together are the amount asked."""
        super().verifier()
        montant, total, ensemble = self.montant_demande, self.total_produits, self.contexte.autres_projets
        if self.contexte.projets <= 1 or montant is None:
            return
        if montant == 0:
            self.montant_projet.refuser(
                "Le montant demandé pour ce projet est nul. Écrivez la somme que vous demandez."
            )
        elif total and montant > total:
            self.montant_projet.refuser(
                f"Le montant demandé pour ce projet, {montant_fr(montant)}, dépasse le total de ses produits, "
                f"{montant_fr(total)}. Corrigez l’un ou l’autre."
            )
        elif ensemble is not None and self.contexte.montant_demande not in (None, ensemble + montant):
            self.montant_projet.refuser(
                f"Les montants demandés pour les projets font ensemble {montant_fr(ensemble + montant)}, "
                f"au lieu des {montant_fr(self.contexte.montant_demande)} demandés. Corrigez l’un d’eux, ou le montant demandé."
            )


class BudgetAssociationForm(BudgetForm):
    """Cerfa §5: the budget of the whole association for one exercice."""

    plan = PLAN_ASSOCIATION
    groupes = (Groupe(("exercice_du", "exercice_au"), "Exercice"),)
    exercice_du = Jour("Début de l’exercice")
    exercice_au = Jour("Fin de l’exercice")

    def verifier(self) -> None:
        """An exercice ends after it begins."""
        super().verifier()
        debut, fin = self.exercice_du.valeur, self.exercice_au.valeur
        if debut and fin and fin < debut:
            self.exercice_au.refuser("La fin de l’exercice est avant son début. Corrigez l’une ou l’autre.")

    @property
    def manquants(self) -> tuple[str, ...]:
        """The two days of the exercice, then what any budget has."""
        jours = tuple(str(un.label.text) for un in (self.exercice_du, self.exercice_au) if un.manque)
        return jours + super().manquants


def _ajouter_les_postes(form: type[BudgetForm]) -> None:
    for tableau in form.plan:
        for sens in SensBudget:
            for poste in tableau.postes(sens):
                setattr(form, poste.slug, Montant(poste.libelle, requis=False))


_ajouter_les_postes(BudgetProjetForm)
_ajouter_les_postes(BudgetAssociationForm)


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
        # the labels of account 74 bear no number of their own
        numero = f"{poste.compte} – " if len(poste.compte) > 2 else ""
        return LigneLue(f"{numero}{poste.libelle}", form[poste.slug].montant_ou_zero(), form[poste.slug])

    return tuple(_lisible(tableau, lire) for tableau in form.plan)


def a_lire(form: BudgetForm) -> tuple[TableauLisible, ...]:
    """The tables with the lines that were filled in, in their usual spelling or as typed."""

    def lire(poste: Poste) -> LigneLue:
        return LigneLue(poste.libelle, form[poste.slug].montant_ou_zero(), form[poste.slug].lisible())

    return tuple(_lisible(tableau, lire) for tableau in form.plan)


def postes_lus(form: Saisie) -> list[tuple[str, str]]:
    """(label, amount) of each line of a budget; none for another section."""
    if not isinstance(form, BudgetForm):
        return []
    postes = [p for tableau in form.plan for sens in SensBudget for p in tableau.postes(sens)]
    return [(poste.libelle, form[poste.slug].lisible()) for poste in postes]


def depose(plan: tuple[Tableau, ...], lignes: Mapping[str, tuple[str, Decimal]]) -> tuple[TableauLisible, ...]:
    """The tables as they were filed: (label, euros) by slug."""

    def lire(poste: Poste) -> LigneLue:
        libelle, montant = lignes.get(poste.slug, (poste.libelle, None))
        return LigneLue(libelle, montant or Decimal(0), "" if montant is None else montant_fr(montant))

    return tuple(_lisible(tableau, lire) for tableau in plan)


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
