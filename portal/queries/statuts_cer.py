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

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    any_,
    bindparam,
    case,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import LateralFromClause

from portal.db import enum_texte
from portal.documents.statut_cer import StatutCer
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
    return _lire(session, association_ids, _parmi_maintenant() if on is None else _parmi(on))


def statuts_vus(
    session: Session, viewer: Acteur, association_ids: Iterable[int], *, on: datetime | None = None
) -> dict[int, StatutCer]:
    """The same for a member: while her mandat is declared, only what she has made herself counts."""
    return _lire(session, association_ids, _parmi(on, viewer))


def statut_retenu(association_id: Any, on: datetime | None = None) -> LateralFromClause:
    """The status as a lateral to outer-join `true()`: `colonnes` selects it and `lire` reads it.

    For one association, or where it is a condition; for a page of them, `statuts_cer` costs a tenth.
    """
    if on is None:
        return _retenu_maintenant(association_id)
    return _choisir(association_id, on).lateral()


@cache
def _retenu_maintenant(association_id: Any) -> LateralFromClause:
    """For the column of a table: to build it anew cost each page more than to execute it."""
    return _choisir(association_id, None).lateral()


def statuts_retenus(on: datetime | None = None) -> Subquery:
    """The status of every association that has a title, by `association_id`, at once: to filter or count thousands.

    An association that is not there is « manquant ».
    """
    return _premiers(titres(on).c).subquery("statut")


def _premiers(titre: Any) -> Select[*tuple[Any, ...]]:
    """The strongest title of each association."""
    depuis = func.min(titre.at).over(partition_by=(titre.association_id, titre.etat)).label("depuis")
    premiers = select(*titre, depuis).order_by(titre.association_id, *_ordre(titre))
    return premiers.ext(distinct_on(titre.association_id))


@cache
def _parmi_maintenant() -> Select[*tuple[Any, ...]]:
    return _parmi(None)


def _parmi(on: datetime | None, viewer: Acteur | None = None) -> Select[*tuple[Any, ...]]:
    """(association_id, what `lire` reads) of those of the associations `ids` that have a title."""
    titre = titres(on).c
    choix = _premiers(titre).where(titre.association_id == any_(bindparam("ids", type_=ARRAY(BigInteger))))
    if viewer is not None:
        choix = choix.where(
            or_(titre.auteur_id == viewer.user_id, titre.association_id.in_(viewer.associations_prouvees))
        )
    retenu = choix.subquery("statut")
    return select(retenu.c.association_id, *colonnes(retenu))


def colonnes(retenu: LateralFromClause | Subquery) -> list[ColumnElement[Any]]:
    """What `lire` needs of a lateral, in the order of StatutCer."""
    return [_etat(retenu.c.etat), *(retenu.c[champ.name] for champ in fields(StatutCer)[1:])]


def lire(valeurs: Sequence[Any]) -> StatutCer:
    """The status that these columns hold."""
    return StatutCer(*valeurs)


def _lire(session: Session, association_ids: Iterable[int], parmi: Select[*tuple[Any, ...]]) -> dict[int, StatutCer]:
    """Those that no title binds nor frees stand as « manquant »."""
    ids = list(association_ids)
    lus = {ident: lire(valeurs) for ident, *valeurs in session.execute(parmi, {"ids": ids})} if ids else {}
    return {ident: lus.get(ident, StatutCer()) for ident in ids}


def _choisir(association_id: Any, on: datetime | None) -> Select[*tuple[Any, ...]]:
    """The strongest title of one association."""
    titre = titres(on).c
    choix = select(*titre, func.min(titre.at).over(partition_by=titre.etat).label("depuis")).where(
        titre.association_id == association_id
    )
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
