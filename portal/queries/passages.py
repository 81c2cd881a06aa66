"""How the runs over each démarche went: the last success, the present run, since when it fails."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select, text, true
from sqlalchemy.orm import Session, aliased

from portal.formats import PARIS, anciennete_fr, maintenant, majuscule
from portal.models.demarches import Demarche
from portal.models.synchronisation import SyncRun
from portal.vocabulaire_ds import LIBELLES_RUN, GenreRun

# A run is ordered every five minutes: three that are missing are no chance.
RETARD = timedelta(minutes=15)
DERNIERS = 10
LECTURE_ACHEVEE = (SyncRun.ended_at.is_not(None), SyncRun.genre != GenreRun.REJEU)
# What `services.synchronisation.verrou` holds for as long as a run lasts: one that a killed worker left open holds nothing.
TENU = text(
    "EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    " AND (classid::bigint << 32) | objid::bigint = hashtextextended('synchronisation:' || demarche.id, 0))"
)


@dataclass(frozen=True, slots=True)
class Passages:
    """The runs of a démarche. `dernier`: the last that ended, replays left out; `en_cours`: the one under way, of any kind.

    `requetes_du_jour`: what the runs begun today (Paris) asked of DS.
    """

    succes_at: datetime | None = None
    dernier: SyncRun | None = None
    en_cours: SyncRun | None = None
    panne_depuis: datetime | None = None
    requetes_du_jour: int = 0

    @property
    def retard(self) -> str:
        """How long ago everything was read, in words."""
        return anciennete_fr(maintenant() - self.succes_at) if self.succes_at else "jamais encore"

    @property
    def en_retard(self) -> bool:
        """No run has come to its end for longer than runs are apart."""
        return self.succes_at is not None and maintenant() - self.succes_at > RETARD

    @property
    def panne(self) -> str:
        """Why the last run stopped before its end, "" when it did not."""
        return self.dernier.erreur if self.dernier else ""

    @property
    def injoignable(self) -> bool:
        """The last run stopped because DS did not answer."""
        return self.dernier is not None and self.dernier.injoignable

    @property
    def travail(self) -> str:
        """What the run under way does, in words, "" when there is none."""
        if self.en_cours is None:
            return ""
        if self.succes_at is None and self.en_cours.genre != GenreRun.REJEU:
            return "Première lecture"
        return majuscule(LIBELLES_RUN[self.en_cours.genre])


JAMAIS = Passages()


def read(session: Session, demarches: Sequence[int]) -> dict[int, Passages]:
    """The runs of these démarches, in a number of statements that does not depend on theirs."""
    succes = _derniers(session, demarches, *LECTURE_ACHEVEE, SyncRun.erreur == "")
    derniers = _derniers(session, demarches, *LECTURE_ACHEVEE)
    en_cours = _en_cours(session, demarches)
    pannes = _pannes(session, demarches)
    requetes = _requetes(session, demarches)
    return {
        cle: Passages(
            succes_at=succes[cle].ended_at if cle in succes else None,
            dernier=derniers.get(cle),
            en_cours=en_cours.get(cle),
            panne_depuis=pannes.get(cle),
            requetes_du_jour=requetes.get(cle, 0),
        )
        for cle in demarches
    }


def list_last(session: Session, demarche_id: int) -> Sequence[SyncRun]:
    """The latest runs of a démarche that ended, newest first."""
    runs = select(SyncRun).where(SyncRun.demarche_id == demarche_id, SyncRun.ended_at.is_not(None))
    return session.scalars(runs.order_by(SyncRun.started_at.desc(), SyncRun.id.desc()).limit(DERNIERS)).all()


def _derniers(session: Session, demarches: Sequence[int], *criteres: ColumnElement[bool]) -> dict[int, SyncRun]:
    run, derniers = _dernier(demarches, *criteres)
    return {un.demarche_id: un for un in session.scalars(derniers.order_by(run.id))}


def _en_cours(session: Session, demarches: Sequence[int]) -> dict[int, SyncRun]:
    """Those that last began, as long as they hold the lock."""
    run, derniers = _dernier(demarches)
    return {un.demarche_id: un for un in session.scalars(derniers.where(run.ended_at.is_(None), TENU))}


def _dernier(demarches: Sequence[int], *criteres: ColumnElement[bool]) -> tuple[type[SyncRun], Select[SyncRun]]:
    """The last run of each démarche that meets `criteres`: one step of the index each, however long their history."""
    dernier = (
        select(SyncRun)
        .where(SyncRun.demarche_id == Demarche.id, *criteres)
        .order_by(SyncRun.started_at.desc(), SyncRun.id.desc())
        .limit(1)
        .lateral()
    )
    run = aliased(SyncRun, dernier)
    return run, select(run).select_from(Demarche).join(dernier, true()).where(Demarche.id.in_(demarches))


def _pannes(session: Session, demarches: Sequence[int]) -> dict[int, datetime]:
    """For each démarche that fails, when the first run that failed since its last success began."""
    lus = (SyncRun.demarche_id == Demarche.id, *LECTURE_ACHEVEE)
    succes = (
        select(SyncRun.started_at)
        .where(*lus, SyncRun.erreur == "")
        .order_by(SyncRun.started_at.desc())
        .limit(1)
        .correlate(Demarche)
        .scalar_subquery()
    )
    premier_echec = (
        select(SyncRun.started_at)
        .where(*lus, SyncRun.erreur != "", SyncRun.started_at > func.coalesce(succes, text("'-infinity'")))
        .order_by(SyncRun.started_at)
        .limit(1)
        .lateral()
    )
    pannes = select(Demarche.id, premier_echec.c.started_at).join(premier_echec, true())
    return dict(session.execute(pannes.where(Demarche.id.in_(demarches))).all())


def _requetes(session: Session, demarches: Sequence[int]) -> dict[int, int]:
    minuit = maintenant().astimezone(PARIS).replace(hour=0, minute=0, second=0, microsecond=0)
    sommes = (
        select(SyncRun.demarche_id, func.sum(SyncRun.requetes))
        .where(SyncRun.demarche_id.in_(demarches), SyncRun.started_at >= minuit)
        .group_by(SyncRun.demarche_id)
    )
    return {cle: int(somme) for cle, somme in session.execute(sommes)}
