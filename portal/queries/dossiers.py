"""Dossiers as agents see them: the scope, one dossier, the queue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, select, true, tuple_
from sqlalchemy.orm import Session, joinedload

from portal.documents.statut_cer import StatutCer
from portal.errors import NotFound
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.dossiers import AccesDossier, Dossier, DossierDS
from portal.models.envois import EN_ATTENTE, OperationDS
from portal.models.services import Service
from portal.permissions import Acteur
from portal.queries import statuts_cer
from portal.queries.filtres_dossiers import Curseur, FiltreDossiers
from portal.vocabulaire import Etat, MotifAcces, Source
from portal.vocabulaire_ds import Visibilite

PAR_PAGE = 50
COMPTE_MAXIMAL = 1_000
SONDAGE = 500


def visible_dossiers(viewer: Acteur) -> Select[Dossier]:
    """THE scope of agents: the dossiers that the service for which they act owns, or was asked about."""
    return select(Dossier).join(AccesDossier, AccesDossier.dossier_id == Dossier.id).where(_in_scope(viewer))


def _in_scope(viewer: Acteur) -> ColumnElement[bool]:
    return AccesDossier.service_id == viewer.service_id


def get(session: Session, viewer: Acteur, reference: str) -> Dossier:
    """One dossier, for an act upon it. Raises NotFound when it does not exist for this viewer."""
    dossier = session.scalars(
        visible_dossiers(viewer)
        .where(Dossier.reference == reference)
        .options(joinedload(Dossier.demarche), joinedload(Dossier.service))
    ).first()
    if dossier is None:
        raise NotFound
    return dossier


@dataclass(frozen=True, slots=True)
class LigneDossier:
    """A line of the queue. Amounts are euros, instants UTC; `cer` is None when the demandeur is no association.

    `envoi_en_attente` is told to the owner service alone: what waits may be a decision that is not notified.
    """

    id: int
    reference: str
    source: Source
    demarche: str
    etat: Etat
    complement_demande: bool
    demandeur_nom: str
    demandeur_siret: str
    demandeur_commune: str
    lien_verifie: bool
    intitule: str
    exercice: int | None
    montant_demande: Decimal | None
    montant_accorde: Decimal | None
    date_depot: datetime
    motif: MotifAcces
    service: str
    avis_demandes: int
    avis_rendus: int
    instructeur: str
    envoi_en_attente: bool
    visibilite: Visibilite | None
    cer: StatutCer | None

    @property
    def attend_complement(self) -> bool:
        """The demandeur owes a complément: the état reads so (model.md §2)."""
        return self.complement_demande and self.etat == Etat.EN_CONSTRUCTION


@dataclass(frozen=True, slots=True)
class PageDossiers:
    """Fifty lines of a view. `nombre` stops at COMPTE_MAXIMAL + 1."""

    lignes: tuple[LigneDossier, ...]
    nombre: int
    precedente: Curseur | None
    suivante: Curseur | None

    @property
    def trop_nombreux(self) -> bool:
        """True when the count was not finished."""
        return self.nombre > COMPTE_MAXIMAL


def list_dossiers(session: Session, viewer: Acteur, filtre: FiltreDossiers) -> PageDossiers:
    """A page of the queue, newest filing first: two or three statements, whatever the number of dossiers.

    Words of few dossiers are looked up in their index; those of many are soon met along the queue, which costs less.
    """
    curseur = filtre.curseur
    remonte = curseur is not None and curseur.avant
    courants = _mots_courants(session, viewer, filtre)
    nombre = _compter(session, _places(viewer, filtre, mots_courants=courants))
    places = _places(viewer, filtre, mots_courants=courants or nombre > COMPTE_MAXIMAL)
    places = places.order_by(*_ordre(AccesDossier, croissant=remonte)).limit(PAR_PAGE + 1)
    if curseur is not None:
        place, ici = tuple_(*_cle(AccesDossier)), tuple_(curseur.date_depot, curseur.dossier_id)
        places = places.where(place > ici if remonte else place < ici)
    lues = [_lire(ligne) for ligne in session.execute(_lignes(places, croissant=remonte))]
    reste, lignes = len(lues) > PAR_PAGE, lues[:PAR_PAGE]
    if remonte:
        lignes.reverse()
    return PageDossiers(
        lignes=tuple(lignes),
        nombre=nombre,
        precedente=_curseur(lignes[0], avant=True) if lignes and (reste if remonte else curseur) else None,
        suivante=_curseur(lignes[-1]) if lignes and (remonte or reste) else None,
    )


def _mots_courants(session: Session, viewer: Acteur, filtre: FiltreDossiers) -> bool:
    """Whether the words looked for are in a tenth of the service's newest dossiers: PostgreSQL cannot guess it."""
    if not filtre.q:
        return False
    recents = (
        select(AccesDossier.recherche)
        .where(_in_scope(viewer))
        .order_by(*_ordre(AccesDossier, croissant=False))
        .limit(SONDAGE)
        .subquery()
    )
    trouves = select(func.count()).select_from(recents).where(filtre.mots_dans(viewer, recents.c.recherche))
    return (session.scalar(trouves) or 0) >= SONDAGE // 10


