"""What waits for an agent without having been addressed to anybody: read where it stands, so that it never goes out of date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from portal.formats import aujourdhui
from portal.models.associations import Mandat
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.echanges import Complement
from portal.permissions import Acteur
from portal.queries import avis_a_donner
from portal.queries.dossiers import in_scope
from portal.queries.mandats import visible_mandats
from portal.queries.recusations import open_to
from portal.vocabulaire import ETATS_FINAUX, EtatMandat
from portal.vocabulaire_instruction import ETAPES_OUVERTES

# Counted no further.
COMPTE_MAXIMAL = 1_000
PREAVIS = timedelta(days=15)
MONTREES = 10


@dataclass(frozen=True, slots=True)
class Echeance:
    """A dossier and the day (Paris) at which something ends for it."""

    reference: str
    demandeur: str
    jour: date
    passee: bool


@dataclass(frozen=True, slots=True)
class Echeances:
    """The first ten, the soonest first, and how many there are: COMPTE_MAXIMAL + 1 when there are more."""

    lignes: Sequence[Echeance]
    nombre: int


@dataclass(frozen=True, slots=True)
class Attentes:
    """For one agent. `rejets`, `complements`: of the dossiers that it instructs; the two others are its service's."""

    rejets: Echeances
    complements: Echeances
    avis_a_donner: int
    liens: int

    @property
    def vides(self) -> bool:
        """Nothing waits."""
        return not (self.rejets.nombre or self.complements.nombre or self.avis_a_donner or self.liens)


def get(session: Session, viewer: Acteur) -> Attentes:
    """In four statements."""
    return Attentes(
        rejets=list_rejections(session, viewer),
        complements=_late_complements(session, viewer),
        avis_a_donner=_count(session, avis_a_donner.all_waiting(viewer)),
        liens=count_links(session, viewer),
    )


def list_rejections(session: Session, viewer: Acteur) -> Echeances:
    """Dossiers that this agent instructs and that silence rejects within fifteen days, or has rejected."""
    return _echeances(session, _rejections(viewer).order_by(AccesDossier.echeance, Dossier.id))


def count_coming(session: Session, viewer: Acteur) -> int:
    """Those of them whose day is still to come, no further than COMPTE_MAXIMAL + 1."""
    return _count(session, _rejections(viewer).where(AccesDossier.echeance >= aujourdhui()))


def _rejections(viewer: Acteur) -> Select[*tuple[Any, ...]]:
    return (
        select(Dossier.reference, Dossier.demandeur_nom, AccesDossier.echeance)
        .join(AccesDossier, AccesDossier.dossier_id == Dossier.id)
        .where(
            in_scope(viewer),
            Dossier.instructeur_id == viewer.user_id,
            AccesDossier.etape.in_(ETAPES_OUVERTES),
            AccesDossier.echeance <= aujourdhui() + PREAVIS,
        )
    )


def count_links(session: Session, viewer: Acteur) -> int:
    """Declared links that the agent's service may look at."""
    declares = visible_mandats(viewer).where(Mandat.etat == EtatMandat.DECLARE).with_only_columns(Mandat.id)
    return _count(session, declares)


def _late_complements(session: Session, viewer: Acteur) -> Echeances:
    """Corrections of this agent's dossiers that have not come in the time given."""
    tardives = (
        select(Dossier.reference, Dossier.demandeur_nom, Complement.echeance)
        .join(Dossier, Dossier.id == Complement.dossier_id)
        .where(
            Complement.repondu_at.is_(None),
            Complement.annule_at.is_(None),
            Complement.echeance < aujourdhui(),
            Dossier.service_id == viewer.service_id,
            open_to(viewer, Dossier.id),
            Dossier.instructeur_id == viewer.user_id,
            Dossier.etat.not_in(ETATS_FINAUX),
        )
        .order_by(Complement.echeance, Complement.id)
    )
    return _echeances(session, tardives)


def _count(session: Session, choix: Select[Any]) -> int:
    return session.scalar(select(func.count()).select_from(choix.limit(COMPTE_MAXIMAL + 1).subquery())) or 0


def _echeances(session: Session, choix: Select[*tuple[Any, ...]]) -> Echeances:
    """The first ones and their number, in one statement."""
    bornees = choix.limit(COMPTE_MAXIMAL + 1).subquery()
    lues = session.execute(select(bornees, func.count().over()).order_by(bornees.c[2], bornees.c[0]).limit(MONTREES))
    lignes, nombre, jour = [], 0, aujourdhui()
    for reference, demandeur, echeance, total in lues:
        lignes.append(Echeance(reference, demandeur, echeance, echeance < jour))
        nombre = total
    return Echeances(tuple(lignes), nombre)
