"""Puts one dossier of a lot back as it was, unless something has happened to it since."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden
from portal.models.dossiers import Dossier
from portal.models.lettres import Lettre
from portal.models.workflow import Action
from portal.permissions import Acteur, can_decide, can_instruct
from portal.queries.decisions import of_dossier
from portal.services import attributions, etiquettes, instruction, journal, lettres_service, taches
from portal.services.actes_lots import rank
from portal.vocabulaire import Source
from portal.vocabulaire_instruction import ActionLot, EtatLettre, GenreTache

A_CHANGE = "Il s’est passé autre chose sur ce dossier depuis ce traitement\u00a0: il reste comme il est."
A_LA_SIGNATURE = "La lettre de cette décision est partie à la signature\u00a0: la décision reste enregistrée."
DEJA_OTEE = "L’étiquette n’y était plus."
# (session, actor, dossier, LigneLot.avant) -> what to say of it, empty when there is nothing to say
Annulation = Callable[[Session, Acteur, Dossier, Mapping[str, Any]], str]


def give_back(session: Session, by: Acteur, dossier: Dossier, avant: Mapping[str, Any]) -> str:
    """As if nobody had taken it in charge: only while nothing at all has followed, so that nobody has relied on it."""
    verdict = can_instruct(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    instruction.lock(session, dossier)
    if rank(session, dossier) != avant["rang"] or dossier.source == Source.DS:
        raise Conflict(A_CHANGE)
    instruction.advance(session, by=by, dossier=dossier, action=Action.ANNULER_PRISE_EN_CHARGE, arguments={})
    dossier.date_passage_en_instruction, dossier.instructeur_id = None, avant["instructeur"]
    dossier.version += 1
    session.flush()
    journal.record(session, by=by, action="prise_en_charge_annulee", objet=f"dossier:{dossier.id}")
    return ""


def reassign(session: Session, by: Acteur, dossier: Dossier, avant: Mapping[str, Any]) -> str:
    """To whoever had it, unless its page was changed since."""
    instruction.lock(session, dossier)
    if dossier.version != avant["version"]:
        raise Conflict(A_CHANGE)
    attributions.assign(session, by=by, dossier=dossier, user_id=avant["instructeur"])
    return ""


def unlabel(session: Session, by: Acteur, dossier: Dossier, avant: Mapping[str, Any]) -> str:
    """Take the label off."""
    otee = etiquettes.remove(session, by=by, dossier=dossier, etiquette_id=avant["etiquette"])
    return "" if otee else DEJA_OTEE


def undecide(session: Session, by: Acteur, dossier: Dossier, avant: Mapping[str, Any]) -> str:
    """Take the decision away, while it is that of the lot, its notification is not asked for, and nobody signs its letter.

    What was proposed waits again for those who decide.
    """
    verdict = can_decide(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    instruction.lock(session, dossier)
    decision = of_dossier(session, dossier.id)
    if decision is None or decision.version != avant["version"] or decision.notification_demandee_at is not None:
        raise Conflict(A_CHANGE)
    instruction.required(dossier, Action.ANNULER_DECISION)
    signatures = select(Lettre.id).where(
        Lettre.dossier_id == dossier.id, Lettre.etat.in_((EtatLettre.AU_PARAPHEUR, EtatLettre.SIGNEE))
    )
    if session.scalar(signatures.limit(1)) is not None:
        raise Conflict(A_LA_SIGNATURE)
    lettres_service.replace_all(session, dossier)
    taches.wait_again(session, genres=[GenreTache.PROPOSITION], dossier_id=dossier.id, depuis=decision.decided_at)
    session.delete(decision)
    session.flush()
    journal.record(session, by=by, action="decision_retiree", objet=f"dossier:{dossier.id}")
    return ""


ANNULATIONS: dict[ActionLot, Annulation] = {
    ActionLot.PRENDRE_EN_CHARGE: give_back,
    ActionLot.ATTRIBUER: reassign,
    ActionLot.ETIQUETER: unlabel,
    ActionLot.DECIDER: undecide,
}
