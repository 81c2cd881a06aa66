"""Reminds those who are asked for an avis, by themselves: three days before the deadline, on that day, three days after.

One mail per party and day, on weekdays from eight in Paris. What is told and the mark that it was are one transaction: a worker
killed anywhere has told nothing, or marked it. A worker that was down makes up for the two days that follow, no more.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from portal.formats import PARIS
from portal.models.avis import DemandeAvis
from portal.models.dossiers import Dossier
from portal.permissions import SYSTEME
from portal.queries.objets_saisis import journal_key
from portal.services import annonces_avis, journal
from portal.vocabulaire import ETATS_FINAUX

MAXIMUM = 3
JOURS = (timedelta(days=-3), timedelta(), timedelta(days=3))
RATTRAPAGE = timedelta(days=2)
HEURE = time(8, tzinfo=PARIS)
SAMEDI = 5


def send_due(session: Session, instant: datetime) -> int:
    """Remind the next party to whom a reminder is due; how many of its demandes it was about, 0 when nobody is left."""
    local = instant.astimezone(PARIS)
    if local < datetime.combine(local.date(), HEURE) or local.weekday() >= SAMEDI:
        return 0
    siennes = _next(session, local.date())
    if not siennes:
        return 0
    annonces_avis.remind(session, by=SYSTEME, demandes=siennes)
    for une in siennes:
        une.rappels, une.rappelee_at = une.rappels + 1, instant
        valeurs = {"service": une.consulte, "saisine": une.saisine_id}
        journal.record(session, by=SYSTEME, action="avis_rappele", objet=journal_key(une), valeurs=valeurs)
    session.flush()
    return len(siennes)


def is_due(demande: DemandeAvis, jour: date) -> bool:
    """A day of reminder has come since it was asked and last reminded, not more than two days ago. Pure."""
    if not demande.attendue or demande.echeance is None or demande.rappels >= MAXIMUM:
        return False
    passes = [demande.echeance + ecart for ecart in JOURS if demande.echeance + ecart <= jour]
    if not passes or jour - passes[-1] > RATTRAPAGE:
        return False
    vues = (demande.created_at, demande.rappelee_at)
    return all(vu is None or vu.astimezone(PARIS).date() < passes[-1] for vu in vues)


def _next(session: Session, jour: date) -> Sequence[DemandeAvis]:
    """All that is due of one party; rows that another worker holds are left to it."""
    choix = _candidates(jour)
    for une in session.scalars(choix):
        if not is_due(une, jour):
            continue
        # The very columns of the party, so that a name and its service are told apart.
        partie = (
            DemandeAvis.service_id.is_not_distinct_from(une.service_id),
            DemandeAvis.agent_id.is_not_distinct_from(une.agent_id),
            DemandeAvis.expert_id.is_not_distinct_from(une.expert_id),
        )
        verrou = choix.where(*partie).with_for_update(skip_locked=True, of=DemandeAvis)
        prises = session.scalars(verrou.execution_options(populate_existing=True)).all()
        siennes = [autre for autre in prises if is_due(autre, jour)]
        if siennes:
            return siennes
    return ()


def _candidates(jour: date) -> Select[DemandeAvis]:
    """What waits, with a deadline around that day, on a dossier that is not decided."""
    ouvert = select(Dossier.id).where(Dossier.id == DemandeAvis.dossier_id, Dossier.etat.not_in(list(ETATS_FINAUX)))
    return (
        select(DemandeAvis)
        .where(
            DemandeAvis.repondue_at.is_(None),
            DemandeAvis.close_at.is_(None),
            DemandeAvis.rappels < MAXIMUM,
            DemandeAvis.echeance.between(jour - JOURS[-1] - RATTRAPAGE, jour - JOURS[0]),
            or_(DemandeAvis.dossier_id.is_(None), ouvert.exists()),
        )
        .order_by(DemandeAvis.echeance, DemandeAvis.id)
    )
