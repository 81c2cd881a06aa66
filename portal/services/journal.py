"""Records each act in the append-only journal, in the business transaction."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from portal.copie import among, copy_rows, draw_ids
from portal.formats import aujourdhui, maintenant
from portal.models.journal import (
    ORIGINE,
    Evenement,
    EvenementDetail,
    FluxJournal,
    RacineJournal,
    empreinte_evenement,
    empreintes_valeurs,
)
from portal.permissions import Acteur
from portal.queries.journal import root_of_heads

# (seq, hash) of the last event of a stream.
Tete = tuple[int, str]
RELUS_TELS_QUELS = (str, int, bool, type(None))
COMMENCER = text(
    "INSERT INTO flux_journal (objet, seq, tete) SELECT objet, 0, :origine FROM unnest(CAST(:objets AS text[])) AS objet "
    "ON CONFLICT DO NOTHING"
)
AVANCER = text(
    "UPDATE flux_journal SET seq = neuf.seq, tete = neuf.tete "
    "FROM unnest(CAST(:objets AS text[]), CAST(:seqs AS bigint[]), CAST(:tetes AS text[])) AS neuf (objet, seq, tete) "
    "WHERE flux_journal.objet = neuf.objet"
)


@dataclass(frozen=True, slots=True)
class Acte:
    """One act on the object `objet` (« dossier:12 »), with its values by field name.

    `premier`: this very transaction has created the object, so that no stream of that name can exist.
    """

    action: str
    objet: str
    valeurs: Mapping[str, Any] = field(default_factory=dict)
    premier: bool = False


def record(session: Session, *, by: Acteur, action: str, objet: str, valeurs: dict[str, Any] | None = None) -> None:
    """Append one event to the stream `objet` (« dossier:12 »). See `record_all`."""
    record_all(session, by=by, actes=[Acte(action, objet, valeurs or {})])


def record_all(session: Session, *, by: Acteur, actes: Sequence[Acte]) -> None:
    """Append one event for each act, in a number of statements that their number does not change.

    The values (JSON) go to the erasable details; the events keep their names and salted hashes only. The head rows of the
    streams are locked, always in the same order: writers of the same object queue, writers of others never wait. Raises
    TypeError when a value is not JSON, or is a float: amounts go as text.
    """
    if not actes:
        return
    session.flush()
    neufs = {acte.objet for acte in actes if acte.premier}
    suivis = sorted({acte.objet for acte in actes} - neufs)
    tetes = dict.fromkeys(neufs, (0, ORIGINE)) | _tetes_verrouillees(session, suivis)
    evenements, details = [], []
    for acte in actes:
        sel, valeurs = secrets.token_hex(16), _telles_que_relues(acte.valeurs)
        evenement = _suite(tetes[acte.objet], acte, by, empreintes_valeurs(sel, valeurs))
        tetes[acte.objet] = evenement["seq"], evenement["hash"]
        evenements.append(evenement)
        details.append({"sel": sel, "valeurs": valeurs})
    _advance(session, {un: tetes[un] for un in neufs}, {un: tetes[un] for un in suivis})
    # Ids are drawn once the heads are held: within a stream they follow its order, and a daily root waits for them.
    ids = draw_ids(session, Evenement, len(evenements))
    copy_rows(session, Evenement, [{"id": rang, **un} for rang, un in zip(ids, evenements, strict=True)])
    avec_valeurs = [{"evenement_id": rang, **un} for rang, un in zip(ids, details, strict=True) if un["valeurs"]]
    copy_rows(session, EvenementDetail, avec_valeurs)


def _suite(tete: Tete, acte: Acte, by: Acteur, champs: dict[str, str]) -> dict[str, Any]:
    """The next event of a stream, chained to its head."""
    seq, precedent = tete
    evenement: dict[str, Any] = {
        "objet": acte.objet,
        "seq": seq + 1,
        "at": maintenant(),
        "acteur": by.libelle,
        "service_id": by.service_id,
        "action": acte.action,
        "champs": champs,
        "prev_hash": precedent,
    }
    return evenement | {"hash": empreinte_evenement(evenement)}


def _tetes_verrouillees(session: Session, objets: list[str]) -> dict[str, Tete]:
    """The head of each stream; a stream that did not exist begins."""
    if not objets:
        return {}
    session.execute(COMMENCER, {"objets": objets, "origine": ORIGINE})
    tetes = session.execute(
        select(FluxJournal.objet, FluxJournal.seq, FluxJournal.tete)
        .where(among(FluxJournal.objet, objets))
        .order_by(FluxJournal.objet)
        .with_for_update()
    )
    return {objet: (seq, tete) for objet, seq, tete in tetes}


def _advance(session: Session, neufs: Mapping[str, Tete], suivis: Mapping[str, Tete]) -> None:
    """Move the heads to the last event of each stream."""
    copy_rows(session, FluxJournal, [{"objet": un, "seq": seq, "tete": tete} for un, (seq, tete) in neufs.items()])
    if suivis:
        seqs, tetes = zip(*suivis.values(), strict=True)
        session.execute(AVANCER, {"objets": list(suivis), "seqs": list(seqs), "tetes": list(tetes)})


def _telles_que_relues(valeurs: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the database will give them back, so that they are hashed in the form in which they are verified."""
    if all(type(valeur) in RELUS_TELS_QUELS for valeur in valeurs.values()):
        return dict(valeurs)
    relues: dict[str, Any] = json.loads(json.dumps(valeurs), parse_float=_refuser, parse_constant=_refuser)
    return relues


def _refuser(nombre: str) -> None:
    raise TypeError(f"A float has no single form in JSON: {nombre} must enter the journal as text")


def seal_day(session: Session, jour: date | None = None) -> RacineJournal | None:
    """Write the root of the day over the heads of all streams, chained to the root before. None when it exists already.

    No event is under way meanwhile (writers wait for the time of one read of the heads), so that the root covers exactly the
    events up to its `dernier_evenement`.
    """
    jour = jour or aujourdhui()
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
