"""Withdraws filed requests, as long as they are not decided."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden
from portal.formats import maintenant
from portal.models.dossiers import Dossier
from portal.models.echanges import Complement
from portal.models.workflow import Action
from portal.permissions import Acteur
from portal.permissions.complements import can_withdraw
from portal.queries import correspondants
from portal.services import courriels, instruction, journal, messages
from portal.vocabulaire import ETATS_FINAUX, Etat
from portal.vocabulaire_demandes import AudienceMessage

RETRAIT = "La demande est retirée."


def withdraw(session: Session, *, by: Acteur, dossier: Dossier, motif: str, commune: bool) -> list[Dossier]:
    """Withdraw a dossier, and with `commune` the others of the same request that are not decided; those that are.

    `motif`, if any, is a message to each service. Sent twice, it is one withdrawal. Raises Forbidden, TransitionInterdite when
    a service has decided meanwhile: nothing is withdrawn then.
    """
    freres = _lock(session, dossier)
    if dossier.etat == Etat.RETIRE:
        return []
    instruction.required(dossier, Action.RETIRER)
    verdict = can_withdraw(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    retires = [un for un in freres if un.id == dossier.id or (commune and un.etat not in ETATS_FINAUX)]
    for un in retires:
        _withdraw(session, by, un, motif, avec=[autre.reference for autre in retires if autre is not un])
    return retires


def _lock(session: Session, dossier: Dossier) -> Sequence[Dossier]:
    """Every dossier of the request, always in the same order, so that a decision and a withdrawal wait for each other."""
    choix = select(Dossier).where(Dossier.demande_id == dossier.demande_id, Dossier.demande_id.is_not(None))
    verrou = choix.options(joinedload(Dossier.service)).order_by(Dossier.id).with_for_update(of=Dossier)
    return session.scalars(verrou.execution_options(populate_existing=True)).all()


def _withdraw(session: Session, by: Acteur, dossier: Dossier, motif: str, avec: list[str]) -> None:
    dossier.etat = instruction.required(dossier, Action.RETIRER).vers
    instant = maintenant()
    dossier.date_traitement, dossier.complement_demande = instant, False
    dossier.version += 1
    session.execute(
        update(Complement)
        .where(Complement.dossier_id == dossier.id, Complement.repondu_at.is_(None), Complement.annule_at.is_(None))
        .values(annule_at=instant)
    )
    session.flush()
    valeurs = {"etat": dossier.etat, "avec": avec, "motive": bool(motif)}
    journal.record(session, by=by, action="demande_retiree", objet=f"dossier:{dossier.id}", valeurs=valeurs)
    if motif:
        messages.send(
            session,
            by=by,
            dossier=dossier,
            audience=AudienceMessage.ASSOCIATION,
            texte=f"{RETRAIT}\n\n{motif}",
            cle=f"retrait-dossier-{dossier.id}",
        )
    for adresse in correspondants.agents(session, dossier):
        courriels.enqueue(
            session,
            "demande_retiree",
            destinataire=adresse,
            reference=dossier.reference,
            association=dossier.demandeur_nom,
        )
