"""What need not be asked again in a request, and where it comes from: the last request, the register, the CER, the account."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.formats import date_fr
from portal.models.associations import FaitAssociation, Mandat
from portal.models.demandes import Demande
from portal.models.engagements import Engagement
from portal.permissions import Acteur
from portal.queries.associations import LIBELLES_SOURCE, REGISTRES
from portal.queries.reprises_demandes import former_answers
from portal.vocabulaire import EtatMandat, RoleMandat, TypeIdentifiant
from portal.vocabulaire_demandes import Place, SectionDemande

INSCRIPTION = re.compile(r"(?P<tribunal>.+?), volume (?P<volume>.+?), folio (?P<folio>.+)", re.IGNORECASE)
COMPTE = "De votre compte."
FICHE = "De la fiche de l’association."
CAMPAGNE = "De la campagne."
# Inputs of the association's page, and the facts of the register that fill them in.
DU_REGISTRE = {"denomination": "denomination", "sigle": "sigle", "adresse": "adresse"}


@dataclass(frozen=True, slots=True)
class Connue:
    """A text offered for one input, and the sentence that says where it comes from."""

    valeur: str
    source: str


def connues(session: Session, viewer: Acteur, demande: Demande, place: Place) -> dict[str, Connue]:
    """What is offered to begin a page with, by input: the register wins over the last request, which wins over the rest."""
    reprises, source = former_answers(session, viewer, demande, place)
    offertes = {nom: Connue(valeur, source) for nom, valeur in reprises.items() if valeur}
    if place.section == SectionDemande.DEMANDE:
        return offertes | _dire({"exercice": str(demande.demarche.exercice or "")}, CAMPAGNE)
    if place.section not in (SectionDemande.IDENTITE, SectionDemande.ATTESTATIONS):
        return offertes
    mandat = session.scalars(
        select(Mandat)
        .where(Mandat.user_id == viewer.user_id, Mandat.association_id == demande.association_id)
        .options(joinedload(Mandat.user))
    ).one()
    if place.section == SectionDemande.ATTESTATIONS:
        return _qui_atteste(demande, mandat)
    return _fiche(session, demande, mandat) | offertes | _registre(session, demande) | _personne(mandat)


def provenances(valeurs: Mapping[str, str], offertes: Mapping[str, Connue]) -> dict[str, dict[str, str]]:
    """What a page kept as it was offered, as its section remembers it."""
    return {
        nom: {"valeur": une.valeur, "source": une.source}
        for nom, une in offertes.items()
        if une.valeur and valeurs.get(nom) == une.valeur
    }


def kept(demande: Demande, place: Place) -> dict[str, Connue]:
    """What a page that is saved keeps as it was offered."""
    return gardees(next((une.provenances for une in demande.sections if (une.section, une.rang) == place), {}))


def gardees(provenances: Mapping[str, Mapping[str, str]]) -> dict[str, Connue]:
    """The same, read back."""
    return {nom: Connue(**une) for nom, une in provenances.items()}


def _qui_atteste(demande: Demande, mandat: Mandat) -> dict[str, Connue]:
    qualite = "representant" if mandat.role == RoleMandat.SIGNATAIRE else ""
    personne = {"prenom": mandat.user.prenom, "nom": mandat.user.nom, "qualite": qualite}
    return _dire(personne, COMPTE) | _dire({"fait_a": demande.association.commune}, FICHE)


def _fiche(session: Session, demande: Demande, mandat: Mandat) -> dict[str, Connue]:
    """What is known of the association, and who has signed the CER for it."""
    association = demande.association
    prouve = mandat.etat == EtatMandat.PROUVE and mandat.role != RoleMandat.AIDANT
    lisible = association.verifiee or prouve
    lues = _fiche_lue(demande) | {"siret": association.siret_siege, "rna": association.rna}
    lues["adresse"] = lues["adresse"] if lisible else ""
    lues |= _inscription(association.identifiant(TypeIdentifiant.REGISTRE_LOCAL))
    return _dire(lues, FICHE) | (_signataire(session, demande) if prouve else {})


def _signataire(session: Session, demande: Demande) -> dict[str, Connue]:
    engagement = session.scalars(
        select(Engagement)
        .where(Engagement.association_id == demande.association_id)
        .order_by(Engagement.signed_at.desc(), Engagement.id.desc())
        .limit(1)
    ).first()
    if engagement is None:
        return {}
    source = f"Du contrat d’engagement républicain signé le {date_fr(engagement.signed_at)}."
    personne = {"representant_prenom": engagement.prenom, "representant_nom": engagement.nom}
    return _dire(personne | {"fonction": engagement.fonction}, source)


def _registre(session: Session, demande: Demande) -> dict[str, Connue]:
    """Facts of a register, when the sources agree, with the day on which it was read."""
    faits = session.scalars(
        select(FaitAssociation)
        .where(FaitAssociation.association_id == demande.association_id, FaitAssociation.source.in_(REGISTRES))
        .order_by(FaitAssociation.observed_at, FaitAssociation.id)
    ).all()
    fiche = _fiche_lue(demande)
    dites = {}
    for nom, champ in DU_REGISTRE.items():
        siens = [fait for fait in faits if fait.champ == champ]
        if siens and len({fait.valeur for fait in siens}) == 1 and fiche.get(nom):
            source = LIBELLES_SOURCE.get(siens[-1].source, siens[-1].source)
            dites[nom] = Connue(fiche[nom], f"Source\u00a0: {source}, lu le {date_fr(siens[-1].observed_at)}.")
    return dites


def _fiche_lue(demande: Demande) -> dict[str, str]:
    association = demande.association
    adresse = f"{association.adresse}, {association.code_postal} {association.commune}".strip(", ")
    return {"denomination": association.denomination, "sigle": association.sigle, "adresse": adresse}


def _personne(mandat: Mandat) -> dict[str, Connue]:
    """The person herself, when she represents the association."""
    if mandat.role != RoleMandat.SIGNATAIRE:
        return {}
    personne = {"representant_prenom": mandat.user.prenom, "representant_nom": mandat.user.nom}
    return _dire(personne | {"fonction": mandat.fonction, "courriel": mandat.user.email}, COMPTE)


def _dire(valeurs: Mapping[str, str], source: str) -> dict[str, Connue]:
    return {nom: Connue(valeur, source) for nom, valeur in valeurs.items() if valeur}


def _inscription(registre: str) -> dict[str, str]:
    """The registre of a tribunal as it was given when the association was attached: « Strasbourg, volume 45, folio 12 »."""
    lue = INSCRIPTION.fullmatch(registre)
    return {} if lue is None else {nom: texte.strip() for nom, texte in lue.groupdict().items()}
