"""Records each act in the append-only journal, in the business transaction."""

import json
import secrets
from datetime import date
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.formats import PARIS, maintenant
from portal.models.journal import ORIGINE, Evenement, EvenementDetail, FluxJournal, RacineJournal
from portal.permissions import Acteur
from portal.queries.journal import root_of_heads


def record(
    session: Session, *, by: Acteur, action: str, objet: str, valeurs: dict[str, Any] | None = None
) -> Evenement:
    """Append one event to the stream `objet` (« dossier:12 »).

    `valeurs` (JSON values, by field name) go to the erasable detail; the event itself keeps their names and salted hashes only.
    The stream's head row is locked: writers of the same object queue, writers of others never wait. Raises TypeError when a
    value is not JSON, or is a float: amounts go as text.
    """
    tete = _tete_verrouillee(session, objet)
    detail = EvenementDetail(sel=secrets.token_hex(16), valeurs=_telles_que_relues(valeurs or {}))
    evenement = Evenement(
        objet=objet,
        seq=tete.seq + 1,
        at=maintenant(),
        acteur=by.libelle,
        service_id=by.service_id,
        action=action,
        champs=detail.empreintes(),
        prev_hash=tete.tete,
    )
    evenement.hash = evenement.empreinte()
    session.add(evenement)
    session.flush()
    if valeurs:
        detail.evenement_id = evenement.id
        session.add(detail)
    tete.seq, tete.tete = evenement.seq, evenement.hash
    session.flush()
    return evenement


def _tete_verrouillee(session: Session, objet: str) -> FluxJournal:
    session.execute(insert(FluxJournal).values(objet=objet, seq=0, tete=ORIGINE).on_conflict_do_nothing())
    return session.scalars(
        select(FluxJournal)
        .where(FluxJournal.objet == objet)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _telles_que_relues(valeurs: dict[str, Any]) -> dict[str, Any]:
    """The values as the database will give them back, so that they are hashed in the form in which they are verified."""
    relues: dict[str, Any] = json.loads(json.dumps(valeurs), parse_float=_refuser, parse_constant=_refuser)
    return relues


def _refuser(nombre: str) -> None:
    raise TypeError(f"A float has no single form in JSON: {nombre} must enter the journal as text")


def seal_day(session: Session, jour: date | None = None) -> RacineJournal | None:
    """Write the root of the day over the heads of all streams, chained to the root before. None when it exists already.

    No event is under way meanwhile (writers wait for the time of one read of the heads), so that the root covers exactly the
    events up to its `dernier_evenement`.
    """
    jour = jour or maintenant().astimezone(PARIS).date()
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("racine_journal"))))
    if session.get(RacineJournal, jour):
        return None
    session.execute(text("LOCK TABLE flux_journal IN SHARE MODE"))
    derniere = session.scalars(select(RacineJournal).order_by(RacineJournal.jour.desc()).limit(1)).first()
    tetes = select(FluxJournal.objet, FluxJournal.seq, FluxJournal.tete).order_by(FluxJournal.objet.collate("C"))
    flux, racine = root_of_heads(session, tetes)
    nouvelle = RacineJournal(
        jour=jour,
        dernier_evenement=session.scalar(select(func.max(Evenement.id))) or 0,
        flux=flux,
        racine=racine,
        prev_hash=derniere.hash if derniere else ORIGINE,
        created_at=maintenant(),
    )
    nouvelle.hash = nouvelle.empreinte()
    session.add(nouvelle)
    session.flush()
    return nouvelle
