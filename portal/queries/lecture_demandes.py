"""A request read from its typed texts: one examined form per section, and the form that a page shows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.forms.attestations import AttestationsForm
from portal.forms.budget import BUDGET, BudgetForm, phrase_part
from portal.forms.demandes import FORMULAIRES, IdentiteForm, MontantForm, ProjetForm
from portal.forms.saisie import Contexte, Saisie, UneSaisie, bruts, lier
from portal.models.associations import Association, Mandat
from portal.models.demandes import Demande
from portal.models.demarches import Demarche
from portal.permissions import Acteur
from portal.vocabulaire import EtatMandat, EtatSection, RoleMandat, SectionDemande, SensBudget

CHARGEMENT = (
    selectinload(Demande.sections),
    joinedload(Demande.demarche).joinedload(Demarche.service),
    joinedload(Demande.association).selectinload(Association.identifiants),
    joinedload(Demande.association).selectinload(Association.etablissements),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandeLue:
    """A request as its typed texts read now: one examined form per section. `versions`: locks of the saved ones."""

    demande: Demande
    contexte: Contexte
    versions: Mapping[SectionDemande, int]
    identite: IdentiteForm
    projet: ProjetForm
    budget: BudgetForm
    montants: MontantForm
    attestations: AttestationsForm

    @property
    def forms(self) -> Mapping[SectionDemande, Saisie]:
        """The forms, in the order of the request."""
        return {
            SectionDemande.IDENTITE: self.identite,
            SectionDemande.PROJET: self.projet,
            SectionDemande.BUDGET_PROJET: self.budget,
            SectionDemande.MONTANT: self.montants,
            SectionDemande.ATTESTATIONS: self.attestations,
        }

    def etat(self, section: SectionDemande) -> EtatSection:
        """Where a section stands; what was never saved is « à commencer », whatever is offered to begin with."""
        return self.forms[section].etat if section in self.versions else EtatSection.A_COMMENCER

    @property
    def prete(self) -> bool:
        """Every section is filled in and readable."""
        return all(self.etat(section) == EtatSection.REMPLIE for section in SectionDemande)

    def differences(self, section: SectionDemande, form: Saisie) -> list[tuple[str, str]]:
        """(label, saved value) of each field where `form` says something else."""
        return [
            (str(sien.label.text), sien.lisible())
            for sien, notre in zip(self.forms[section].contenus(), form.contenus(), strict=True)
            if bruts(sien) != bruts(notre)
        ]

    @property
    def phrase_part(self) -> str:
        """Share of the grant in the produits; empty while either cannot be read, or when the whole is less than its part."""
        montant, total = self.contexte.montant_demande, self.contexte.total_produits
        return phrase_part(montant, total) if montant is not None and total and montant <= total else ""


def lire(demande: Demande) -> DemandeLue:
    """Read a request section by section: the amount after the budget that bounds it, the attestations after the amount."""
    saisies = {saisie.section: saisie for saisie in demande.sections}

    def examiner(genre: type[UneSaisie], section: SectionDemande, contexte: Contexte) -> UneSaisie:
        form = lier(genre, saisies[section].valeurs if section in saisies else {}, contexte)
        form.examiner()
        return form

    contexte = _contexte(demande.association)
    budget = examiner(BudgetForm, SectionDemande.BUDGET_PROJET, contexte)
    contexte = replace(contexte, total_produits=budget.total(BUDGET, SensBudget.PRODUITS))
    montants = examiner(MontantForm, SectionDemande.MONTANT, contexte)
    contexte = replace(contexte, montant_demande=montants.montant_demande.valeur, exercice=montants.exercice.valeur)
    return DemandeLue(
        demande=demande,
        contexte=contexte,
        versions={section: saisie.version for section, saisie in saisies.items()},
        identite=examiner(IdentiteForm, SectionDemande.IDENTITE, contexte),
        projet=examiner(ProjetForm, SectionDemande.PROJET, contexte),
        budget=budget,
        montants=montants,
        attestations=examiner(AttestationsForm, SectionDemande.ATTESTATIONS, contexte),
    )


def _contexte(association: Association) -> Contexte:
    places = [(e.siret, f"siège, {e.adresse}" if e.siege else e.adresse) for e in association.etablissements if e.actif]
    return Contexte(siren=association.siren, etablissements=tuple((s, a.strip(", ")) for s, a in places))


def a_remplir(
    session: Session, viewer: Acteur, lue: DemandeLue, section: SectionDemande, typed: Mapping[str, str] | None = None
) -> Saisie:
    """The form of a section for its page: what was `typed` just now, else saved, else what is known to begin with."""
    version = lue.versions.get(section, 0)
    if typed is not None:
        valeurs = typed
    elif version:
        valeurs = lue.forms[section].brut()
    else:
        valeurs = _connues(session, viewer, lue.demande, section)
    return lier(FORMULAIRES[section], valeurs, lue.contexte, version=version, csrf=True)


def _connues(session: Session, viewer: Acteur, demande: Demande, section: SectionDemande) -> dict[str, str]:
    """What need not be asked again: the register's facts, and what the person has said of herself."""
    if section == SectionDemande.MONTANT:
        return {"exercice": str(demande.demarche.exercice or "")}
    if section not in (SectionDemande.IDENTITE, SectionDemande.ATTESTATIONS):
        return {}
    mandat = session.scalars(
        select(Mandat)
        .where(Mandat.user_id == viewer.user_id, Mandat.association_id == demande.association_id)
        .options(joinedload(Mandat.user))
    ).one()
    represente = mandat.role == RoleMandat.SIGNATAIRE
    if section == SectionDemande.ATTESTATIONS:
        qualite = "representant" if represente else ""
        return {"prenom": mandat.user.prenom, "nom": mandat.user.nom, "qualite": qualite}
    association = demande.association
    lisible = association.verifiee or mandat.etat == EtatMandat.PROUVE
    adresse = f"{association.adresse}, {association.code_postal} {association.commune}".strip(", ")
    connues = {"siret": association.siret_siege, "adresse": adresse if lisible else ""}
    if represente:
        connues |= {"representant_prenom": mandat.user.prenom, "representant_nom": mandat.user.nom}
        connues |= {"fonction": mandat.fonction, "courriel": mandat.user.email}
    return connues
