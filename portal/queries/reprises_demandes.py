"""What a new request takes from the last one filed: texts, moved to the new year; never an amount, never an attestation."""

import calendar
import re
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.formats import date_fr
from portal.models.demandes import Demande, SectionSaisie
from portal.models.dossiers import Dossier
from portal.permissions import Acteur
from portal.queries.demandes_visibles import visible_demandes
from portal.vocabulaire_demandes import Place, SectionDemande

# By section, the inputs that are taken. A section that is not here is written anew: budgets, pieces, attestations.
REPRIS = {
    SectionDemande.DEMANDE: re.compile(r"forme|objet|periode|politique_ville"),
    SectionDemande.IDENTITE: re.compile(r".*"),
    SectionDemande.MOYENS: re.compile(r".*"),
    SectionDemande.BUDGET_ASSOCIATION: re.compile(r"exercice_(du|au)-.*"),
    SectionDemande.PROJET: re.compile(r"(?!territoires-[0-9]+-part$).*"),
    SectionDemande.COFINANCEMENTS: re.compile(r"cofinanceurs-[0-9]+-(type|financeur)|economique|aides-.*"),
    SectionDemande.QUESTIONS: re.compile(r".*"),
}
# Dates of the year that is asked for, moved with it; those of the past stay.
DATES = ("date_debut", "date_fin", "exercice_du", "exercice_au")
ANNEE = re.compile(r"(20[0-9]{2})")


def last_filed(session: Session, viewer: Acteur, association_id: int) -> Demande | None:
    """The newest filed request of the association that this person may read."""
    deposees = visible_demandes(viewer).where(Demande.association_id == association_id, Demande.deposee_at.is_not(None))
    return session.scalars(deposees.order_by(Demande.deposee_at.desc(), Demande.id.desc()).limit(1)).first()


def former_answers(session: Session, viewer: Acteur, demande: Demande, place: Place) -> tuple[dict[str, str], str]:
    """What the last request offers to this page, by input, and the sentence that says so; nothing when there is none."""
    if demande.precedente_id is None or place.section not in REPRIS:
        return {}, ""
    precedente = session.scalars(visible_demandes(viewer).where(Demande.id == demande.precedente_id)).first()
    if precedente is None:
        return {}, ""
    pages = session.scalars(
        select(SectionSaisie).where(
            SectionSaisie.demande_id == precedente.id,
            SectionSaisie.complement_id.is_(None),
            SectionSaisie.retiree_at.is_(None),
            SectionSaisie.section.in_({place.section, SectionDemande.DEMANDE}),
        )
    ).all()
    lues = {Place(une.section, une.rang): une.valeurs for une in pages}
    valeurs = _choisies(place, lues.get(place, {}))
    if place.section == SectionDemande.DEMANDE:
        valeurs["frequence"] = "renouvellement"
    demandees = lues.get(Place(SectionDemande.DEMANDE), {})
    return _dans_l_annee(valeurs, _ecart(demande, demandees)), _source(session, precedente)


def former_amount(session: Session, viewer: Acteur, demande: Demande) -> str:
    """The amount asked the last time, as it was typed; empty when there is none to show."""
    if demande.precedente_id is None:
        return ""
    lisibles = visible_demandes(viewer).where(Demande.id == demande.precedente_id).with_only_columns(Demande.id)
    valeurs = session.scalar(
        select(SectionSaisie.valeurs).where(
            SectionSaisie.demande_id.in_(lisibles),
            SectionSaisie.section == SectionDemande.DEMANDE,
            SectionSaisie.complement_id.is_(None),
        )
    )
    return str((valeurs or {}).get("montant_demande", ""))


def _choisies(place: Place, valeurs: Mapping[str, str]) -> dict[str, str]:
    repris = REPRIS[place.section]
    return {nom: str(texte) for nom, texte in valeurs.items() if texte and repris.fullmatch(nom)}


def _ecart(demande: Demande, demandees: Mapping[str, str]) -> int:
    """Years from the exercice of the last request to that of the new one; one when either is not said."""
    ancien = str(demandees.get("exercice", ""))
    nouveau = demande.demarche.exercice
    return max(0, nouveau - int(ancien)) if nouveau and ANNEE.fullmatch(ancien) else 1


def _dans_l_annee(valeurs: dict[str, str], ecart: int) -> dict[str, str]:
    """Its dates moved by so many years; 29 February becomes the 28th where the year has none."""
    for date in DATES:
        annee = valeurs.get(f"{date}-annee", "")
        if not ANNEE.fullmatch(annee):
            continue
        nouvelle = int(annee) + ecart
        valeurs[f"{date}-annee"] = str(nouvelle)
        fevrier = valeurs.get(f"{date}-mois", "").lstrip("0") == "2"
        if fevrier and valeurs.get(f"{date}-jour") == "29" and not calendar.isleap(nouvelle):
            valeurs[f"{date}-jour"] = "28"
    return valeurs


def _source(session: Session, precedente: Demande) -> str:
    reference = session.scalar(
        select(Dossier.reference).where(Dossier.demande_id == precedente.id).order_by(Dossier.id).limit(1)
    )
    return f"Repris de votre demande {reference or ''} du {date_fr(precedente.deposee_at)}.".replace("  ", " ")
