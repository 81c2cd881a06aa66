"""The sheet of an association as agents of every service see it: facts with their source, and no judgement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from portal.documents.statut_cer import StatutCer
from portal.errors import NotFound
from portal.formats import aujourdhui, maintenant
from portal.models.associations import Association, FaitAssociation
from portal.models.avis import Avis, DemandeAvis, Recusation
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.fiches_associations import AbonnementAssociation, ConsultationAssociation
from portal.permissions import Acteur
from portal.permissions.fiches_associations import can_browse, can_open
from portal.queries import choix_fiches
from portal.queries.argent_associations import Paye, Publiee
from portal.queries.associations import FaitLisible, say_facts
from portal.queries.dossiers_associations import DossierVu, Exercice, by_exercice, list_dossiers, unfold
from portal.queries.messages_partages import MessagePartage
from portal.queries.pieces_associations import PieceVue
from portal.vocabulaire import EtatMandat, MotifAcces, RoleMandat, TypeIdentifiant
from portal.vocabulaire_avis import MotifConsultation

TROIS_ANS = timedelta(days=3 * 365 + 1)


class MandatVu(NamedTuple):
    """Somebody who acts for the association. `nom` is empty for a service that owns no dossier of it."""

    nom: str
    role: RoleMandat
    etat: EtatMandat
    fonction: str
    depuis: datetime
    prouve_at: datetime | None
    fin_le: date | None


class ConsultationVue(NamedTuple):
    """An agent looked at this sheet. `precision` is told to its own service alone."""

    service: str
    nom: str
    jour: date
    motif: MotifConsultation
    precision: str


class FusionVue(NamedTuple):
    """A row that was found to be this association."""

    id: int
    denomination: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entree:
    """What decides whether an agent opens a sheet. `absorbee_par`: the association that has absorbed this one."""

    id: int
    denomination: str
    active: bool
    verifiee: bool
    absorbee_par: int | None
    lien: bool
    proprietaire: bool
    motivee: bool
    deja_notee: bool
    abonne: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FicheAssociation:
    """All that is shown. `identifiants`: (label, value). `deplies`: the exercices whose dossiers are shown one by one."""

    entree: Entree
    identifiants: tuple[tuple[TypeIdentifiant, str], ...]
    sirets: tuple[tuple[str, bool, bool], ...]
    faits: tuple[FaitLisible, ...]
    mandats: tuple[MandatVu, ...]
    consultations: tuple[ConsultationVue, ...]
    fusions: tuple[FusionVue, ...]
    messages: tuple[MessagePartage, ...]
    pieces: tuple[PieceVue, ...]
    publiees: tuple[Publiee, ...]
    cer: StatutCer
    dossiers: tuple[DossierVu, ...]
    exercices: tuple[Exercice, ...]
    deplies: tuple[Exercice, ...]


def has_tie(viewer: Acteur, association_id: Any) -> ColumnElement[bool]:
    """The viewer's service has, had within three years, or is asked about a dossier of the association, or about itself."""
    recent = maintenant() - TROIS_ANS
    return or_(
        exists()
        .where(
            AccesDossier.dossier_id == Dossier.id,
            AccesDossier.service_id == viewer.service_id,
            Dossier.association_id == association_id,
            or_(Dossier.date_traitement.is_(None), Dossier.date_traitement >= recent, Dossier.date_depot >= recent),
        )
        .correlate(Association),
        exists()
        .where(
            DemandeAvis.association_id == association_id,
            DemandeAvis.service_id == viewer.service_id,
            DemandeAvis.close_at.is_(None),
        )
        .correlate(Association),
        exists()
        .where(Avis.association_id == association_id, Avis.service_id == viewer.service_id, Avis.updated_at >= recent)
        .correlate(Association),
    )


def enter(session: Session, viewer: Acteur, association_id: int) -> Entree:
    """Who it is, and by what right this agent would open it. Raises NotFound: unknown, a conflict of interest was declared, or
    a lecteur whose service has no tie with it."""
    ligne = session.execute(_entree(viewer).where(Association.id == association_id)).first()
    if ligne is None:
        raise NotFound
    entree = Entree(**ligne._mapping)
    if not entree.lien and not can_browse(viewer):
        raise NotFound
    return entree


