"""« Mes tâches »: what is addressed to an agent for the service for which it acts, by what there is to do, oldest first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from portal.errors import NotFound
from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.avis import Avis, DemandeAvis
from portal.models.connexion import SessionConnexion
from portal.models.dossiers import AccesDossier
from portal.models.taches import Tache
from portal.permissions import Acteur
from portal.queries import recusations
from portal.vocabulaire_instruction import GenreTache

PAR_PAGE = 50
MEMOIRE_DES_FAITES = timedelta(days=30)
INFORMATIONS_MONTREES = 30
# How many are counted at each request, for all the services of an agent.
COMPTE_MAXIMAL = 1_000
# What somebody waits for comes before what is only to be known.
ORDRE = (
    GenreTache.MENTION,
    GenreTache.PROPOSITION,
    GenreTache.AVIS_DEMANDE,
    GenreTache.COMPLEMENT_REPONDU,
    GenreTache.COMMUNICATION,
    GenreTache.ATTRIBUTION,
    GenreTache.REORIENTATION,
    GenreTache.LETTRE_NON_LUE,
    GenreTache.MESSAGE,
    GenreTache.AVIS_RENDU,
    GenreTache.LOT_TERMINE,
)
ASSOCIATION = case(
    (
        Tache.genre == GenreTache.AVIS_DEMANDE,
        select(DemandeAvis.association_id).where(DemandeAvis.id == Tache.objet_id).scalar_subquery(),
    ),
    (
        Tache.genre == GenreTache.AVIS_RENDU,
        select(Avis.association_id).where(Avis.id == Tache.objet_id).scalar_subquery(),
    ),
    (Tache.genre == GenreTache.ABONNEMENT, Tache.objet_id),
)
RANG = case({genre: rang for rang, genre in enumerate(ORDRE)}, value=Tache.genre)


@dataclass(frozen=True, slots=True)
class GroupeTaches:
    """Tasks of one kind, oldest first."""

    genre: GenreTache
    taches: Sequence[Tache]


@dataclass(frozen=True, slots=True)
class PageTaches:
    """Fifty tasks. `suivante`: the mark after which the next page begins, None on the last one."""

    groupes: tuple[GroupeTaches, ...]
    suivante: str | None


def readable(user_id: int | InstrumentedAttribute[int] | None) -> ColumnElement[bool]:
    """Tasks of that agent, but for those on a dossier that its service reads no longer, or that is closed to it.

    The dossier may have gone elsewhere, or the agent have a conflict of interest.
    """
    lisible = exists().where(AccesDossier.service_id == Tache.service_id, AccesDossier.dossier_id == Tache.dossier_id)
    ouvert = and_(lisible, ~recusations.is_closed(Tache.user_id, Tache.dossier_id))
    return and_(Tache.user_id == user_id, or_(Tache.dossier_id.is_(None), ouvert))


def services_of_open_tasks(user_id: InstrumentedAttribute[int]) -> ColumnElement[Any]:
    """For a statement that reads a login session: the service of each open task of its agent, as an array.

    So the count of the menu costs no statement of its own.
    """
    ouvertes = (
        select(Tache.service_id)
        .where(readable(user_id), Tache.a_faire, Tache.faite_at.is_(None))
        .limit(COMPTE_MAXIMAL)
        .correlate(SessionConnexion)
        .subquery()
    )
    return select(func.array_agg(ouvertes.c.service_id)).scalar_subquery()


def list_open(session: Session, viewer: Acteur, *, apres: str = "") -> PageTaches:
    """What is to be done, by kind, oldest first, after that mark (as an address writes it; one that means nothing is ignored)."""
    choix = _miennes(viewer).where(Tache.a_faire, Tache.faite_at.is_(None)).order_by(RANG, Tache.id).limit(PAR_PAGE + 1)
    place = _lire_marque(apres)
    if place is not None:
        choix = choix.where(tuple_(RANG, Tache.id) > tuple_(*place))
    lues = list(session.scalars(choix))
    montrees = lues[:PAR_PAGE]
    groupes = tuple(GroupeTaches(genre, list(taches)) for genre, taches in groupby(montrees, lambda une: une.genre))
    return PageTaches(groupes, _marque(montrees[-1]) if len(lues) > PAR_PAGE else None)


def list_informations(session: Session, viewer: Acteur) -> Sequence[Tache]:
    """What is only to be known and is not read yet, newest first, the latest ones."""
    choix = _miennes(viewer).where(Tache.a_faire.is_(False), Tache.lue_at.is_(None), Tache.faite_at.is_(None))
    return session.scalars(choix.order_by(Tache.id.desc()).limit(INFORMATIONS_MONTREES)).all()


def list_done(session: Session, viewer: Acteur) -> Sequence[Tache]:
    """What was done within thirty days, the latest first."""
    recentes = _miennes(viewer).where(Tache.a_faire, Tache.faite_at > maintenant() - MEMOIRE_DES_FAITES)
    return session.scalars(recentes.order_by(Tache.faite_at.desc(), Tache.id.desc()).limit(PAR_PAGE)).all()


def associations(session: Session, taches: Iterable[Tache]) -> Mapping[int, str]:
    """The name of the association that each of these tasks is about, by task; nothing for those about a dossier."""
    sans_dossier = [une.id for une in taches if une.dossier_id is None and une.objet_id is not None]
    if not sans_dossier:
        return {}
    choix = select(Tache.id, Association.denomination).join(Association, Association.id == ASSOCIATION)
    return dict(session.execute(choix.where(Tache.id.in_(sans_dossier))).all())


def get(session: Session, viewer: Acteur, tache_id: int) -> Tache:
    """One of them. Raises NotFound when it is somebody else's, or of another of the agent's services."""
    tache = session.scalars(_miennes(viewer).where(Tache.id == tache_id)).first()
    if tache is None:
        raise NotFound
    return tache


def elsewhere(viewer: Acteur) -> Mapping[str, int]:
    """How many tasks wait for this agent at its other services, by sigle."""
    return {
        une.sigle: viewer.taches[une.service_id]
        for une in viewer.affectations
        if une.service_id != viewer.service_id and une.service_id in viewer.taches
    }


def _miennes(viewer: Acteur) -> Select[Tache]:
    return (
        select(Tache)
        .where(readable(viewer.user_id), Tache.service_id == viewer.service_id)
        .options(joinedload(Tache.dossier), joinedload(Tache.par))
    )


def _marque(tache: Tache) -> str:
    return f"{ORDRE.index(tache.genre)}-{tache.id}"


def _lire_marque(texte: str) -> tuple[int, int] | None:
    rang, _, numero = texte.partition("-")
    lisible = rang.isascii() and rang.isdigit() and numero.isascii() and numero.isdigit()
    return (int(rang), int(numero)) if lisible and len(rang) < 3 and len(numero) < 19 else None
