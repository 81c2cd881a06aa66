"""The grant request form as a document: blank for a campaign, filled in for a request."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.documents.modeles import AssociationCitee
from portal.documents.modeles_formulaire import (
    CaseFormulaire,
    Formulaire,
    PartieFormulaire,
    PosteFormulaire,
    TableauFormulaire,
)
from portal.formats import aujourdhui
from portal.forms.attestations import AttestationsForm
from portal.forms.budget import BudgetForm
from portal.forms.champs import Choix, TexteLong
from portal.forms.demandes import FORMULAIRES
from portal.forms.echeances import echeance_fr
from portal.forms.lignes import Lignes
from portal.forms.phrases_budget import total_fr
from portal.forms.saisie import Contexte, Saisie, lier
from portal.models.campagnes import PieceRequise, Question
from portal.models.demarches import Demarche
from portal.models.documents import Document
from portal.queries.lecture_demandes import DemandeLue
from portal.queries.recepisses import service_cite
from portal.vocabulaire import EtatDocument, GenreDocument
from portal.vocabulaire_demandes import LIBELLES_SECTION, SectionDemande, SensBudget

# Given with other means on paper: pieces are joined, questions come from the campaign itself.
APART = frozenset({SectionDemande.PIECES, SectionDemande.QUESTIONS})


def vierge(session: Session, demarche: Demarche) -> Formulaire:
    """The blank form of a campaign: every question of the cerfa, then what the campaign adds and the pieces it asks for."""
    parties = [
        _partie(LIBELLES_SECTION[section], lier(genre, {}, Contexte()), lambda _champ: "")
        for section, genre in FORMULAIRES.items()
        if section not in APART
    ]
    return Formulaire(
        reference=f"Campagne {demarche.id}",
        campagne=demarche.titre,
        service=service_cite(demarche.service),
        cloture=echeance_fr(demarche.cloture, demarche.fuseau),
        parties=(*parties, *_questions(session, demarche), *_pieces(session, demarche)),
    )


def rempli(lue: DemandeLue, references: Iterable[str]) -> Formulaire:
    """A request as it reads now, what is not answered yet left to be written."""
    association, identite = lue.demande.association, lue.identite
    parties = [
        _partie(lue.libelle(place), form, lambda champ: str(champ.lisible()))
        for place, form in lue.forms.items()
        if place.section != SectionDemande.PIECES
    ]
    jointes = tuple(
        CaseFormulaire(piece.libelle, "\n".join(jointe.nom for jointe in piece.jointes) or "Aucun fichier joint")
        for piece in lue.contexte.pieces
    )
    return Formulaire(
        reference=", ".join(references) or f"Brouillon {lue.demande.id}",
        campagne=lue.demande.demarche.titre,
        service=service_cite(lue.demande.demarche.service),
        cloture=echeance_fr(lue.demande.demarche.cloture, lue.demande.demarche.fuseau),
        parties=(*parties, *([PartieFormulaire("Pièces", jointes)] if jointes else [])),
        association=AssociationCitee(
            association.denomination,
            association.siren or None,
            identite.siret_retenu or association.siret_siege or None,
            association.rna or None,
        ),
        depose_le=lue.demande.deposee_at,
        etabli_le=None if lue.demande.deposee_at else aujourdhui(),
    )


def _partie(titre: str, form: Saisie, valeur: Callable[[Any], str]) -> PartieFormulaire:
    """`valeur` gives the answer to print of a field, "" to leave it blank."""
    if isinstance(form, BudgetForm):
        postes = {poste.slug for tableau in form.plan for sens in SensBudget for poste in tableau.postes(sens)}
        cases = tuple(_case(champ, valeur) for champ in form.contenus() if champ.short_name not in postes)
        return PartieFormulaire(titre, cases, _tableaux(form, valeur))
    champs = [champ for champ in form.contenus() if form.concerne(champ.short_name)]
    if isinstance(form, AttestationsForm):
        return PartieFormulaire(titre, tuple(_attestation(champ, valeur) for champ in champs))
    return PartieFormulaire(titre, tuple(_case(champ, valeur) for champ in champs))


def _case(champ: Any, valeur: Callable[[Any], str]) -> CaseFormulaire:
    """The boxes of a choice, a high line for a long text or a list."""
    return CaseFormulaire(
        libelle=str(champ.label.text),
        valeur=valeur(champ),
        choix=tuple(champ.libelles.values()) if isinstance(champ, Choix) else (),
        aide=str(champ.description or ""),
        longue=isinstance(champ, TexteLong | Lignes),
    )


def _attestation(champ: Any, valeur: Callable[[Any], str]) -> CaseFormulaire:
    """A clause is a box of its own."""
    if isinstance(champ, Choix) or not hasattr(champ, "empreinte"):
        return _case(champ, valeur)
    return CaseFormulaire(str(champ.label.text), valeur(champ), choix=("J’atteste",))


def _tableaux(form: BudgetForm, valeur: Callable[[Any], str]) -> tuple[TableauFormulaire, ...]:
    vide = not any(form.brut().values())

    def colonne(tableau: Any, sens: SensBudget) -> tuple[PosteFormulaire, ...]:
        return tuple(
            PosteFormulaire(
                f"{chapitre.compte} – {chapitre.titre}".strip(" –"), poste.libelle, valeur(form[poste.slug])
            )
            for chapitre in tableau.chapitres[sens]
            for poste in chapitre.postes
        )

    def total(tableau: Any, sens: SensBudget) -> str:
        return "" if vide else total_fr(form.total(tableau, sens))

    return tuple(
        TableauFormulaire(
            tableau.titre,
            colonne(tableau, SensBudget.CHARGES),
            colonne(tableau, SensBudget.PRODUITS),
            total(tableau, SensBudget.CHARGES),
            total(tableau, SensBudget.PRODUITS),
        )
        for tableau in form.plan
    )


def _questions(session: Session, demarche: Demarche) -> list[PartieFormulaire]:
    posees = session.scalars(
        select(Question)
        .where(Question.demarche_id == demarche.id, Question.retiree_at.is_(None))
        .order_by(Question.ordre, Question.id)
    )
    cases = tuple(
        CaseFormulaire(_exige(question), choix=tuple(str(un) for un in question.choix), aide=question.aide, longue=True)
        for question in posees
    )
    return [PartieFormulaire(LIBELLES_SECTION[SectionDemande.QUESTIONS], cases)] if cases else []


def _pieces(session: Session, demarche: Demarche) -> list[PartieFormulaire]:
    requises = session.scalars(
        select(PieceRequise)
        .where(PieceRequise.demarche_id == demarche.id, PieceRequise.retiree_at.is_(None))
        .order_by(PieceRequise.ordre, PieceRequise.id)
    )
    cases = tuple(CaseFormulaire(_exige(piece), choix=("Jointe",), aide=piece.aide) for piece in requises)
    return [PartieFormulaire("Pièces à joindre", cases)] if cases else []


def _exige(une: Question | PieceRequise) -> str:
    return une.libelle if une.obligatoire else f"{une.libelle} (facultatif)"


def dernier_vierge(session: Session, demarche: Demarche) -> Document | None:
    """The newest blank form of a campaign, ready or being made; anybody may open it."""
    return session.scalars(
        select(Document)
        .where(
            Document.demarche_id == demarche.id,
            Document.genre == GenreDocument.FORMULAIRE_VIERGE,
            Document.etat != EtatDocument.ECHEC,
        )
        .options(joinedload(Document.fichier))
        .order_by(Document.created_at.desc(), Document.id.desc())
    ).first()