def check_open(viewer: Acteur, entree: Entree) -> None:
    """Raise NotFound when this agent may not read that sheet now."""
    if not can_open(viewer, lien=entree.lien, motivee=entree.motivee):
        raise NotFound


def _entree(viewer: Acteur) -> Select[*tuple[Any, ...]]:
    ici = ConsultationAssociation
    sienne = exists().where(
        ici.association_id == Association.id,
        ici.user_id == viewer.user_id,
        ici.service_id == viewer.service_id,
        ici.jour == aujourdhui(),
    )
    abonne = exists().where(
        AbonnementAssociation.association_id == Association.id,
        AbonnementAssociation.user_id == viewer.user_id,
        AbonnementAssociation.service_id == viewer.service_id,
    )
    recusee = exists().where(Recusation.association_id == Association.id, Recusation.user_id == viewer.user_id)
    return select(
        Association.id,
        Association.denomination,
        Association.active,
        Association.verifiee,
        Association.absorbee_par_id.label("absorbee_par"),
        has_tie(viewer, Association.id).label("lien"),
        _owns(viewer).label("proprietaire"),
        sienne.where(ici.motif != MotifConsultation.LIEN).label("motivee"),
        sienne.label("deja_notee"),
        abonne.label("abonne"),
    ).where(~recusee)


def _owns(viewer: Acteur) -> ColumnElement[bool]:
    return exists().where(
        AccesDossier.dossier_id == Dossier.id,
        AccesDossier.service_id == viewer.service_id,
        AccesDossier.motif == MotifAcces.PROPRIETAIRE,
        Dossier.association_id == Association.id,
    )


def read(session: Session, viewer: Acteur, entree: Entree, exercice: int | None = None) -> FicheAssociation:
    """The sheet, in two statements whatever the number of dossiers, that exercice unfolded. The caller has checked `can_open`."""
    lus, cer = choix_fiches.read(session, viewer, entree.id, proprietaire=entree.proprietaire)
    dossiers = list_dossiers(session, viewer, entree.id)
    exercices = by_exercice(dossiers, [Paye(*un) for un in lus["payes"]])
    return FicheAssociation(
        entree=entree,
        identifiants=tuple(lus["identifiants"]),
        sirets=tuple(lus["etablissements"]),
        faits=_faits(lus["faits"]),
        mandats=tuple(MandatVu(*un) for un in lus["mandats"]),
        consultations=_with_this_one(viewer, entree, [ConsultationVue(*une) for une in lus["consultations"]]),
        fusions=tuple(FusionVue(*une) for une in lus["fusions"]),
        messages=tuple(MessagePartage(*un) for un in lus["messages"]),
        pieces=tuple(PieceVue(*une) for une in lus["pieces"]),
        publiees=tuple(Publiee(*une) for une in lus["publiees"]),
        cer=cer,
        dossiers=dossiers,
        exercices=exercices,
        deplies=unfold(exercices, exercice),
    )


def _with_this_one(viewer: Acteur, entree: Entree, gardees: Sequence[ConsultationVue]) -> tuple[ConsultationVue, ...]:
    """This reading is noted once the page is made: the page says it already."""
    if entree.deja_notee or viewer.affectation is None:
        return tuple(gardees)
    celle_ci = ConsultationVue(viewer.affectation.sigle, "vous", aujourdhui(), MotifConsultation.LIEN, "")
    return (celle_ci, *gardees[: choix_fiches.CONSULTATIONS - 1])


def _faits(lignes: Sequence[tuple[Any, ...]]) -> tuple[FaitLisible, ...]:
    """What each source says, every value that differs; nothing is chosen."""
    faits = [FaitAssociation(champ=c, valeur=v, source=s, observed_at=at) for c, v, s, at in lignes]
    return tuple(say_facts(faits))