def _compter(session: Session, places: Select[*tuple[Any, ...]]) -> int:
    """How many dossiers the view holds, without looking further than COMPTE_MAXIMAL + 1."""
    return session.scalar(select(func.count()).select_from(places.limit(COMPTE_MAXIMAL + 1).subquery())) or 0


def all_dossiers(session: Session, viewer: Acteur, filtre: FiltreDossiers) -> Iterator[LigneDossier]:
    """Every line of a view, in the order of its pages, read from the database as they are taken."""
    choix = _lignes(_places(viewer, filtre)).execution_options(yield_per=1_000)
    return (_lire(ligne) for ligne in session.execute(choix))


def _lire(colonnes: Sequence[Any]) -> LigneDossier:
    """A line from the columns of `_lignes`: its own in order, then the association and its status."""
    rang = len(fields(LigneDossier)) - 1
    statut = statuts_cer.lire(colonnes[rang + 1 :]) if colonnes[rang] else None
    return LigneDossier(*(*colonnes[:rang], statut))


def _curseur(ligne: LigneDossier, *, avant: bool = False) -> Curseur:
    return Curseur(date_depot=ligne.date_depot, dossier_id=ligne.id, avant=avant)


def _places(viewer: Acteur, filtre: FiltreDossiers, *, mots_courants: bool = False) -> Select[*tuple[Any, ...]]:
    """Which dossiers, found without reading them: their accesses say enough."""
    return select(AccesDossier.dossier_id, AccesDossier.date_depot, AccesDossier.motif).where(
        _in_scope(viewer), *filtre.conditions(viewer, mots_courants=mots_courants)
    )


def _cle(source: Any) -> tuple[Any, Any]:
    return source.date_depot, source.dossier_id


def _ordre(source: Any, *, croissant: bool) -> list[Any]:
    return [colonne.asc() if croissant else colonne.desc() for colonne in _cle(source)]


def _lignes(places: Select[*tuple[Any, ...]], *, croissant: bool = False) -> Select[*tuple[Any, ...]]:
    """The columns of LigneDossier for these places, as `_lire` reads them."""
    vues, cer = places.subquery().c, statuts_cer.statut_retenu(Dossier.association_id)
    return (
        select(
            Dossier.id,
            Dossier.reference,
            Dossier.source,
            Demarche.titre,
            Dossier.etat,
            Dossier.complement_demande,
            Dossier.demandeur_nom,
            Dossier.demandeur_siret,
            Dossier.demandeur_commune,
            Dossier.lien_verifie,
            Dossier.intitule,
            Dossier.exercice,
            Dossier.montant_demande,
            Dossier.montant_accorde,
            vues.date_depot,
            vues.motif,
            Service.sigle,
            Dossier.avis_demandes,
            Dossier.avis_rendus,
            func.coalesce(func.nullif(func.trim(func.concat(User.prenom, " ", User.nom)), ""), User.email, ""),
            and_(vues.motif == MotifAcces.PROPRIETAIRE, _envoi_en_attente()),
            DossierDS.visibilite,
            Dossier.association_id,
            *statuts_cer.colonnes(cer),
        )
        .join(Dossier, Dossier.id == vues.dossier_id)
        .join(Demarche, Demarche.id == Dossier.demarche_id)
        .join(Service, Service.id == Dossier.service_id)
        .outerjoin(User, User.id == Dossier.instructeur_id)
        .outerjoin(DossierDS, DossierDS.dossier_id == Dossier.id)
        .outerjoin(cer, true())
        .order_by(*_ordre(vues, croissant=croissant))
    )


def _envoi_en_attente() -> ColumnElement[bool]:
    return exists().where(OperationDS.dossier_id == Dossier.id, OperationDS.etat.in_(EN_ATTENTE))
