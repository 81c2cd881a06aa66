"""Keeps what each source says of an association, and shows of it what may be shown without overwriting anybody."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.models.associations import Association, FaitAssociation

SAISIE = "saisie"
# The same answer again refreshes its date once a day at most: a synchronisation reads the same facts many times an hour.
PAS = timedelta(days=1)


def note_facts(
    session: Session, association: Association, faits: Mapping[str, object], *, source: str, observed_at: datetime
) -> None:
    """Keep these facts (by column of Association, dates as dates) as said by `source` at `observed_at` (UTC).

    A column is filled when it is empty, when only typing was behind it and a register speaks, or when the same source corrects
    itself. Otherwise both sayings stay, and the page shows the conflict. What a person typed first is never replaced by typing.
    """
    anciens = _facts_of(session, association, source)
    premiere_verification = source != SAISIE and not association.verifiee
    for champ, valeur in faits.items():
        if valeur in ("", None):
            continue
        ancien = anciens.get(champ)
        if ancien is None or _replaces(ancien, _texte(valeur), source, observed_at):
            dit_par_la_source = ancien is not None and _texte(getattr(association, champ)) == ancien.valeur
            _keep(session, association, ancien, champ, _texte(valeur), source, observed_at)
            if premiere_verification or dit_par_la_source or not getattr(association, champ):
                setattr(association, champ, valeur)
    association.verifiee = association.verifiee or source != SAISIE


def _facts_of(session: Session, association: Association, source: str) -> dict[str, FaitAssociation]:
    faits = session.scalars(
        select(FaitAssociation).where(
            FaitAssociation.association_id == association.id, FaitAssociation.source == source
        )
    )
    return {fait.champ: fait for fait in faits}


def _replaces(ancien: FaitAssociation, valeur: str, source: str, observed_at: datetime) -> bool:
    if source == SAISIE or observed_at <= ancien.observed_at:
        return False
    return valeur != ancien.valeur or observed_at - ancien.observed_at > PAS


def _keep(
    session: Session,
    association: Association,
    ancien: FaitAssociation | None,
    champ: str,
    valeur: str,
    source: str,
    observed_at: datetime,
) -> None:
    if ancien is not None:
        ancien.valeur, ancien.observed_at = valeur, observed_at
        return
    ligne = {"association_id": association.id, "champ": champ, "valeur": valeur}
    session.execute(
        insert(FaitAssociation).values(**ligne, source=source, observed_at=observed_at).on_conflict_do_nothing()
    )


def _texte(valeur: object) -> str:
    return valeur.isoformat() if isinstance(valeur, date) else str(valeur or "")
