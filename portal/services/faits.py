"""Keeps what each source says of an association, and shows of it what may be shown without overwriting anybody."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.copie import among
from portal.models.associations import Association, FaitAssociation

SAISIE = "saisie"
# The same answer again refreshes its date once a day at most: a synchronisation reads the same facts many times an hour.
PAS = timedelta(days=1)
COLONNES = ("association_id", "champ", "valeur", "source", "observed_at")
# Association, source, column.
Cle = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Dire:
    """What `source` says at `observed_at` (UTC) of an association, by column (dates as dates)."""

    association: Association
    faits: Mapping[str, object]
    source: str
    observed_at: datetime


def note_facts(session: Session, dires: Sequence[Dire]) -> None:
    """Keep these facts as said by their source, in a number of statements that their number does not change.

    A column is filled when it is empty, when only typing was behind it and a register speaks, or when the same source corrects
    itself. Otherwise both sayings stay, and the page shows the conflict. What a person typed first is never replaced by typing.
    """
    connus = _known(session, dires)
    nouveaux: list[FaitAssociation] = []
    for dire in dires:
        nouveaux += _weigh(dire, connus)
    if nouveaux:
        lignes = [{nom: getattr(fait, nom) for nom in COLONNES} for fait in nouveaux]
        session.execute(insert(FaitAssociation).on_conflict_do_nothing(), lignes)


def text_of(valeur: object) -> str:
    """A fact as it is kept."""
    return valeur.isoformat() if isinstance(valeur, date) else str(valeur or "")


def _known(session: Session, dires: Sequence[Dire]) -> dict[Cle, FaitAssociation]:
    faits = session.scalars(
        select(FaitAssociation)
        .where(
            among(FaitAssociation.association_id, {dire.association.id for dire in dires}),
            among(FaitAssociation.source, {dire.source for dire in dires}),
        )
        .order_by(FaitAssociation.id)
    )
    return {(fait.association_id, fait.source, fait.champ): fait for fait in faits}


def _weigh(dire: Dire, connus: dict[Cle, FaitAssociation]) -> Iterator[FaitAssociation]:
    """Show what may be shown, correct what the source had said, and give what it says for the first time."""
    association, source = dire.association, dire.source
    premiere_verification = source != SAISIE and not association.verifiee
    for champ, valeur in dire.faits.items():
        if valeur in ("", None):
            continue
        cle = (association.id, source, champ)
        ancien = connus.get(cle)
        if ancien is not None and not _replaces(ancien, text_of(valeur), dire):
            continue
        dit_par_la_source = ancien is not None and text_of(getattr(association, champ)) == ancien.valeur
        if premiere_verification or dit_par_la_source or not getattr(association, champ):
            setattr(association, champ, valeur)
        fait = ancien or FaitAssociation(association_id=association.id, champ=champ, source=source)
        fait.valeur, fait.observed_at = text_of(valeur), dire.observed_at
        if ancien is None:
            connus[cle] = fait
            yield fait
    association.verifiee = association.verifiee or source != SAISIE


def _replaces(ancien: FaitAssociation, valeur: str, dire: Dire) -> bool:
    if dire.source == SAISIE or dire.observed_at <= ancien.observed_at:
        return False
    return valeur != ancien.valeur or dire.observed_at - ancien.observed_at > PAS
