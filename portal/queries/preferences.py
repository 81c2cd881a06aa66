"""What an agent has chosen for her own pages."""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.models.file_agents import PreferenceAgent
from portal.permissions import Acteur
from portal.queries import vues
from portal.queries.lecteur import LECTEUR, valeurs
from portal.queries.lots import as_column, read_column
from portal.queries.vues import VueNommee
from portal.vocabulaire_file import COLONNES_PAR_DEFAUT, ColonneFile


class ChoixFile(NamedTuple):
    """How an agent looks at the queue: the columns, in her order, and the views kept under a name."""

    colonnes: tuple[ColonneFile, ...]
    vues: list[VueNommee]


def of_queue(session: Session, viewer: Acteur) -> ChoixFile:
    """Hers, in one statement."""
    choisies, lues = session.execute(_choix(), valeurs(viewer)).one()
    nommees = [VueNommee(*vue) for vue in read_column(lues, _nommees())]
    return ChoixFile(_in_order(choisies), nommees)


def get_columns(session: Session, viewer: Acteur) -> tuple[ColonneFile, ...]:
    """The columns of her queue, in her order, the dossier first; those that everybody begins with when she chose none."""
    return _in_order(session.scalar(_colonnes(), valeurs(viewer)))


def _in_order(choisies: list[str] | None) -> tuple[ColonneFile, ...]:
    connues = [ColonneFile(nom) for nom in choisies or () if nom in list(ColonneFile)]
    if not connues:
        return COLONNES_PAR_DEFAUT
    return (ColonneFile.DOSSIER, *(colonne for colonne in connues if colonne != ColonneFile.DOSSIER))


def _colonnes() -> Select[*tuple[Any, ...]]:
    return select(PreferenceAgent.colonnes).where(PreferenceAgent.user_id == LECTEUR.user_id)


@cache
def _choix() -> Select[*tuple[Any, ...]]:
    """(columns, views), for LECTEUR."""
    return select(_colonnes().scalar_subquery(), as_column(_nommees()))


@cache
def _nommees() -> Select[*tuple[Any, ...]]:
    return vues.named(LECTEUR)
