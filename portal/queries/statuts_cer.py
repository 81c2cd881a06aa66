"""Where associations stand with the CER at a date: the one definition, for pages, documents, lists and exports.

A title is what binds an association (a subscription of any origin) or frees it from signing (an agrément under art. 25-1, a
RUP). Each says an état by itself (queries/titres_cer.py); the strongest of that date, in the order of EtatCer, says where the
association stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select, true, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import LateralFromClause

from portal.db import enum_texte
from portal.documents.statut_cer import StatutCer
from portal.models.associations import Association
from portal.permissions import Acteur
from portal.queries.titres_cer import titres
from portal.vocabulaire_cer import EtatCer, OrigineCer

PRECEDENCE = {etat: rang for rang, etat in enumerate(EtatCer)}


def statut_cer(session: Session, association_id: int, *, on: datetime | None = None) -> StatutCer:
    """Where one association stands at an instant (`on`, UTC, now by default)."""
    return statuts_cer(session, [association_id], on=on)[association_id]


def statuts_cer(
    session: Session, association_ids: Iterable[int], *, on: datetime | None = None
) -> dict[int, StatutCer]:
    """The same for several, in one statement."""
    return _lire(session, association_ids, statut_retenu(Association.id, on))


def statuts_vus(
    session: Session, viewer: Acteur, association_ids: Iterable[int], *, on: datetime | None = None
) -> dict[int, StatutCer]:
    """The same for a member: while her mandat is declared, only what she has made herself counts."""
    return _lire(session, association_ids, statut_retenu(Association.id, on, viewer=viewer))


def etat_cer(association_id: Any, on: datetime | None = None) -> ColumnElement[Any]:
    """EtatCer of an association as an expression, to filter or to count by; NULL when there is no association."""
    choisi = _choisir(association_id, on)
    etat = choisi.with_only_columns(choisi.selected_columns.etat).scalar_subquery()
    return type_coerce(case((association_id.is_not(None), _etat(etat))), enum_texte(EtatCer))


def statut_retenu(
    association_id: Any, on: datetime | None = None, *, viewer: Acteur | None = None
) -> LateralFromClause:
    """The status as a lateral to outer-join `true()`, for a list: `colonnes` selects it and `lire` reads it."""
    return _choisir(association_id, on, viewer).lateral()


def colonnes(retenu: LateralFromClause) -> list[ColumnElement[Any]]:
    """What `lire` needs of a lateral, in the order of StatutCer."""
    return [_etat(retenu.c.etat), *(retenu.c[champ.name] for champ in fields(StatutCer)[1:])]


def lire(valeurs: Sequence[Any]) -> StatutCer:
    """The status that these columns hold."""
    return StatutCer(*valeurs)


def _lire(session: Session, association_ids: Iterable[int], retenu: LateralFromClause) -> dict[int, StatutCer]:
    lignes = (
        select(Association.id, *colonnes(retenu))
        .outerjoin(retenu, true())
        .where(Association.id.in_(list(association_ids)))
        .order_by(Association.id)
    )
    return {ident: lire(valeurs) for ident, *valeurs in session.execute(lignes)}


def _choisir(association_id: Any, on: datetime | None, viewer: Acteur | None = None) -> Select[*tuple[Any, ...]]:
    """The strongest title. Among equals a signature made here comes first, then what lasts longest, then the oldest."""
    titre = titres(on).c
    choix = select(*titre, func.min(titre.at).over(partition_by=titre.etat).label("depuis")).where(
        titre.association_id == association_id
    )
    if viewer is not None:
        vues = or_(titre.auteur_id == viewer.user_id, titre.association_id.in_(viewer.associations_prouvees))
        choix = choix.where(vues)
    return choix.order_by(
        case(PRECEDENCE, value=titre.etat),
        (titre.origine == OrigineCer.PORTAIL).desc().nulls_last(),
        titre.seconde_attendue.desc().nulls_last(),
        titre.fin.desc().nulls_first(),
        titre.at,
        titre.preuve,
    ).limit(1)


def _etat(etat: ColumnElement[Any]) -> ColumnElement[Any]:
    return type_coerce(func.coalesce(etat, EtatCer.MANQUANT.value), enum_texte(EtatCer))
