"""What merging two associations would move, where the two differ, and what was merged."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Index, Select, Table, UniqueConstraint, exists, false, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload

from portal.db import Base
from portal.errors import Conflict, NotFound
from portal.formats import date_fr
from portal.models.associations import Association
from portal.models.fiches_associations import FusionAssociation
from portal.permissions import Acteur
from portal.permissions.fiches_associations import can_merge
from portal.queries.associations import LIBELLES_FAIT, show_fact
from portal.queries.fiches_associations import has_tie
from portal.vocabulaire import TypeIdentifiant

COLONNE = "association_id"
# What each table holds, in the words of the page; the others are counted together.
LIBELLES = {
    "association_identifiant": "numéros",
    "etablissement": "établissements",
    "fait_association": "faits dits par une source",
    "mandat": "mandats",
    "dossier": "dossiers",
    "demande": "demandes de subvention",
    "engagement": "contrats d’engagement signés",
    "attestation_cer": "contrats signés sur papier",
    "reconnaissance": "agréments et reconnaissances",
    "piece_coffre": "documents du coffre",
    "avis": "avis",
    "demande_avis": "demandes d’avis",
    "invitation": "invitations",
    "demande_signature": "demandes de signature",
    "subvention_publiee": "subventions publiées",
    "versement": "versements",
    "abonnement_association": "suivis par des agents",
}
# Not told apart: some of these are known to one service only.
AUTRES = "éléments propres à chaque service, et brouillons"
NUMEROS = (TypeIdentifiant.SIREN, TypeIdentifiant.RNA)


@dataclass(frozen=True, slots=True)
class Mouvement:
    """What one table would give: `nombre` rows move, `restent` stay because the kept association has their like."""

    libelle: str
    nombre: int
    restent: int


@dataclass(frozen=True, slots=True)
class Apercu:
    """Both rows side by side, before anything is done. `numeros`, `differences`: (label, kept, absorbed).

    `numeros`: identifiers that both have, none in common: the sign of two associations rather than one.
    """

    gardee: Association
    absorbee: Association
    mouvements: tuple[Mouvement, ...]
    numeros: tuple[tuple[str, str, str], ...]
    differences: tuple[tuple[str, str, str], ...]


def bearing_tables() -> list[Table]:
    """Every table whose rows belong to an association."""
    return [
        table
        for table in Base.metadata.sorted_tables
        if COLONNE in table.c and any(c.column.table.name == "association" for c in table.c[COLONNE].foreign_keys)
    ]


def key_of(table: Table) -> Column[Any]:
    """The one column that names a row of such a table."""
    (cle,) = table.primary_key.columns
    return cle


def _unique_sets(table: Table) -> Iterator[tuple[list[Column[Any]], Any]]:
    """Columns that two rows of an association may not share, with the condition under which the other one counts."""
    for contrainte in table.constraints:
        if isinstance(contrainte, UniqueConstraint) and COLONNE in contrainte.columns:
            yield list(contrainte.columns), None
    for index in table.indexes:
        if isinstance(index, Index) and index.unique and COLONNE in index.columns:
            yield list(index.columns), index.dialect_options["postgresql"]["where"]


def movable(table: Table, gardee_id: int, absorbee_id: int) -> Select[Any]:
    """The keys of the rows that may move: the kept association has none like them."""
    return select(key_of(table)).where(table.c[COLONNE] == absorbee_id, ~_has_its_like(table, gardee_id))


def staying(table: Table, gardee_id: int, absorbee_id: int) -> Select[Any]:
    """The keys of the others."""
    return select(key_of(table)).where(table.c[COLONNE] == absorbee_id, _has_its_like(table, gardee_id))


def _has_its_like(table: Table, gardee_id: int) -> Any:
    autre = table.alias("autre")
    memes = [
        exists().where(
            autre.c[COLONNE] == gardee_id,
            *([] if ou is None else [ou]),
            *(table.c[une.name].is_not_distinct_from(autre.c[une.name]) for une in colonnes if une.name != COLONNE),
        )
        for colonnes, ou in _unique_sets(table)
    ]
    return or_(*memes) if memes else false()


def _one(session: Session, viewer: Acteur, association_id: int) -> Association:
    """One of the two rows of a merge. Raises NotFound when it is unknown, or absorbed already."""
    association = session.get(Association, association_id)
    if association is None or association.absorbee_par_id is not None or viewer.service_id is None:
        raise NotFound
    return association


def may_merge(session: Session, viewer: Acteur, *association_ids: int) -> bool:
    """Whether the viewer may merge these rows: a tie of its service with one of them is enough."""
    lie = session.scalar(
        select(func.count())
        .select_from(Association)
        .where(Association.id.in_(association_ids), has_tie(viewer, Association.id))
    )
    return can_merge(viewer, lien=bool(lie)).ok


def get_kept(session: Session, viewer: Acteur, association_id: int) -> Association:
    """The row to which another would be merged. Raises NotFound."""
    gardee = _one(session, viewer, association_id)
    if not may_merge(session, viewer, association_id):
        raise NotFound
    return gardee


def preview(session: Session, viewer: Acteur, gardee_id: int, absorbee_id: int) -> Apercu:
    """What would move and what differs: one count for each table. Raises NotFound, Conflict once they are one."""
    _refuse_merged(session, viewer, gardee_id, absorbee_id)
    gardee, absorbee = _one(session, viewer, gardee_id), _one(session, viewer, absorbee_id)
    if gardee_id == absorbee_id or not may_merge(session, viewer, gardee_id, absorbee_id):
        raise NotFound
    tables = bearing_tables()
    comptes = session.execute(
        select(
            *(
                select(func.count()).select_from(choix(table, gardee_id, absorbee_id).subquery()).scalar_subquery()
                for table in tables
                for choix in (movable, staying)
            )
        )
    ).one()
    mouvements = _movements(tables, list(comptes))
    return Apercu(gardee, absorbee, mouvements, _other_numbers(gardee, absorbee), _differences(gardee, absorbee))


def _refuse_merged(session: Session, viewer: Acteur, gardee_id: int, absorbee_id: int) -> None:
    """Say to who may merge them that these two are one already: by another tab, or by a colleague."""
    choix = select(FusionAssociation).where(
        FusionAssociation.annulee_at.is_(None),
        tuple_(FusionAssociation.gardee_id, FusionAssociation.absorbee_id).in_(
            [(gardee_id, absorbee_id), (absorbee_id, gardee_id)]
        ),
    )
    faite = session.scalars(choix.options(joinedload(FusionAssociation.gardee))).first()
    if faite is not None and may_merge(session, viewer, gardee_id, absorbee_id):
        raise Conflict(
            f"Ces deux fiches sont déjà réunies depuis le {date_fr(faite.at)}, sous le nom de "
            f"«\u00a0{faite.gardee.denomination}\u00a0». Rien n’a changé\u00a0: cherchez cette association pour ouvrir sa fiche."
        )


def _movements(tables: list[Table], comptes: list[int]) -> tuple[Mouvement, ...]:
    sommes: dict[str, list[int]] = {}
    for rang, table in enumerate(tables):
        somme = sommes.setdefault(LIBELLES.get(table.name, AUTRES), [0, 0])
        somme[0] += comptes[2 * rang]
        somme[1] += comptes[2 * rang + 1]
    return tuple(Mouvement(libelle, *somme) for libelle, somme in sommes.items() if any(somme))


def _other_numbers(gardee: Association, absorbee: Association) -> tuple[tuple[str, str, str], ...]:
    paires = ((genre, _numbers(gardee, genre), _numbers(absorbee, genre)) for genre in NUMEROS)
    return tuple(
        (genre.upper(), ", ".join(siens), ", ".join(autres))
        for genre, siens, autres in paires
        if siens and autres and not set(siens) & set(autres)
    )


def _numbers(association: Association, genre: TypeIdentifiant) -> list[str]:
    return [un.valeur for un in association.identifiants if un.type == genre]


def _differences(gardee: Association, absorbee: Association) -> tuple[tuple[str, str, str], ...]:
    paires = ((champ, getattr(gardee, champ), getattr(absorbee, champ)) for champ in LIBELLES_FAIT)
    return tuple(
        (LIBELLES_FAIT[champ], _said(champ, une), _said(champ, autre))
        for champ, une, autre in paires
        if une != autre and autre
    )


def _said(champ: str, valeur: object) -> str:
    return show_fact(champ, str(valeur)) if valeur else ""


def get(session: Session, viewer: Acteur, fusion_id: int) -> FusionAssociation:
    """A merge that stands. Raises NotFound."""
    fusion = session.scalars(
        select(FusionAssociation)
        .where(FusionAssociation.id == fusion_id, FusionAssociation.annulee_at.is_(None))
        .options(
            joinedload(FusionAssociation.gardee),
            joinedload(FusionAssociation.absorbee),
            joinedload(FusionAssociation.par),
        )
    ).first()
    if fusion is None or not may_merge(session, viewer, fusion.gardee_id):
        raise NotFound
    return fusion
