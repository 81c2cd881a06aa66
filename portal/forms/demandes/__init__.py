"""Sections of a grant request (cerfa 12156*06): what is asked, in which words, and how it is read. One module per section."""

from portal.forms.attestations import AttestationsForm
from portal.forms.budget import BudgetAssociationForm, BudgetProjetForm
from portal.forms.demandes.cofinancements import CofinancementsForm
from portal.forms.demandes.demande import DemandeForm
from portal.forms.demandes.identite import IdentiteForm
from portal.forms.demandes.moyens import MoyensForm
from portal.forms.demandes.pieces import PiecesForm
from portal.forms.demandes.projet import ProjetForm
from portal.forms.demandes.questions import QuestionsForm
from portal.forms.saisie import Saisie
from portal.vocabulaire_demandes import SectionDemande

FORMULAIRES: dict[SectionDemande, type[Saisie]] = {
    SectionDemande.DEMANDE: DemandeForm,
    SectionDemande.IDENTITE: IdentiteForm,
    SectionDemande.MOYENS: MoyensForm,
    SectionDemande.BUDGET_ASSOCIATION: BudgetAssociationForm,
    SectionDemande.PROJET: ProjetForm,
    SectionDemande.BUDGET_PROJET: BudgetProjetForm,
    SectionDemande.COFINANCEMENTS: CofinancementsForm,
    SectionDemande.QUESTIONS: QuestionsForm,
    SectionDemande.PIECES: PiecesForm,
    SectionDemande.ATTESTATIONS: AttestationsForm,
}
