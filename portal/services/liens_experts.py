"""Owes experts the letters whose links open what is asked of them, and ends those links."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.avis import Saisine
from portal.models.experts import Expert, LienExpert, SessionExpert
from portal.permissions import Acteur
from portal.services import courriels, journal
from portal.services.jetons_experts import DUREE_LIEN
from portal.services.lettres import AVIS_EXPERT


def invite(session: Session, *, by: Acteur, saisine: Saisine, expert: Expert, rappel: bool = False) -> LienExpert:
    """Owe the expert a letter whose link opens what is asked of that address, for 30 days from the moment it leaves.

    To be called once for a saisine, whatever the number of its objects, and once for each reminder (`rappel`): the links of
    the letters before keep working until their own end. The caller has checked that the actor may ask.
    """
    lien = LienExpert(expert_id=expert.id, saisine_id=saisine.id, expires_at=maintenant() + DUREE_LIEN)
    session.add(lien)
    session.flush()
    courriels.enqueue(session, AVIS_EXPERT, destinataire=expert.email, lien_id=lien.id, rappel=rappel)
    journal.record(
        session, by=by, action="lien_expert_envoye", objet=f"expert:{expert.id}", valeurs={"saisine": saisine.id}
    )
    return lien


def revoke(session: Session, *, by: Acteur, saisine_id: int, expert_id: int) -> None:
    """End at once the links that announced that saisine to that expert, and every browser that they opened.

    A demande that is closed alone needs nothing of it: what is closed is not shown any more. What other saisines ask of the
    same expert stays open by their own links.
    """
    leurs = (LienExpert.saisine_id == saisine_id, LienExpert.expert_id == expert_id, LienExpert.revoque_at.is_(None))
    liens = list(session.scalars(select(LienExpert.id).where(*leurs).order_by(LienExpert.id).with_for_update()))
    if not liens:
        return
    instant = maintenant()
    session.execute(update(LienExpert).where(LienExpert.id.in_(liens)).values(revoque_at=instant))
    ouvertes = (SessionExpert.lien_id.in_(liens), SessionExpert.ended_at.is_(None))
    session.execute(update(SessionExpert).where(*ouvertes).values(ended_at=instant))
    journal.record(
        session, by=by, action="lien_expert_revoque", objet=f"expert:{expert_id}", valeurs={"saisine": saisine_id}
    )
