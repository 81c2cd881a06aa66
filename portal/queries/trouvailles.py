"""What a search finds when it finds little: read once, for the counters of every tab and for the page that is shown."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Select, func, select, true, type_coerce
from sqlalchemy.orm import Session

from portal.db import POUR_CES_VALEURS
from portal.models.dossiers import AccesDossier
from portal.models.file_agents import Suivi
from portal.permissions import Acteur
from portal.queries import dossiers
from portal.queries.curseurs_file import COLONNES
from portal.queries.filtres_dossiers import ETAPES, FiltreDossiers
from portal.vocabulaire_file import Onglet


class Trouvailles(NamedTuple):
    """How many answer under each tab; of that of the page, a page from the cursor on and one more, in order."""

    comptes: dict[Onglet, int]
    ids: Sequence[int]


def find(session: Session, viewer: Acteur, filtre: FiltreDossiers) -> Trouvailles | None:
    """What answers these criteria under any tab, in one statement; None when more than COMPTE_MAXIMAL do.

    PostgreSQL counts and sorts them: a thousand rows cost more to bring than to find.
    """
    trouves = _found(viewer, filtre)
    par_etape = select(trouves.c.etape, func.count().label("nombre")).group_by(trouves.c.etape).subquery().c
    choix = select(
        select(func.jsonb_object_agg(par_etape.etape, par_etape.nombre)).scalar_subquery(),
        select(func.count()).where(trouves.c.suivi).scalar_subquery(),
        type_coerce(func.array(_page(filtre, trouves.c).scalar_subquery()), ARRAY(BigInteger)),
    )
    etapes, suivis, ids = session.execute(choix, execution_options=POUR_CES_VALEURS).one()
    nombres = Counter(etapes or {})
    if nombres.total() > dossiers.COMPTE_MAXIMAL:
        return None
    comptes = {onglet: nombres[etape] for onglet, etape in ETAPES.items()}
    return Trouvailles(comptes | {Onglet.SUIVIS: suivis, Onglet.TOUS: nombres.total()}, ids)


def _found(viewer: Acteur, filtre: FiltreDossiers) -> Any:
    """At most COMPTE_MAXIMAL + 1 of them: (dossier_id, etape, rang, suivi)."""
    suivis = select(Suivi.dossier_id).where(Suivi.user_id == viewer.user_id)
    colonnes = (
        AccesDossier.dossier_id,
        AccesDossier.etape,
        COLONNES[filtre.tri].label("rang"),
        AccesDossier.dossier_id.in_(suivis).label("suivi"),
    )
    conditions = dossiers.conditions(viewer, replace(filtre, onglet=Onglet.TOUS))
    places = select(*colonnes).where(*conditions).limit(dossiers.au_plus(dossiers.COMPTE_MAXIMAL + 1))
    return places.cte("trouves").prefix_with("MATERIALIZED")


def _page(filtre: FiltreDossiers, trouves: Any) -> Select[int]:
    """Those of the present tab from the cursor on."""
    au_dela = dossiers.beyond(filtre.curseur, trouves.rang, trouves.dossier_id, croissant=filtre.monte)
    return (
        select(trouves.dossier_id)
        .where(_under(filtre.onglet, trouves), true() if au_dela is None else au_dela)
        .order_by(*dossiers.in_order(trouves.rang, trouves.dossier_id, croissant=filtre.monte))
        .limit(dossiers.au_plus(dossiers.PAR_PAGE + 1))
    )


def _under(onglet: Onglet, trouves: Any) -> ColumnElement[bool]:
    """That tab holds it."""
    if onglet == Onglet.TOUS:
        return true()
    condition: ColumnElement[bool] = trouves.suivi if onglet == Onglet.SUIVIS else trouves.etape == ETAPES[onglet]
    return condition
