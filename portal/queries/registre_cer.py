"""The registry of the CER: associations, and where each stands at a date. The status is that of queries/statuts_cer.py."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true, tuple_
from sqlalchemy.orm import Session

from portal.db import POUR_CES_VALEURS
from portal.documents.statut_cer import StatutCer
from portal.models.associations import Association, AssociationIdentifiant
from portal.models.dossiers import AccesDossier, Dossier
from portal.permissions import Acteur
from portal.queries import statuts_cer
from portal.queries.departements import departement
from portal.queries.dossiers import in_scope
from portal.queries.filtres_registre import FiltreRegistre, Repere
from portal.vocabulaire import TypeIdentifiant
from portal.vocabulaire_cer import OrigineCer

PAR_PAGE = 50
COMPTE_MAXIMAL = 1_000
DES_DOSSIERS = frozenset({OrigineCer.DS, OrigineCer.DEMANDE})


@dataclass(frozen=True, slots=True)
class LigneRegistre:
    """An association and its status. `departement`: its code; unknown identifiers are empty texts."""

    id: int
    denomination: str
    sigle: str
    commune: str
    departement: str
    siren: str
    rna: str
    statut: StatutCer

    @property
    def dossier(self) -> str | None:
        """The reference of the dossier that proves the subscription, when it is one."""
        return self.statut.preuve if self.statut.origine in DES_DOSSIERS else None

    def preuve(self, dossiers_lus: frozenset[str]) -> str:
        """What proves the status: a code, a reference; a dossier that the viewer's service does not read is not named."""
        if self.dossier and self.dossier not in dossiers_lus:
            return "dossier d’un autre service"
        return self.statut.preuve or ""


@dataclass(frozen=True, slots=True)
class PageRegistre:
    """Fifty lines of a view. `nombre` stops at COMPTE_MAXIMAL + 1; `dossiers_lus`: references that the viewer may open."""

    lignes: tuple[LigneRegistre, ...]
    nombre: int
    dossiers_lus: frozenset[str]
    precedente: Repere | None
    suivante: Repere | None

    @property
    def trop_nombreux(self) -> bool:
        """True when the count was not finished."""
        return self.nombre > COMPTE_MAXIMAL


def list_associations(session: Session, viewer: Acteur, filtre: FiltreRegistre) -> PageRegistre:
    """A page of the registry, by name: at most four statements, whatever the number of associations."""
    remonte = filtre.repere is not None and filtre.repere.avant
    places, place = _places(viewer, filtre), _place(session, filtre.repere)
    trouvees = select(func.count()).select_from(places.limit(COMPTE_MAXIMAL + 1).subquery())
    nombre = session.scalar(trouvees, execution_options=POUR_CES_VALEURS) or 0
    if place is not None:
        ici = tuple_(*place)
        places = places.where(tuple_(*_cle(Association)) < ici if remonte else tuple_(*_cle(Association)) > ici)
    places = places.order_by(*_ordre(Association, remonte=remonte)).limit(PAR_PAGE + 1)
    choix = _lignes(places, filtre, remonte=remonte)
    lues = [_ligne(valeurs) for valeurs in session.execute(choix, execution_options=POUR_CES_VALEURS)]
    reste, lignes = len(lues) > PAR_PAGE, lues[:PAR_PAGE]
    if remonte:
        lignes.reverse()
    return PageRegistre(
        lignes=tuple(lignes),
        nombre=nombre,
        dossiers_lus=readable(session, viewer, lignes),
        precedente=Repere(lignes[0].id, avant=True) if lignes and (reste if remonte else place) else None,
        suivante=Repere(lignes[-1].id) if lignes and (remonte or reste) else None,
    )


def all_associations(session: Session, viewer: Acteur, filtre: FiltreRegistre) -> Iterator[LigneRegistre]:
    """Every line of a view, in the order of its pages, read from the database as they are taken."""
    choix = _lignes(_places(viewer, filtre), filtre).execution_options(yield_per=1_000)
    return (_ligne(valeurs) for valeurs in session.execute(choix))


def readable(session: Session, viewer: Acteur, lignes: Iterable[LigneRegistre]) -> frozenset[str]:
    """Among the dossiers that prove these lines, those that the viewer's service reads."""
    references = [ligne.dossier for ligne in lignes if ligne.dossier]
    lus = (
        select(Dossier.reference)
        .join(AccesDossier, AccesDossier.dossier_id == Dossier.id)
        .where(in_scope(viewer), Dossier.reference.in_(references))
        .order_by(Dossier.id)
    )
    return frozenset(session.scalars(lus))


def _places(viewer: Acteur, filtre: FiltreRegistre) -> Select[*tuple[Any, ...]]:
    """Which associations, without looking at a status for nothing."""
    places = select(*_cle(Association)).where(*filtre.conditions(viewer))
    if not filtre.porte_sur_le_statut:
        return places
    retenu = statuts_cer.statuts_retenus(filtre.instant)
    return places.outerjoin(retenu, retenu.c.association_id == Association.id).where(
        *filtre.conditions_du_statut(retenu.c)
    )


def _lignes(
    places: Select[*tuple[Any, ...]], filtre: FiltreRegistre, *, remonte: bool = False
) -> Select[*tuple[Any, ...]]:
    """The columns of LigneRegistre, in its order, for these places."""
    vues = places.subquery()
    retenu = statuts_cer.statut_retenu(Association.id, filtre.instant)
    return (
        select(
            Association.id,
            Association.denomination,
            Association.sigle,
            Association.commune,
            departement(Association.code_postal),
            _identifiant(TypeIdentifiant.SIREN),
            _identifiant(TypeIdentifiant.RNA),
            *statuts_cer.colonnes(retenu),
        )
        .join(vues, vues.c.id == Association.id)
        .outerjoin(retenu, true())
        .order_by(*_ordre(vues.c, remonte=remonte))
    )


def _identifiant(genre: TypeIdentifiant) -> ColumnElement[str]:
    premier = (
        select(AssociationIdentifiant.valeur)
        .where(AssociationIdentifiant.association_id == Association.id, AssociationIdentifiant.type == genre)
        .order_by(AssociationIdentifiant.id)
        .limit(1)
    )
    return func.coalesce(premier.scalar_subquery(), "")


def _ligne(valeurs: Any) -> LigneRegistre:
    champs = (*valeurs[:7], statuts_cer.lire(valeurs[7:]))
    return LigneRegistre(*champs)


def _cle(source: Any) -> tuple[Any, Any]:
    return source.denomination, source.id


def _ordre(source: Any, *, remonte: bool) -> list[Any]:
    return [colonne.desc() if remonte else colonne.asc() for colonne in _cle(source)]


def _place(session: Session, repere: Repere | None) -> Any:
    """Name and id of the association from which the page goes on; None from the start, or when it is no more."""
    if repere is None:
        return None
    return session.execute(select(*_cle(Association)).where(Association.id == repere.association_id)).first()
