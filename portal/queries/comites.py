"""The funders of a demande commune side by side, for one of them: what each was asked, proposes, has granted."""

from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden, NotFound
from portal.forms.budget import BudgetForm
from portal.models.decisions import Decision, Proposition
from portal.models.demandes import Demande
from portal.models.dossiers import Dossier
from portal.permissions import Acteur, can_read_decision
from portal.queries import dossiers
from portal.queries.lecture_demandes import lire
from portal.vocabulaire import Etat
from portal.vocabulaire_demandes import SectionDemande

RIEN = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Financeur:
    """A funder and its dossier; euros. `propose` and `decide` (not notified) are known of the viewer's own service alone.

    `accorde`: notified; None while nothing is.
    """

    dossier: Dossier
    sien: bool
    demande: Decimal | None
    propose: Decimal | None
    decide: Decimal | None
    accorde: Decimal | None

    @property
    def retenu(self) -> Decimal:
        """What may be counted on, as far as the viewer may know."""
        return self.accorde if self.accorde is not None else self.decide or self.propose or RIEN


@dataclass(frozen=True, slots=True)
class Comite:
    """The funders, in the order in which they were addressed. `cout`: the whole budget in euros, None when unreadable."""

    dossier: Dossier
    financeurs: tuple[Financeur, ...]
    cout: Decimal | None

    def somme(self, colonne: str) -> Decimal:
        """Euros of a column."""
        return sum((getattr(un, colonne) or RIEN for un in self.financeurs), RIEN)

    @property
    def reste(self) -> Decimal | None:
        """What nobody has granted yet, below zero when more than the cost is; None when the cost is unknown."""
        return None if self.cout is None else self.cout - self.somme("accorde")

    @property
    def reste_prevu(self) -> Decimal | None:
        """The same if what the viewer's service proposes or has decided is granted too."""
        return None if self.cout is None else self.cout - self.somme("retenu")


def get(session: Session, viewer: Acteur, reference: str) -> Comite:
    """For the owner service of one of its dossiers. Raises NotFound (also when there is one funder only), Forbidden."""
    dossier = dossiers.get(session, viewer, reference)
    if dossier.service_id != viewer.service_id:
        raise Forbidden("Le tableau des financeurs n’est ouvert qu’à un service qui finance la demande.")
    demande = session.get(Demande, dossier.demande_id) if dossier.demande_id else None
    if demande is None:
        raise NotFound
    lignes = session.execute(
        select(Dossier, Decision, Proposition)
        .outerjoin(Decision, Decision.dossier_id == Dossier.id)
        .outerjoin(Proposition, Proposition.dossier_id == Dossier.id)
        .where(Dossier.demande_id == demande.id)
        .options(joinedload(Dossier.service), joinedload(Dossier.demarche))
        .order_by(Dossier.demarche_id != demande.demarche_id, Dossier.id)
    ).all()
    if len(lignes) < 2:
        raise NotFound
    financeurs = tuple(_financeur(viewer, un, decision, proposition) for un, decision, proposition in lignes)
    return Comite(dossier, financeurs, _cout(demande))


def _financeur(
    viewer: Acteur, dossier: Dossier, decision: Decision | None, proposition: Proposition | None
) -> Financeur:
    """A démarche marked confidential shows other services that a dossier exists, and nothing of its amounts (model.md §3)."""
    sien = dossier.service_id == viewer.service_id
    lisible = sien or not dossier.demarche.confidentielle
    prise = decision if decision is not None and can_read_decision(viewer, dossier, decision) else None
    notifiee = dossier.etat in (Etat.ACCEPTE, Etat.REFUSE, Etat.SANS_SUITE)
    accorde = (dossier.montant_accorde or RIEN) if notifiee else None
    return Financeur(
        dossier=dossier,
        sien=sien,
        demande=dossier.montant_demande if lisible else None,
        propose=proposition.montant if sien and proposition else None,
        decide=prise.montant_accorde if sien and prise and prise.notified_at is None else None,
        accorde=accorde if lisible else None,
    )


def _cout(demande: Demande) -> Decimal | None:
    """Of the projects together, else of the association: what the produits of the budget add up to."""
    lue = lire(demande)
    budgets = [form for place, form in lue.forms.items() if place.section == SectionDemande.BUDGET_PROJET]
    budgets = budgets or [
        form for place, form in lue.forms.items() if place.section == SectionDemande.BUDGET_ASSOCIATION
    ]
    totaux = [cast("BudgetForm", form).total_produits for form in budgets]
    return sum((un for un in totaux if un is not None), RIEN) if totaux and None not in totaux else None
