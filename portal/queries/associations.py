"""Associations of a person, and what each source says of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.documents.statut_cer import StatutCer
from portal.errors import NotFound
from portal.formats import aujourdhui, date_fr, maintenant, siren_fr, siret_fr
from portal.models.associations import (
    Association,
    AssociationIdentifiant,
    ConsultationAnnuaire,
    Etablissement,
    FaitAssociation,
    Mandat,
)
from portal.permissions import Acteur
from portal.queries import statuts_cer
from portal.vocabulaire import EtatMandat, RoleMandat

MEMOIRE_DES_CONSULTATIONS = timedelta(hours=24)
LIBELLES_FAIT = {
    "denomination": "Nom",
    "sigle": "Sigle",
    "objet_social": "Objet",
    "nature_juridique": "Nature juridique",
    "adresse": "Adresse",
    "code_postal": "Code postal",
    "commune": "Commune",
    "date_creation": "Date de création",
}
LIBELLES_SOURCE = {
    "recherche-entreprises": "annuaire des entreprises (INSEE)",
    "api-association": "répertoire national des associations",
    "ds": "Démarches Simplifiées",
    "saisie": "saisie par une personne, non vérifiée",
}
REGISTRES = ("recherche-entreprises", "api-association")
# Catégories juridiques de l'INSEE, niveau III.
NATURES_JURIDIQUES = {
    "9210": "association non déclarée",
    "9220": "association déclarée",
    "9221": "association déclarée d’insertion par l’économique",
    "9222": "association intermédiaire",
    "9223": "groupement d’employeurs",
    "9230": "association reconnue d’utilité publique",
    "9240": "congrégation",
    "9260": "association de droit local (Bas-Rhin, Haut-Rhin, Moselle)",
    "9300": "fondation",
}


@dataclass(frozen=True, slots=True)
class MonAssociation:
    """An association as one of its people sees it. `cer` counts only what she may see."""

    association: Association
    mandat: Mandat
    cer: StatutCer

    @property
    def prouve(self) -> bool:
        """Whether what others made is shown: an agent has seen a document, and the person is no mere aidant."""
        return self.mandat.etat == EtatMandat.PROUVE and not self.aidant

    @property
    def aidant(self) -> bool:
        """Whether this person only helps to fill in."""
        return self.mandat.role == RoleMandat.AIDANT


@dataclass(frozen=True, slots=True)
class FaitLisible:
    """A fact and all that is said of it, each value with who says it and since when: several values are a conflict."""

    libelle: str
    valeurs: tuple[tuple[str, str], ...]
    champ: str = ""

    @property
    def texte(self) -> str:
        """One line per value; a conflict is said before them."""
        lignes = [f"{valeur} ({sources})" for valeur, sources in self.valeurs]
        return "\n".join(["Les sources ne sont pas d’accord\u00a0:", *lignes] if len(lignes) > 1 else lignes)


@dataclass(frozen=True, slots=True)
class FicheLue:
    """What a register said of an association, for the confirmation page."""

    denomination: str
    source: str
    observed_at: datetime
    lignes: tuple[tuple[str, str], ...]


def list_mine(session: Session, viewer: Acteur) -> list[MonAssociation]:
    """Associations of this person, by name."""
    mandats = session.scalars(
        select(Mandat)
        .join(Mandat.association)
        .where(Mandat.user_id == viewer.user_id, Mandat.valant_le(aujourdhui()), Association.absorbee_par_id.is_(None))
        .options(joinedload(Mandat.association).selectinload(Association.identifiants))
        .options(joinedload(Mandat.association).selectinload(Association.etablissements))
        .order_by(Association.denomination, Association.id)
    ).all()
    statuts = statuts_cer.statuts_vus(session, viewer, [mandat.association_id for mandat in mandats])
    return [MonAssociation(mandat.association, mandat, statuts[mandat.association_id]) for mandat in mandats]


def get_mine(session: Session, viewer: Acteur, association_id: int) -> MonAssociation:
    """One of them. Raises NotFound: whoever has no mandat does not know that it is here."""
    mandat = session.scalars(
        select(Mandat)
        .where(
            Mandat.user_id == viewer.user_id, Mandat.association_id == association_id, Mandat.valant_le(aujourdhui())
        )
        .options(joinedload(Mandat.association).selectinload(Association.identifiants))
        .options(joinedload(Mandat.association).selectinload(Association.etablissements))
    ).first()
    if mandat is None:
        raise NotFound
    statuts = statuts_cer.statuts_vus(session, viewer, [association_id])
    return MonAssociation(mandat.association, mandat, statuts[association_id])


def already_mine(session: Session, viewer: Acteur, consultation: ConsultationAnnuaire) -> int | None:
    """Id of the association of this person that bears the number looked for, or that of the answer chosen, if any."""
    genre, valeur = consultation.genre, consultation.valeur
    if genre == "nom":
        genre, valeur = "siren", (consultation.fiche or {}).get("siren", "")
    types = {"rna": "rna", "ridet": "ridet", "tahiti": "tahiti", "registre": "registre_local"}
    porte = exists().where(
        AssociationIdentifiant.association_id == Mandat.association_id,
        AssociationIdentifiant.type == types.get(genre, "siren"),
        AssociationIdentifiant.valeur == (valeur if genre in types else valeur[:9]),
    )
    place = exists().where(Etablissement.association_id == Mandat.association_id, Etablissement.siret == valeur)
    return session.scalars(
        select(Mandat.association_id)
        .where(Mandat.user_id == viewer.user_id, Mandat.valant_le(aujourdhui()), or_(porte, place))
        .order_by(Mandat.id)
    ).first()


def get_consultation(session: Session, viewer: Acteur, consultation_id: int) -> ConsultationAnnuaire:
    """What the register answered to this person less than a day ago. Raises NotFound."""
    consultation = session.get(ConsultationAnnuaire, consultation_id)
    if (
        consultation is None
        or consultation.user_id != viewer.user_id
        or consultation.created_at < maintenant() - MEMOIRE_DES_CONSULTATIONS
    ):
        raise NotFound
    return consultation


def lire_fiche(consultation: ConsultationAnnuaire) -> FicheLue | None:
    """What the register says, in our order; None when it gave no answer."""
    fiche = consultation.fiche
    if fiche is None:
        return None
    faits: dict[str, str] = fiche["faits"]
    identifiants = (
        ("SIREN", siren_fr(fiche["siren"])),
        ("SIRET du siège", siret_fr(fiche["siret"])),
        ("RNA", fiche["rna"]),
    )
    champs = [champ for champ in LIBELLES_FAIT if champ in faits and champ != "denomination"]
    lignes = [(LIBELLES_FAIT[champ], show_fact(champ, faits[champ])) for champ in champs]
    return FicheLue(
        denomination=faits["denomination"],
        source=LIBELLES_SOURCE[fiche["source"]],
        observed_at=datetime.fromisoformat(fiche["observed_at"]),
        lignes=(*lignes, *(paire for paire in identifiants if paire[1])),
    )


def list_candidates(consultation: ConsultationAnnuaire) -> list[tuple[int, str]]:
    """The answers to a search by name that may be chosen: (rank, name, town and numbers)."""
    return [(rang, _en_une_ligne(fiche)) for rang, fiche in enumerate(consultation.candidats or []) if fiche["active"]]


def list_closed(consultation: ConsultationAnnuaire) -> list[str]:
    """Those that the register gives as closed: shown, so that nobody looks for them further."""
    return [_en_une_ligne(fiche) for fiche in consultation.candidats or [] if not fiche["active"]]


def _en_une_ligne(fiche: dict[str, Any]) -> str:
    faits, rna = fiche["faits"], fiche["rna"]
    lieu = " ".join(filter(None, (faits.get("code_postal"), faits.get("commune"))))
    numeros = (f"SIREN {siren_fr(fiche['siren'])}" if fiche["siren"] else "", f"RNA {rna}" if rna else "")
    return ", ".join(filter(None, (faits["denomination"], lieu, *numeros)))


def list_facts(session: Session, mienne: MonAssociation) -> list[FaitLisible]:
    """What each source says, oldest first.

    While the mandat is declared, only the public registers: a typing, or a dossier of Démarches Simplifiées, is what
    somebody else has done.
    """
    return say_facts(visible_facts(session, mienne))


def absorber_of(session: Session, viewer: Acteur, association_id: int) -> int | None:
    """The association of this person that has absorbed that one, if any."""
    gardee = session.scalar(select(Association.absorbee_par_id).where(Association.id == association_id))
    return gardee if gardee is not None and viewer.mandat(gardee) else None


def say_facts(faits: Sequence[FaitAssociation]) -> list[FaitLisible]:
    """These facts as people read them, each value once with all its sources; what nobody says is left out."""
    lisibles = [
        FaitLisible(libelle, _dire([fait for fait in faits if fait.champ == champ]), champ)
        for champ, libelle in LIBELLES_FAIT.items()
    ]
    return [lisible for lisible in lisibles if lisible.valeurs]


def visible_facts(session: Session, mienne: MonAssociation) -> list[FaitAssociation]:
    """The facts themselves, by the same rule."""
    faits = session.scalars(
        select(FaitAssociation)
        .where(FaitAssociation.association_id == mienne.association.id)
        .order_by(FaitAssociation.observed_at, FaitAssociation.id)
    )
    return [fait for fait in faits if mienne.prouve or fait.source in REGISTRES]


def _dire(faits: Sequence[FaitAssociation]) -> tuple[tuple[str, str], ...]:
    """Each value once, with all its sources."""
    sources: dict[str, list[str]] = {}
    for fait in faits:
        source = LIBELLES_SOURCE.get(fait.source, fait.source)
        sources.setdefault(show_fact(fait.champ, fait.valeur), []).append(f"{source}, {date_fr(fait.observed_at)}")
    return tuple((valeur, "\u00a0; ".join(dits)) for valeur, dits in sources.items())


def show_fact(champ: str, valeur: str) -> str:
    """The value of a fact as people read it."""
    if champ == "date_creation":
        return date_fr(date.fromisoformat(valeur))
    if champ == "nature_juridique":
        return NATURES_JURIDIQUES.get(valeur, valeur)
    return valeur
