"""Where associations stand with the CER at a date: the one definition, for pages, documents, lists and exports.

A title is what binds an association (a subscription of any origin) or frees it from signing (an agrément under art. 25-1, a
RUP). Each says an état by itself (queries/titres_cer.py); the strongest of that date, in the order of EtatCer, says where the
association stands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, or_, select, true, type_coerce
from sqlalchemy.dialects.postgresql import distinct_on
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


def statut_retenu(
    association_id: Any, on: datetime | None = None, *, viewer: Acteur | None = None
) -> LateralFromClause:
    """The status as a lateral to outer-join `true()`, for a list: `colonnes` selects it and `lire` reads it."""
    if on is None and viewer is None:
        return _retenu_maintenant(association_id)
    return _choisir(association_id, on, viewer).lateral()


@cache
def _retenu_maintenant(association_id: Any) -> LateralFromClause:
    """For the column of a table: to build it anew cost each page of the queue more than to execute it."""
    return _choisir(association_id, None).lateral()


def statuts_retenus(on: datetime | None = None) -> Subquery:
    """The status of every association that has a title, by `association_id`, at once: to filter or count thousands.

    An association that is not there is « manquant ».
    """
    titre = titres(on).c
    depuis = func.min(titre.at).over(partition_by=(titre.association_id, titre.etat)).label("depuis")
    premiers = select(*titre, depuis).order_by(titre.association_id, *_ordre(titre))
    return premiers.ext(distinct_on(titre.association_id)).subquery("statut")


def colonnes(retenu: LateralFromClause | Subquery) -> list[ColumnElement[Any]]:
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
    """The strongest title of one association."""
    titre = titres(on).c
    choix = select(*titre, func.min(titre.at).over(partition_by=titre.etat).label("depuis")).where(
        titre.association_id == association_id
    )
    if viewer is not None:
        vues = or_(titre.auteur_id == viewer.user_id, titre.association_id.in_(viewer.associations_prouvees))
        choix = choix.where(vues)
    return choix.order_by(*_ordre(titre)).limit(1)


def _ordre(titre: Any) -> list[Any]:
    """The strongest first. Among equals a signature made here, then what lasts longest, then the oldest."""
    return [
        case(PRECEDENCE, value=titre.etat),
        (titre.origine == OrigineCer.PORTAIL).desc().nulls_last(),
        titre.seconde_attendue.desc().nulls_last(),
        titre.fin.desc().nulls_first(),
        titre.at,
        titre.preuve,
    ]


def _etat(etat: ColumnElement[Any]) -> ColumnElement[Any]:
    return type_coerce(func.coalesce(etat, EtatCer.MANQUANT.value), enum_texte(EtatCer))
