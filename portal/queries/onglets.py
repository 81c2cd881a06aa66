"""How many dossiers stand under each tab of the queue, each counted as the list that it opens.

A tab keeps the criteria that are active: what it counts is what answers them.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import Session

from portal.models.dossiers import AccesDossier
from portal.models.file_agents import Suivi
from portal.permissions import Acteur
from portal.queries import dossiers, trouvailles
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.queries.lecteur import LECTEUR, valeurs
from portal.vocabulaire_file import Onglet

Comptes = dict[Onglet, int | None]
ENTIERE = FiltreDossiers()


def look(session: Session, viewer: Acteur, filtre: FiltreDossiers = ENTIERE) -> tuple[Comptes, Sequence[int] | None]:
    """How many each tab holds, no further than COMPTE_MAXIMAL + 1, and the page from its cursor on where counting found it.

    None: so many answer that the present tab alone is counted. Three statements at most.
    """
    if not filtre.criteres:
        comptes = _comptes(viewer, dossiers.COMPTE_MAXIMAL) if viewer.recuses else _choix(dossiers.COMPTE_MAXIMAL)
        entiers = session.execute(comptes, {} if viewer.recuses else valeurs(viewer))
        return dict(zip(Onglet, entiers.one(), strict=True)), None
    if not dossiers.are_many(session, viewer, replace(filtre, onglet=Onglet.TOUS)):
        trouvees = trouvailles.find(session, viewer, filtre)
        if trouvees is not None:
            return {**trouvees.comptes}, trouvees.ids
    total = dossiers.COMPTE_MAXIMAL + 1
    present = total if filtre.onglet == Onglet.TOUS else dossiers.count(session, viewer, filtre)
    return dict.fromkeys(Onglet) | {Onglet.TOUS: total, filtre.onglet: present}, None


@cache
def _choix(maximum: int) -> Select[*tuple[Any, ...]]:
    """The same for LECTEUR, built once."""
    return _comptes(LECTEUR, maximum)


def _comptes(viewer: Acteur, maximum: int) -> Select[*tuple[Any, ...]]:
    """Each tab whole."""
    comptes = []
    for onglet in Onglet:
        trouves = _suivis(viewer) if onglet == Onglet.SUIVIS else _de_l_onglet(viewer, onglet)
        places = trouves.limit(dossiers.au_plus(maximum + 1)).subquery()
        comptes.append(select(func.count()).select_from(places).scalar_subquery())
    return select(*comptes)


def _de_l_onglet(viewer: Acteur, onglet: Onglet) -> Select[int]:
    return select(AccesDossier.dossier_id).where(*dossiers.conditions(viewer, FiltreDossiers(onglet=onglet)))


def _suivis(viewer: Acteur) -> Select[int]:
    """The same dossiers as that tab: each follow is looked up alone. OFFSET keeps PostgreSQL from reading them all."""
    lu = select(AccesDossier.dossier_id).where(dossiers.in_scope(viewer), AccesDossier.dossier_id == Suivi.dossier_id)
    lus = lu.correlate(Suivi).offset(dossiers.au_plus(0)).lateral()
    return select(lus.c.dossier_id).select_from(Suivi).join(lus, true()).where(Suivi.user_id == viewer.user_id)
