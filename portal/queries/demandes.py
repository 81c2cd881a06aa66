"""Grant requests of a person, open campaigns, and what a request says in words people read.

`sections_lisibles` and `budget` serve the check page, the récépissé, the agents' page and the summary alike.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.documents import modeles
from portal.errors import Forbidden, NotFound
from portal.formats import maintenant
from portal.forms import budget as tables
from portal.forms.budget import PLAN, ChapitreLisible, TableauLisible, TotauxLisibles
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.permissions import Acteur, can_edit
from portal.queries.lecture_demandes import CHARGEMENT, DemandeLue, lire
from portal.vocabulaire import LIBELLES_SECTION, SectionDemande, SensBudget, Source


def est_ouverte(demarche: Demarche, instant: datetime) -> bool:
    """Whether a campaign of ours takes requests at that instant; the closing instant itself is too late."""
    commencee = demarche.ouverture is None or demarche.ouverture <= instant
    return demarche.source == Source.PORTAIL and commencee and (demarche.cloture is None or instant < demarche.cloture)


def list_campagnes(session: Session) -> list[Demarche]:
    """Campaigns open now, the first to close first."""
    campagnes = session.scalars(
        select(Demarche)
        .where(Demarche.source == Source.PORTAIL)
        .options(joinedload(Demarche.service))
        .order_by(Demarche.cloture, Demarche.id)
    )
    instant = maintenant()
    return [campagne for campagne in campagnes if est_ouverte(campagne, instant)]


def get_campagne(session: Session, demarche_id: int) -> Demarche:
    """A campaign of ours, open or not. Raises NotFound."""
    campagne = session.get(Demarche, demarche_id)
    if campagne is None or campagne.source != Source.PORTAIL:
        raise NotFound
    return campagne


def visible_demandes(viewer: Acteur) -> Select[Demande]:
    """Requests of associations whose mandat is proved; while it is declared, only those that the person began."""
    miennes = and_(
        Demande.created_by_id == viewer.user_id,
        Demande.association_id.in_([mandat.association_id for mandat in viewer.mandats]),
    )
    return select(Demande).where(or_(Demande.association_id.in_(viewer.associations_prouvees), miennes))


@dataclass(frozen=True, slots=True)
class LigneDemande:
    """A request and, once filed, the reference of its dossier."""

    demande: Demande
    reference: str | None


def list_demandes(session: Session, viewer: Acteur) -> list[LigneDemande]:
    """Requests of this person, drafts first, then newest first."""
    lignes = session.execute(
        visible_demandes(viewer)
        .add_columns(Dossier.reference)
        .outerjoin(Dossier, Dossier.demande_id == Demande.id)
        .options(joinedload(Demande.association), joinedload(Demande.demarche))
        .order_by(Demande.deposee_at.desc().nulls_first(), Demande.created_at.desc(), Demande.id.desc())
    )
    return [LigneDemande(demande, reference) for demande, reference in lignes]


def get(session: Session, viewer: Acteur, demande_id: int) -> Demande:
    """One of them, with all that its pages show. Raises NotFound."""
    demande = session.scalars(visible_demandes(viewer).where(Demande.id == demande_id).options(*CHARGEMENT)).first()
    if demande is None:
        raise NotFound
    return demande


def get_a_modifier(session: Session, viewer: Acteur, demande_id: int) -> Demande:
    """The same, for whoever may change it. Raises NotFound, and Forbidden with the reason."""
    demande = get(session, viewer, demande_id)
    verdict = can_edit(viewer, demande)
    if not verdict:
        raise Forbidden(verdict.raison)
    return demande


def get_by_cle(session: Session, viewer: Acteur, cle: str) -> Demande:
    """The request that a page has begun. Raises NotFound."""
    demande = session.scalars(visible_demandes(viewer).where(Demande.cle == cle)).first()
    if demande is None:
        raise NotFound
    return demande


@dataclass(frozen=True, slots=True)
class SectionLisible:
    """A section and its (label, value) lines; an empty value was not given."""

    section: SectionDemande
    titre: str
    lignes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BudgetLisible:
    """The budget as the macro `budget_lecture` takes it; `contributions` are accounts 86 and 87, when there are some."""

    titre: str
    charges: tuple[ChapitreLisible, ...]
    produits: tuple[ChapitreLisible, ...]
    totaux: TotauxLisibles
    contributions: TableauLisible | None
    phrase_part: str


def charger(session: Session, demande: Demande) -> DemandeLue:
    """Read a request with all that it needs in a fixed number of queries."""
    return lire(session.scalars(select(Demande).where(Demande.id == demande.id).options(*CHARGEMENT)).one())


def sections_lisibles(session: Session, demande: Demande) -> tuple[SectionLisible, ...]:
    """Every section but the budget, in order, in the words of the form."""
    return sections_de(charger(session, demande))


def sections_de(lue: DemandeLue) -> tuple[SectionLisible, ...]:
    """The same for a request already read."""
    return tuple(
        SectionLisible(section, LIBELLES_SECTION[section], tuple(form.relire()))
        for section, form in lue.forms.items()
        if section != SectionDemande.BUDGET_PROJET
    )


def budget(session: Session, demande: Demande) -> BudgetLisible:
    """The budget: as typed while it is a draft, from the frozen lines once filed."""
    return budget_de(charger(session, demande))


def budget_de(lue: DemandeLue) -> BudgetLisible:
    """The same for a request already read."""
    if lue.demande.deposee_at is None:
        principal, *autres = tables.a_lire(lue.budget)
    else:
        lignes = {ligne.slug: (ligne.libelle, ligne.montant) for ligne in lue.demande.lignes_budget}
        principal, *autres = tables.depose(lignes)
    contributions = next((t for t in autres if t.charges or t.produits), None)
    return BudgetLisible(
        principal.titre, principal.charges, principal.produits, principal.totaux, contributions, lue.phrase_part
    )


def sections_de_document(lue: DemandeLue) -> tuple[modeles.Section, ...]:
    """The sections as documents print them; attestations have a place of their own."""
    return tuple(
        modeles.Section(section.titre, tuple(modeles.Ligne(*ligne) for ligne in section.lignes))
        for section in sections_de(lue)
        if section.section != SectionDemande.ATTESTATIONS
    )


def budgets_de_document(demande: Demande) -> tuple[modeles.Budget, ...]:
    """The frozen budget as documents print it: the budget itself, then the contributions volontaires if any."""
    montants = {ligne.slug: (ligne.libelle, ligne.montant) for ligne in demande.lignes_budget}
    budgets = [
        modeles.Budget(
            tableau.titre,
            _colonne(tableau, SensBudget.CHARGES, montants),
            _colonne(tableau, SensBudget.PRODUITS, montants),
        )
        for tableau in PLAN
    ]
    return tuple(budget for budget in budgets if budget.charges or budget.produits)


def _colonne(
    tableau: tables.Tableau, sens: SensBudget, montants: dict[str, tuple[str, Decimal]]
) -> tuple[modeles.LigneBudget, ...]:
    return tuple(
        modeles.LigneBudget(f"{chapitre.compte} – {chapitre.titre}".strip(" –"), *montants[poste.slug])
        for chapitre in tableau.chapitres[sens]
        for poste in chapitre.postes
        if poste.slug in montants
    )
