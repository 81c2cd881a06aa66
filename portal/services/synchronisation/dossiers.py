"""Stores a page of DS dossiers: finds or creates ours, writes only what really changed, and tells the journal once for each."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models.decisions import Decision
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.permissions import SYSTEME
from portal.services import decisions, etats_cer, fichiers_ds, journal, reouvertures
from portal.services.journal import Acte
from portal.services.recensement import find_or_create
from portal.services.synchronisation import colonnes, suites
from portal.services.synchronisation.colonnes import Lu, Range
from portal.services.synchronisation.contexte import Contexte, make_contexte
from portal.services.synchronisation.creation import create
from portal.services.synchronisation.mise_a_jour import is_older, update, wants_association
from portal.vocabulaire import ETATS_FINAUX

SOURCE = "Démarches Simplifiées"


def store_page(
    session: Session, demarche: Demarche, raws: Sequence[Mapping[str, Any]], *, lu_at: datetime | None
) -> int:
    """Store these dossiers as DS gave them at `lu_at`, and return how many show something that people did not see before.

    The number of statements does not depend on theirs: new rows go by COPY, changed ones in one batch a table. One event is
    recorded for each that changed, none otherwise. A copy older than ours is left aside; of two copies of the same dossier the
    later one of the list is kept. Without `lu_at`, they are our own copies, read again because a mapping changed: they do not
    tell what DS shows now. Raises what a dossier that cannot be stored causes, whichever it is: the caller halves the page.
    """
    lus = [colonnes.read(raw) for raw in {raw["number"]: raw for raw in raws}.values()]
    contexte = make_contexte(session, demarche, [lu.recu for lu in lus], lu_at=lu_at)
    neufs = [lu for lu in lus if lu.recu.number not in contexte.connus]
    suivis = [
        (connu, lu)
        for lu in lus
        if (connu := contexte.connus.get(lu.recu.number)) and not is_older(contexte, connu, lu)
    ]
    a_rattacher = [*neufs, *(lu for connu, lu in suivis if wants_association(contexte, connu, lu))]
    associations, actes = _associations(session, contexte, a_rattacher)
    crees = create(session, contexte, neufs, associations)
    changes = [update(session, contexte, connu, lu, associations) for connu, lu in suivis]
    etats_cer.refresh(session, [ident for ident in associations.values() if ident is not None])
    ecrits = [*crees, *changes]
    dits = [ecrit.acte for ecrit in ecrits if ecrit.acte]
    journal.record_all(session, by=SYSTEME, actes=[*actes, *dits])
    _follow_decisions(session, changes)
    neufs_ids = {ecrit.dossier_id for ecrit in crees}
    fichiers_ds.note_files(session, [(ecrit.dossier_id, ecrit.recu) for ecrit in ecrits], demarche, neufs=neufs_ids)
    if lu_at is not None:
        suites.expect(session, demarche, [ecrit.recu for ecrit in ecrits], lu_at=lu_at)
    return len(dits)


def _associations(session: Session, contexte: Contexte, lus: Sequence[Lu]) -> tuple[dict[int, int | None], list[Acte]]:
    """The association of each of these dossiers, by DS number: found, created (the journal has to say it), or none."""
    vues = {lu.recu.number: colonnes.view(contexte, lu) for lu in lus}
    connues = {number: vue for number, vue in vues.items() if vue is not None}
    if not connues:
        return dict.fromkeys(vues), []
    ids, actes = find_or_create(session, source=SOURCE, vues=list(connues.values()))
    return {**dict.fromkeys(vues), **dict(zip(connues, ids, strict=True))}, actes


def _follow_decisions(session: Session, changes: Sequence[Range]) -> None:
    """DS has applied a decision of ours that waited for it, or takes one back."""
    deplaces = [ecrit.dossier_id for ecrit in changes if ecrit.acte and "etat" in ecrit.acte.valeurs]
    if not deplaces:
        return
    decides = (
        select(Dossier)
        .join(Decision, Decision.dossier_id == Dossier.id)
        .where(Dossier.id.in_(deplaces), Decision.notification_demandee_at.is_not(None))
        .order_by(Dossier.id)
    )
    for dossier in session.scalars(decides):
        if dossier.etat in ETATS_FINAUX:
            decisions.confirm_notified(session, dossier)
        else:
            reouvertures.follow_ds(session, dossier)
