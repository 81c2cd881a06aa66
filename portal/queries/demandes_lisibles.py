"""What a request says in words people read: for the check page, the agents' page, the récépissé and the summary alike."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.documents import modeles
from portal.forms import budget as tables
from portal.forms.attestations import AttestationsForm
from portal.forms.budget import (
    ASSOCIATION,
    PLAN,
    PLAN_ASSOCIATION,
    BudgetForm,
    BudgetProjetForm,
    Tableau,
    TableauLisible,
)
from portal.forms.saisie import Saisie
from portal.models.demandes import Demande
from portal.queries.contextes_demandes import LigneFigee
from portal.queries.lecture_demandes import CHARGEMENT, DemandeLue, lire
from portal.vocabulaire_demandes import Place, SectionDemande, SensBudget

Montants = Mapping[str, tuple[str, Decimal]]


@dataclass(frozen=True, slots=True)
class SectionLisible:
    """A page of a request: its (label, value) lines, an empty value was not given; and the tables of a budget."""

    place: Place
    titre: str
    lignes: tuple[tuple[str, str], ...]
    tableaux: tuple[TableauLisible, ...] = ()
    phrase_part: str = ""


def charger(session: Session, demande: Demande) -> DemandeLue:
    """Read a request with all that it needs in a fixed number of queries."""
    return lire(session.scalars(select(Demande).where(Demande.id == demande.id).options(*CHARGEMENT)).one())


def sections_de(lue: DemandeLue) -> tuple[SectionLisible, ...]:
    """Every page, in order, in the words of the form."""
    lignes = None if lue.demande.deposee_at is None else lue.lignes
    return tuple(_section(lue, place, form, lignes) for place, form in lue.forms.items())


def section_deposee(lue: DemandeLue, place: Place, lignes: Sequence[LigneFigee]) -> SectionLisible:
    """A page as it is once filed, whatever is known of the filing yet; `lignes`: the frozen lines of its budgets."""
    return _section(lue, place, lue.forms[place], lignes)


def _section(lue: DemandeLue, place: Place, form: Saisie, lignes: Sequence[LigneFigee] | None) -> SectionLisible:
    """`lignes`: the frozen ones of a filed request, None while it is a draft."""
    titre = lue.libelle(place) if lue.contexte.projets > 1 else place.libelle
    if isinstance(form, AttestationsForm) and lignes is not None:
        return SectionLisible(place, titre, tuple(form.relire_deposee()))
    if not isinstance(form, BudgetForm):
        return SectionLisible(place, titre, tuple(form.relire()))
    projet = place.section == SectionDemande.BUDGET_PROJET
    return SectionLisible(
        place,
        titre,
        tuple(form.relire()),
        _tableaux(form, place.rang if projet else ASSOCIATION, lignes),
        form.phrase_part if isinstance(form, BudgetProjetForm) else "",
    )


def _tableaux(form: BudgetForm, rang: int, lignes: Sequence[LigneFigee] | None) -> tuple[TableauLisible, ...]:
    """As typed while it is a draft, from the frozen lines once filed."""
    tableaux = tables.a_lire(form) if lignes is None else tables.depose(form.plan, _montants(lignes, rang))
    return tuple(tableau for tableau in tableaux if tableau.charges or tableau.produits)


def _montants(lignes: Iterable[LigneFigee], rang: int) -> Montants:
    """(label, euros) by slug of one frozen budget."""
    return {ligne.slug: (ligne.libelle, ligne.montant) for ligne in lignes if ligne.rang == rang}


def sections_de_document(lue: DemandeLue) -> tuple[modeles.Section, ...]:
    """The sections as documents print them; attestations and budgets have a place of their own."""
    return tuple(
        modeles.Section(section.titre, tuple(modeles.Ligne(*ligne) for ligne in section.lignes))
        for section in sections_de(lue)
        if section.place.section != SectionDemande.ATTESTATIONS and section.lignes
    )


def budgets_de_document(demande: Demande, lues: Collection[SectionDemande] | None = None) -> tuple[modeles.Budget, ...]:
    """The frozen budgets as documents print them: of each project, then of the association; empty tables are left out.

    `lues`: the sections that the reader of the document reads, all when None.
    """
    lignes = [
        LigneFigee(une.projet_rang, une.slug, une.libelle, une.montant)
        for une in demande.lignes_budget
        if lues is None or _of_rank(une.projet_rang) in lues
    ]
    rangs = sorted({ligne.rang for ligne in lignes} - {ASSOCIATION})
    budgets = [
        budget
        for rang in rangs
        for budget in _budgets(PLAN, f"Projet {rang}" if len(rangs) > 1 else "Projet", _montants(lignes, rang))
    ]
    return (*budgets, *_budgets(PLAN_ASSOCIATION, "Association", _montants(lignes, ASSOCIATION)))


def _of_rank(rang: int) -> SectionDemande:
    return SectionDemande.BUDGET_ASSOCIATION if rang == ASSOCIATION else SectionDemande.BUDGET_PROJET


def _budgets(plan: tuple[Tableau, ...], quoi: str, montants: Montants) -> tuple[modeles.Budget, ...]:
    budgets = [
        modeles.Budget(
            f"{quoi}\u00a0: {tableau.titre.lower()}",
            _colonne(tableau, SensBudget.CHARGES, montants),
            _colonne(tableau, SensBudget.PRODUITS, montants),
        )
        for tableau in plan
    ]
    return tuple(budget for budget in budgets if budget.charges or budget.produits)


def _colonne(tableau: Tableau, sens: SensBudget, montants: Montants) -> tuple[modeles.LigneBudget, ...]:
    return tuple(
        modeles.LigneBudget(f"{chapitre.compte} – {chapitre.titre}".strip(" –"), *montants[poste.slug])
        for chapitre in tableau.chapitres[sens]
        for poste in chapitre.postes
        if poste.slug in montants
    )
