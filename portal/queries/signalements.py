"""Errors reported on what the registers say: for the people of the association, and for the agents who answer."""

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.formats import date_fr
from portal.models.associations import FaitAssociation
from portal.models.liens_associations import Signalement
from portal.permissions import Acteur, Verdict
from portal.permissions.mandats import can_settle
from portal.queries.associations import LIBELLES_FAIT, LIBELLES_SOURCE, MonAssociation, show_fact, visible_facts
from portal.queries.possessions import Lot, owned_associations, read_lot

LONGUEUR = 50


@dataclass(frozen=True, slots=True)
class SignalementLu:
    """A report in words. `verdict`: whether the viewer may answer it."""

    signalement: Signalement
    verdict: Verdict

    @property
    def fait(self) -> str:
        """Which fact."""
        return LIBELLES_FAIT.get(self.signalement.champ, self.signalement.champ)

    @property
    def source(self) -> str:
        """Who says it."""
        return LIBELLES_SOURCE.get(self.signalement.source, self.signalement.source)

    @property
    def vu(self) -> str:
        """What the source said when it was reported."""
        return show_fact(self.signalement.champ, self.signalement.valeur_vue)


@dataclass(frozen=True, slots=True)
class FaitASignaler:
    """A fact and its sayings: (source, in words)."""

    libelle: str
    faits: dict[str, FaitAssociation]

    @property
    def dits(self) -> list[tuple[str, str]]:
        """Each saying, with who says it and since when."""
        return [
            (
                source,
                f"{show_fact(un.champ, un.valeur)} ({LIBELLES_SOURCE.get(source, source)}, {date_fr(un.observed_at)})",
            )
            for source, un in self.faits.items()
        ]


def get_fact(session: Session, mienne: MonAssociation, champ: str) -> FaitASignaler:
    """What may be reported of that fact. Raises NotFound when no source that this person reads says anything."""
    faits = {un.source: un for un in visible_facts(session, mienne) if un.champ == champ}
    if not faits or champ not in LIBELLES_FAIT:
        raise NotFound
    return FaitASignaler(LIBELLES_FAIT[champ], faits)


def list_of(session: Session, viewer: Acteur, association_id: int) -> list[SignalementLu]:
    """Reports of an association, newest first: all of them for a proved link, else one's own."""
    signalements = _signalements().where(Signalement.association_id == association_id)
    if association_id not in viewer.associations_prouvees:
        signalements = signalements.where(Signalement.auteur_id == viewer.user_id)
    lus = session.scalars(signalements.order_by(Signalement.id.desc()).limit(LONGUEUR))
    return [SignalementLu(un, can_settle(viewer)) for un in lus]


def list_open(session: Session, viewer: Acteur, apres: int) -> Lot[SignalementLu]:
    """For an agent: those that wait for an answer, the oldest first, after that number."""
    lot = read_lot(session, _visibles(viewer).where(Signalement.traite_at.is_(None)), Signalement.id, apres)
    return Lot([SignalementLu(un, can_settle(viewer)) for un in lot.lignes], lot.suivante)


def count_open(session: Session, viewer: Acteur) -> int:
    """How many wait for an answer of the viewer's service."""
    attente = select(func.count(Signalement.id)).where(
        Signalement.association_id.in_(owned_associations(viewer)), Signalement.traite_at.is_(None)
    )
    return session.scalar(attente) or 0


def get(session: Session, viewer: Acteur, signalement_id: int) -> SignalementLu:
    """For an agent: one of them, answered or not. Raises NotFound."""
    signalement = session.scalars(_visibles(viewer).where(Signalement.id == signalement_id)).first()
    if signalement is None:
        raise NotFound
    return SignalementLu(signalement, can_settle(viewer))


def _visibles(viewer: Acteur) -> Select[Signalement]:
    return _signalements().where(Signalement.association_id.in_(owned_associations(viewer)))


def _signalements() -> Select[Signalement]:
    return select(Signalement).options(joinedload(Signalement.auteur), joinedload(Signalement.association))
