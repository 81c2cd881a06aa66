"""What a request that came on paper lacks: asked by letter, received by the door it came by, its day noted by an agent."""

from datetime import date, datetime, time

from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import PARIS, aujourdhui, maintenant
from portal.models.dossiers import Dossier
from portal.models.echanges import Complement
from portal.models.lettres import Lettre
from portal.permissions import Acteur
from portal.permissions.complements import can_ask
from portal.queries import complements as queries
from portal.services import complements, corrections, delais, instruction, lettres_service
from portal.vocabulaire_instruction import GenreLettre

RIEN_D_ATTENDU = (
    "Plus rien n’est demandé sur ce dossier\u00a0: l’arrivée d’un complément est déjà notée, ou la demande annulée."
)
JOUR_IMPOSSIBLE = "Un complément arrive après avoir été demandé, et au plus tard aujourd’hui."


def ask(session: Session, *, by: Acteur, dossier: Dossier, motif: str, echeance: date, pieces_exigees: bool) -> Lettre:
    """Ask for what is missing until `echeance`, and prepare the letter that says so: it is printed and sent by the service.

    Required pieces suspend the delay of implicit rejection (CRPA L114-5). Raises Forbidden, Invalid, Conflict.
    """
    complements.lock_to_ask(session, by, dossier)
    complements.record(session, by, dossier, {}, motif=motif, echeance=echeance, pieces_exigees=pieces_exigees)
    return lettres_service.order(session, by=by, dossier=dossier, genre=GenreLettre.COMPLEMENT)


def receive(session: Session, *, by: Acteur, dossier: Dossier, recu_le: date) -> Complement:
    """Note the day when what was asked came: the suspension ends that day, and the dossier is read as changed.

    Its scans are joined to the dossier as those of the request are. Raises Forbidden, Invalid("recu_le"), Conflict.
    """
    instruction.lock(session, dossier)
    verdict = can_ask(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    complement = queries.open_of(session, dossier.id)
    if complement is None:
        raise Conflict(RIEN_D_ATTENDU)
    if not complement.demande_at.astimezone(PARIS).date() <= recu_le <= aujourdhui():
        raise Invalid("recu_le", JOUR_IMPOSSIBLE)
    complement.repondu_par_id, complement.repondu_at = by.user_id, _instant(recu_le)
    dossier.complement_demande = False
    dossier.contenu_version += 1
    delais.refresh(session, dossier)
    corrections.outdate_decisions(session, [dossier])
    complements.note(session, by, complement, "complement_recu", recu_le=recu_le.isoformat())
    corrections.give_task(session, dossier, complement, par_id=by.user_id)
    return complement


def _instant(recu_le: date) -> datetime:
    """Now for what came today; else the end of that day in Paris: its hour was not noted."""
    return maintenant() if recu_le == aujourdhui() else datetime.combine(recu_le, time(23, 59), tzinfo=PARIS)
