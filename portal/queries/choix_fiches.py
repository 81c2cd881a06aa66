"""The one statement that reads what the sheet of an association holds besides its dossiers and its avis, for whoever reads it."""

from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Date, Select, bindparam, case, func, literal, or_, select, true
from sqlalchemy.orm import Session, aliased

from portal.documents.statut_cer import StatutCer
from portal.formats import aujourdhui
from portal.models.associations import Association, AssociationIdentifiant, Etablissement, FaitAssociation, Mandat
from portal.models.connexion import User
from portal.models.fiches_associations import ConsultationAssociation, FusionAssociation
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries import argent_associations, lecteur, messages_partages, pieces_associations, statuts_cer
from portal.queries.lecteur import LECTEUR
from portal.queries.lots import Lignes, as_column, read_column

CONSULTATIONS = 20
MANDATS = 100
Lot = Select[*tuple[Any, ...]]


def read(
    session: Session, viewer: Acteur, association_id: int, *, proprietaire: bool
) -> tuple[dict[str, Lignes], StatutCer]:
    """The rows of each part, by name, and where the association stands with the CER. `proprietaire`: of one of its dossiers."""
    lots = _lots(proprietaire=proprietaire)
    valeurs = lecteur.valeurs(viewer, association_id=association_id, **lecteur.fermes(viewer))
    ligne = session.execute(_choix(proprietaire=proprietaire), valeurs).one()
    colonnes = zip(lots.items(), ligne[: len(lots)], strict=True)
    return {nom: read_column(lues, lot) for (nom, lot), lues in colonnes}, statuts_cer.lire(ligne[len(lots) :])


@cache
def _choix(*, proprietaire: bool) -> Lot:
    """Under a name of its own, which no lot takes for the association that it is about."""
    ici = aliased(Association)
    cer = statuts_cer.statut_retenu(ici.id)
    colonnes = (as_column(lot) for lot in _lots(proprietaire=proprietaire).values())
    choix = select(*colonnes, *statuts_cer.colonnes(cer)).select_from(ici).outerjoin(cer, true())
    return choix.where(ici.id == _association())


def _association() -> Any:
    return bindparam("association_id", type_=BigInteger())


@cache
def _lots(*, proprietaire: bool) -> dict[str, Lot]:
    ident = _association()
    absorbees = select(Association.id).where(Association.absorbee_par_id == ident)
    fait = FaitAssociation
    return {
        "identifiants": select(AssociationIdentifiant.type, AssociationIdentifiant.valeur)
        .where(AssociationIdentifiant.association_id == ident)
        .order_by(AssociationIdentifiant.id),
        "etablissements": select(Etablissement.siret, Etablissement.siege, Etablissement.actif)
        .where(Etablissement.association_id == ident)
        .order_by(Etablissement.siege.desc(), Etablissement.siret, Etablissement.id),
        "faits": select(fait.champ, fait.valeur, fait.source, fait.observed_at)
        .where(or_(fait.association_id == ident, fait.association_id.in_(absorbees)))
        .order_by(fait.observed_at, fait.id),
        "mandats": _mandats(proprietaire=proprietaire),
        "consultations": _consultations(),
        "fusions": select(FusionAssociation.id, Association.denomination, FusionAssociation.at)
        .join(Association, Association.id == FusionAssociation.absorbee_id)
        .where(FusionAssociation.gardee_id == ident, FusionAssociation.annulee_at.is_(None))
        .order_by(FusionAssociation.id),
        "messages": messages_partages.shared(ident),
        "pieces": pieces_associations.known(ident),
        "payes": argent_associations.paid(ident),
        "publiees": argent_associations.published(ident),
    }


def _mandats(*, proprietaire: bool) -> Lot:
    """Those in force; persons are named to a service that owns a dossier, which sees them there already."""
    nom = func.trim(func.concat(User.prenom, " ", User.nom)) if proprietaire else literal("")
    jour: Any = bindparam("jour", callable_=aujourdhui, type_=Date(), unique=True)
    return (
        select(
            nom.label("nom"),
            Mandat.role,
            Mandat.etat,
            Mandat.fonction,
            Mandat.created_at,
            Mandat.prouve_at,
            Mandat.fin_le,
        )
        .join(User, User.id == Mandat.user_id)
        .where(Mandat.association_id == _association(), Mandat.valant_le(jour))
        .order_by(Mandat.id)
        .limit(MANDATS)
    )


def _consultations() -> Lot:
    """The last ones; a name and its words are for its own service."""
    ici = ConsultationAssociation
    notre = ici.service_id == LECTEUR.service_id
    return (
        select(
            Service.sigle,
            case((notre, func.trim(func.concat(User.prenom, " ", User.nom))), else_="").label("nom"),
            ici.jour,
            ici.motif,
            case((notre, ici.precision), else_="").label("precision"),
        )
        .join(Service, Service.id == ici.service_id)
        .join(User, User.id == ici.user_id)
        .where(ici.association_id == _association())
        .order_by(ici.id.desc())
        .limit(CONSULTATIONS)
    )
