"""Dossiers of DS that somebody asks to read again: askings are coalesced, then each dossier is read once."""

from collections.abc import Mapping
from datetime import timedelta

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.annonces import SignatureInvalide, lire_annonce
from integrations.demarches_simplifiees.errors import ErreurDS
from portal.errors import Conflict, Forbidden
from portal.formats import maintenant
from portal.models.demarches import Demarche
from portal.models.synchronisation import RelectureDS
from portal.services.moyens import Moyens
from portal.services.synchronisation import passage
from portal.services.synchronisation.demarches import commander_passage, find
from portal.services.synchronisation.suites import ask_again
from portal.travaux import commander

# DS may announce a change just before it commits it.
DELAI = timedelta(seconds=5)
# Above, a run over the démarche reads them all at less cost.
ATTENTE_MAXIMALE = 500
PAR_LOT = 50
RETRAIT = timedelta(minutes=1)
# Then DS itself is in trouble, and the others would only wait for it one after the other.
ECHECS_DE_SUITE = 3
TACHE = "relectures.lire"
journal_technique = structlog.get_logger("portal.relectures")


def ask(session: Session, *, instance: str, demarche: int, number: int) -> bool:
    """Ask to read that dossier of DS again soon. False, and nothing is done, when no service has the démarche.

    Any number of askings before it is read makes one reading; too many dossiers at once make one run over the démarche.
    """
    connue = find(session, instance=instance, number=demarche)
    if connue is None:
        return False
    if _overflows(session, connue):
        commander_passage(session, demarche, suppressions=False)
        return True
    ask_again(session, connue.id, [number], at=maintenant() + DELAI)
    commander(session, TACHE, unique=TACHE, dans=DELAI)
    return True


def receive(session: Session, *, instance: str, corps: bytes, entetes: Mapping[str, str], secret: str) -> None:
    """Take an announcement of DS: what it cannot be understood to say is nothing. Raises Forbidden on a wrong signature."""
    try:
        annonce = lire_annonce(corps, entetes, secret=secret, instant=maintenant())
    except SignatureInvalide as faute:
        raise Forbidden("Cette annonce n’est pas signée comme convenu\u00a0: elle est ignorée.") from faute
    if annonce is not None:
        ask(session, instance=instance, demarche=annonce.demarche, number=annonce.number)


def run_due(moyens: Moyens) -> int:
    """Read again what is due; returns how many dossiers were read. What fails waits a little longer at each attempt.

    Stops when several fail running: the others come at a later sweep.
    """
    lus = rates = 0
    while rates < ECHECS_DE_SUITE and (lot := _take(moyens)):
        for relecture in lot:
            lu = _read(moyens, relecture)
            lus, rates = lus + lu, 0 if lu else rates + 1
            if rates == ECHECS_DE_SUITE:
                break
    return lus


def _overflows(session: Session, demarche: Demarche) -> bool:
    attentes = select(RelectureDS.id).where(RelectureDS.demarche_id == demarche.id).limit(ATTENTE_MAXIMALE)
    return len(session.scalars(attentes).all()) == ATTENTE_MAXIMALE


def _take(moyens: Moyens) -> list[RelectureDS]:
    """A batch of what is due, set back first: a killed worker loses nothing, and two never read the same."""
    instant = maintenant()
    with moyens.fabrique.begin() as session:
        dues = select(RelectureDS).where(RelectureDS.prochain_essai <= instant)
        anciennes = dues.order_by(RelectureDS.prochain_essai, RelectureDS.id).limit(PAR_LOT)
        lot = list(session.scalars(anciennes.with_for_update(skip_locked=True)))
        for relecture in lot:
            relecture.essais += 1
            relecture.prochain_essai = instant + RETRAIT * relecture.essais
    return lot


def _read(moyens: Moyens, relecture: RelectureDS) -> bool:
    try:
        passage.refresh_number(moyens, relecture.demarche_id, relecture.number)
    except (ErreurDS, Conflict) as panne:
        journal_technique.info("relecture_remise", number=relecture.number, genre=type(panne).__name__)
        return False
    with moyens.fabrique.begin() as session:
        # Asked once more while it was being read: that asking stays, due at its turn.
        lues = delete(RelectureDS).where(RelectureDS.id == relecture.id, RelectureDS.demandes == relecture.demandes)
        session.execute(lues)
    return True
