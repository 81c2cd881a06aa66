"""Freezes what a filed request says: its lines, its projects, its pages, as they read at filing, then after each correction."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.forms.budget import ASSOCIATION, BudgetForm
from portal.models.demandes import LigneBudget, Projet, ProjetTerritoire
from portal.queries import lectures_figees
from portal.queries.contextes_demandes import LigneFigee
from portal.queries.lecture_demandes import DemandeLue
from portal.vocabulaire_demandes import SensBudget


def freeze(session: Session, lue: DemandeLue) -> None:
    """Keep the lines and the projects as they read now, in place of those kept before, if any."""
    demande = lue.demande
    projets = select(Projet.id).where(Projet.demande_id == demande.id)
    session.execute(delete(ProjetTerritoire).where(ProjetTerritoire.projet_id.in_(projets)))
    session.execute(delete(Projet).where(Projet.demande_id == demande.id))
    session.execute(delete(LigneBudget).where(LigneBudget.demande_id == demande.id))
    session.flush()
    session.expire(demande, ["lignes_budget", "projets"])
    demande.lignes_budget.extend(_lignes_budget(lue))
    demande.projets.extend(_projets(lue))
    demande.lecture = lectures_figees.figer(
        lue, [LigneFigee(une.projet_rang, une.slug, une.libelle, une.montant) for une in demande.lignes_budget]
    )
    session.flush()


def _lignes_budget(lue: DemandeLue) -> list[LigneBudget]:
    """The amounts above zero, in the order of the plan, with their labels and accounts as they read today."""
    budgets = [(ASSOCIATION, lue.budget_association), *((un.rang, un.budget) for un in lue.projets)]
    return [ligne for rang, budget in budgets for ligne in _lignes_du(budget, rang)]


def _lignes_du(budget: BudgetForm, rang: int) -> list[LigneBudget]:
    postes = [(sens, poste) for tableau in budget.plan for sens in SensBudget for poste in tableau.postes(sens)]
    return [
        LigneBudget(
            projet_rang=rang,
            sens=sens,
            slug=poste.slug,
            compte=poste.compte,
            libelle=poste.libelle,
            montant=montant,
            ordre=ordre,
        )
        for ordre, (sens, poste) in enumerate(postes, start=1)
        if (montant := budget[poste.slug].valeur)
    ]


def _projets(lue: DemandeLue) -> list[Projet]:
    """The projects, with what each asks: the whole for the only one, else what its budget says."""
    return [
        Projet(
            rang=un.rang,
            intitule=un.projet.intitule.lisible(),
            date_debut=un.projet.date_debut.valeur,
            date_fin=un.projet.date_fin.valeur,
            territoires=[ProjetTerritoire(**territoire._asdict()) for territoire in un.projet.territoires.figes],
            montant_demande=un.budget.montant_demande,
        )
        for un in lue.projets
    ]
