"""A request read from its typed texts: one examined form per page, and the form that a page shows."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast

from sqlalchemy.orm import Session, joinedload, selectinload

from portal.forms.attestations import AttestationsForm
from portal.forms.base import une_ligne
from portal.forms.budget import BudgetAssociationForm, BudgetForm, BudgetProjetForm, phrase_part, somme
from portal.forms.demandes import FORMULAIRES
from portal.forms.demandes.demande import FONCTIONNEMENT, DemandeForm
from portal.forms.demandes.identite import IdentiteForm
from portal.forms.demandes.projet import ProjetForm
from portal.forms.saisie import Contexte, Saisie, lier
from portal.models.associations import Association
from portal.models.demandes import Demande, SectionSaisie
from portal.models.demarches import Demarche
from portal.permissions import Acteur
from portal.queries.contextes_demandes import LigneFigee, entourage_de
from portal.queries.destinataires import DossierLie
from portal.queries.reponses_connues import connues, kept
from portal.queries.reprises_demandes import former_amount
from portal.vocabulaire_demandes import SECTIONS_PAR_PROJET, EtatSection, Place, SectionDemande

LONGUEUR_INTITULE = 80
ATTESTATIONS = Place(SectionDemande.ATTESTATIONS)
BUDGETS = frozenset({SectionDemande.BUDGET_ASSOCIATION, SectionDemande.BUDGET_PROJET})
CHARGEMENT = (
    selectinload(Demande.sections),
    joinedload(Demande.demarche).joinedload(Demarche.service),
    joinedload(Demande.association).selectinload(Association.identifiants),
)


@dataclass(frozen=True, slots=True)
class ProjetLu:
    """One project of a request: its number, which never changes, its page and its budget."""

    rang: int
    projet: ProjetForm
    budget: BudgetProjetForm


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandeLue:
    """A request as its typed texts read now: one examined form per page, in order.

    `versions`: locks of the saved ones. `projets_retires`: (number, name) of the projects taken out, that may come back.
    `attestee_par_id`: the account that saved the attestations as they read here, None while nobody has.
    Filed: `dossiers` that it has become, and budget `lignes` as they were frozen.
    """

    demande: Demande
    contexte: Contexte
    versions: Mapping[Place, int]
    forms: Mapping[Place, Saisie]
    projets_retires: tuple[tuple[int, str], ...] = ()
    attestee_par_id: int | None = None
    dossiers: tuple[DossierLie, ...] = ()
    lignes: tuple[LigneFigee, ...] = ()

    @property
    def places(self) -> tuple[Place, ...]:
        """The pages that this request has, in order."""
        return tuple(self.forms)

    @property
    def ce_qui_est_demande(self) -> DemandeForm:
        """What is asked, for what, of whom."""
        return cast("DemandeForm", self.forms[Place(SectionDemande.DEMANDE)])

    @property
    def identite(self) -> IdentiteForm:
        """The association."""
        return cast("IdentiteForm", self.forms[Place(SectionDemande.IDENTITE)])

    @property
    def budget_association(self) -> BudgetAssociationForm:
        """The budget of the whole association."""
        return cast("BudgetAssociationForm", self.forms[Place(SectionDemande.BUDGET_ASSOCIATION)])

    @property
    def attestations(self) -> AttestationsForm:
        """What is attested."""
        return cast("AttestationsForm", self.forms[Place(SectionDemande.ATTESTATIONS)])

    @property
    def projets(self) -> tuple[ProjetLu, ...]:
        """The projects, in order; none for a request of fonctionnement."""
        return tuple(
            ProjetLu(
                place.rang,
                cast("ProjetForm", form),
                cast("BudgetProjetForm", self.forms[Place(SectionDemande.BUDGET_PROJET, place.rang)]),
            )
            for place, form in self.forms.items()
            if place.section == SectionDemande.PROJET
        )

    @property
    def intitule(self) -> str:
        """What the request is called: its first project, or the fonctionnement of the year."""
        if self.projets:
            return self.projets[0].projet.intitule.lisible()
        return f"Fonctionnement {self.contexte.exercice or ''}".strip()

    def lies(self, dossier_id: int) -> tuple[DossierLie, ...]:
        """The other dossiers of a demande commune."""
        return tuple(une for une in self.dossiers if une.id != dossier_id)

    def libelle(self, place: Place) -> str:
        """What a page is called in this request: « Projet 2 : Fête du livre »."""
        nom = f"{place.libelle} 1" if place.section in SECTIONS_PAR_PROJET and self._numerotee(place) else place.libelle
        form = self.forms[place]
        intitule = une_ligne(form.intitule.lisible()) if isinstance(form, ProjetForm) else ""
        return f"{nom}\u00a0: {raccourci(intitule)}" if intitule else nom

    def _numerotee(self, place: Place) -> bool:
        """The first project bears its number as soon as there is another one."""
        return place.rang == 1 and self.contexte.projets > 1

    def connait(self, place: Place) -> bool:
        """Whether this page is or was one of the request: a project taken out, or hidden while fonctionnement is asked."""
        rangs = {une.rang for une in self.demande.sections if une.section in SECTIONS_PAR_PROJET} | {1}
        return place in self.forms or (place.section in SECTIONS_PAR_PROJET and place.rang in rangs)

    def suivante(self, place: Place) -> Place | None:
        """The next page to fill in, after this one and then from the beginning; None when every page is."""
        ici = self.places.index(place)
        reste = (*self.places[ici + 1 :], *self.places[:ici])
        return next((une for une in reste if self.etat(une) != EtatSection.REMPLIE), None)

    def etat(self, place: Place) -> EtatSection:
        """Where a page stands; what was never saved is « à commencer », whatever is offered to begin with."""
        form = self.forms[place]
        return form.etat if form.calculee or place in self.versions else EtatSection.A_COMMENCER

    @property
    def prete(self) -> bool:
        """Every page is filled in and readable."""
        return all(self.etat(place) == EtatSection.REMPLIE for place in self.places)

    @property
    def phrase_part(self) -> str:
        """Share of the grant in the produits; empty while either cannot be read, or when the whole is less than its part."""
        montant, total = self.contexte.montant_demande, self.contexte.total_produits
        return phrase_part(montant, total) if montant is not None and total and montant <= total else ""


def raccourci(intitule: str) -> str:
    """The beginning of a name that is too long for a list."""
    return intitule if len(intitule) <= LONGUEUR_INTITULE else f"{intitule[: LONGUEUR_INTITULE - 1].rstrip()}…"


def lire(demande: Demande, corrections: Sequence[SectionSaisie] = ()) -> DemandeLue:
    """Read a request page by page: what is asked after the budgets that bound it, the attestations after the amount.

    `corrections`: pages of a filed request that are being corrected, each read in place of the one that was filed.
    """
    saisies = {Place(une.section, une.rang): une for une in demande.sections if une.retiree_at is None}
    saisies |= {Place(une.section, une.rang): une for une in corrections}

    def examiner(place: Place, contexte: Contexte) -> Saisie:
        form = lier(FORMULAIRES[place.section], saisies[place].valeurs if place in saisies else {}, contexte)
        form.examiner()
        return form

    objet = _chosen(saisies, "objet")
    rangs = () if objet == FONCTIONNEMENT else _rangs(saisies, {rang for rang, _ in _retires(demande)})
    entourage = entourage_de(demande, saisies)
    contexte = replace(entourage.contexte, objet=objet, periode=_chosen(saisies, "periode"), projets=len(rangs))
    places = _places(rangs, contexte)
    budgets = {place: examiner(place, contexte) for place in places if place.section in BUDGETS}
    contexte = replace(contexte, total_produits=_total_produits(budgets, rangs))
    demandee = cast("DemandeForm", examiner(Place(SectionDemande.DEMANDE), contexte))
    contexte = replace(
        contexte,
        montant_demande=demandee.montant_total,
        parts=demandee.parts,
        exercice=demandee.exercice.valeur,
        noms_projets=_noms_projets(saisies, rangs),
        montants_projets=_montants_projets(budgets),
    )
    lues = {Place(SectionDemande.DEMANDE): demandee}
    return DemandeLue(
        demande=demande,
        contexte=contexte,
        versions={place: saisie.version for place, saisie in saisies.items()},
        forms={place: lues.get(place) or examiner(place, contexte.au_projet(place.rang)) for place in places},
        projets_retires=_retires(demande),
        attestee_par_id=saisies[ATTESTATIONS].updated_by_id if ATTESTATIONS in saisies else None,
        dossiers=entourage.dossiers,
        lignes=entourage.lignes,
    )


def _chosen(saisies: Mapping[Place, SectionSaisie], champ: str) -> str:
    """What is chosen in the section of what is asked, on which the others depend."""
    saisie = saisies.get(Place(SectionDemande.DEMANDE))
    return str(saisie.valeurs.get(champ, "")) if saisie else ""


def _rangs(saisies: Mapping[Place, SectionSaisie], retires: Set[int]) -> tuple[int, ...]:
    """Numbers of the projects: each that has a page, and the first, which is there from the beginning, unless taken out."""
    ouverts = {place.rang for place in saisies if place.section in SECTIONS_PAR_PROJET} | {1}
    return tuple(sorted(ouverts - retires)) or (1,)


def _noms_projets(saisies: Mapping[Place, SectionSaisie], rangs: Sequence[int]) -> tuple[tuple[int, str], ...]:
    """(number, what people call it) of each project, in order."""
    noms = []
    for rang in rangs:
        place = Place(SectionDemande.PROJET, rang)
        intitule = saisies[place].valeurs.get("intitule", "") if place in saisies else ""
        noms.append((rang, raccourci(une_ligne(intitule)) or f"Projet {rang}"))
    return tuple(noms)


def _montants_projets(budgets: Mapping[Place, Saisie]) -> tuple[tuple[int, Decimal | None], ...]:
    """(number, euros asked for it) of each project; None while it is not readable."""
    return tuple(
        (place.rang, form.montant_projet.valeur)
        for place, form in budgets.items()
        if isinstance(form, BudgetProjetForm)
    )


def _retires(demande: Demande) -> tuple[tuple[int, str], ...]:
    """(number, name as typed) of the projects taken out, in order."""
    retires = {une.rang: "" for une in demande.sections if une.retiree_at is not None}
    for une in demande.sections:
        if une.rang in retires and une.section == SectionDemande.PROJET:
            retires[une.rang] = raccourci(une_ligne(une.valeurs.get("intitule", "")))
    return tuple(sorted(retires.items()))


def _places(rangs: Sequence[int], contexte: Contexte) -> tuple[Place, ...]:
    """The pages of a request, in order; those of a project follow one another. Without questions, no page for them."""
    places: list[Place] = []
    for section in FORMULAIRES:
        if section == SectionDemande.PROJET:
            places += [
                Place(une, rang) for rang in rangs for une in (SectionDemande.PROJET, SectionDemande.BUDGET_PROJET)
            ]
        elif section == SectionDemande.QUESTIONS:
            places += [Place(section)] * any(une.a_repondre for une in contexte.questions)
        elif section != SectionDemande.BUDGET_PROJET:
            places.append(Place(section))
    return tuple(places)


def _total_produits(budgets: Mapping[Place, Saisie], rangs: Sequence[int]) -> Decimal | None:
    """Of the projects together, else of the association."""
    concernees = [Place(SectionDemande.BUDGET_PROJET, rang) for rang in rangs]
    lus = [cast("BudgetForm", budgets[p]) for p in concernees or [Place(SectionDemande.BUDGET_ASSOCIATION)]]
    return somme([lu.total_produits for lu in lus])


def recevoir(lue: DemandeLue, place: Place, typed: Mapping[str, str]) -> Saisie:
    """What a page has just sent, to be kept as it is. To show it again, see `a_remplir`."""
    return lier(FORMULAIRES[place.section], typed, lue.contexte.au_projet(place.rang))


def a_remplir(
    session: Session,
    viewer: Acteur,
    lue: DemandeLue,
    place: Place,
    typed: Mapping[str, str] | None = None,
    *,
    origines: bool = True,
) -> Saisie:
    """The form of a section for its page: what was `typed` just now, else saved, else what is known; `origines`: and whence."""
    version = lue.versions.get(place, 0)
    autre = bool(version) and attestee_par_une_autre(lue, viewer, place)
    offertes = kept(lue.demande, place) if version and not autre else connues(session, viewer, lue.demande, place)
    valeurs: Mapping[str, str] = {nom: une.valeur for nom, une in offertes.items()}
    if typed is not None:
        valeurs = typed
    elif autre:
        cumul = {nom: texte for nom, texte in lue.forms[place].brut().items() if nom in ("cumul", "fait_a")}
        valeurs = {**cumul, **valeurs}
    elif version:
        valeurs = lue.forms[place].brut()
    form = lier(FORMULAIRES[place.section], valeurs, lue.contexte.au_projet(place.rang), version=version, csrf=True)
    if origines:
        form.annoter({nom: une.source for nom, une in offertes.items() if valeurs.get(nom) == une.valeur})
    if origines and place.section == SectionDemande.DEMANDE and (ancien := former_amount(session, viewer, lue.demande)):
        form.annoter({"montant_demande": f"La dernière fois\u00a0: {ancien}."})
    return form


def attestee_par_une_autre(lue: DemandeLue, viewer: Acteur, place: Place) -> bool:
    """Whether that page is the attestations, saved by somebody else: they bind who ticks them, so they are shown to be ticked."""
    return place == ATTESTATIONS and lue.attestee_par_id not in (None, viewer.user_id)
