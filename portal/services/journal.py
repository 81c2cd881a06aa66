"""Records each act in the append-only journal, in the business transaction."""

import hashlib
import json
import secrets
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.formats import PARIS, maintenant
from portal.models.journal import Evenement, EvenementDetail, FluxJournal, RacineJournal
from portal.permissions import Acteur

ORIGINE = "0" * 64


def record(
    session: Session, *, by: Acteur, action: str, objet: str, valeurs: dict[str, Any] | None = None
) -> Evenement:
    """Append one event to the stream `objet` (« dossier:12 »).

    `valeurs` (JSON values, by field name) go to the erasable detail; the event itself keeps their names and salted hashes only.
    The stream's head row is locked: writers of the same object queue, writers of others never wait.
    """
    tete = _tete_verrouillee(session, objet)
    sel = secrets.token_hex(16)
    evenement = Evenement(
        objet=objet,
        seq=tete.seq + 1,
        at=maintenant(),
        acteur=by.libelle,
        service_id=by.service_id,
        action=action,
        champs={nom: empreinte_valeur(sel, nom, valeur) for nom, valeur in (valeurs or {}).items()},
        prev_hash=tete.tete,
    )
    evenement.hash = empreinte(evenement)
    session.add(evenement)
    session.flush()
    if valeurs:
        session.add(EvenementDetail(evenement_id=evenement.id, sel=sel, valeurs=valeurs))
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


def empreinte(evenement: Evenement) -> str:
    """SHA-256 of the canonical JSON of an event, previous hash included."""
    return _sha256(
        {
            "objet": evenement.objet,
            "seq": evenement.seq,
            "at": evenement.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "acteur": evenement.acteur,
            "service": evenement.service_id,
            "action": evenement.action,
            "champs": evenement.champs,
            "prev": evenement.prev_hash,
        }
    )


def empreinte_valeur(sel: str, nom: str, valeur: Any) -> str:
    """Salted hash of one value: useless without the detail, conclusive with it."""
    return _sha256({"sel": sel, "nom": nom, "valeur": valeur})


def _sha256(contenu: dict[str, Any]) -> str:
    canonique = json.dumps(contenu, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonique.encode()).hexdigest()


def seal_day(session: Session, jour: date | None = None) -> RacineJournal | None:
    """Write the root of the day over the heads of all streams, chained to the root before. None when it exists already."""
    jour = jour or maintenant().astimezone(PARIS).date()
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("racine_journal"))))
    if session.get(RacineJournal, jour):
        return None
    derniere = session.scalars(select(RacineJournal).order_by(RacineJournal.jour.desc()).limit(1)).first()
    flux, racine = racine_des_tetes(session)
    nouvelle = RacineJournal(
        jour=jour,
        flux=flux,
        racine=racine,
        prev_hash=derniere.hash if derniere else ORIGINE,
        created_at=maintenant(),
    )
    nouvelle.hash = empreinte_racine(nouvelle)
    session.add(nouvelle)
    session.flush()
    return nouvelle


def racine_des_tetes(session: Session) -> tuple[int, str]:
    """Number of streams and SHA-256 over every (objet, seq, head), in the order of their names' bytes."""
    somme, nombre = hashlib.sha256(), 0
    tetes = select(FluxJournal.objet, FluxJournal.seq, FluxJournal.tete).order_by(FluxJournal.objet.collate("C"))
    for objet, seq, tete in session.execute(tetes.execution_options(yield_per=5_000)):
        somme.update(f"{objet}\t{seq}\t{tete}\n".encode())
        nombre += 1
    return nombre, somme.hexdigest()


def empreinte_racine(racine: RacineJournal) -> str:
    """SHA-256 of the canonical JSON of a daily root."""
    created_at: datetime = racine.created_at
    return _sha256(
        {
            "jour": racine.jour.isoformat(),
            "flux": racine.flux,
            "racine": racine.racine,
            "at": created_at.astimezone(UTC).isoformat(timespec="microseconds"),
            "prev": racine.prev_hash,
        }
    )
