"""Opens a decided dossier again: its decision no longer stands, its amounts go, what it said is kept."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid, TransitionInterdite
from portal.models.decisions import Decision, DecisionPassee
from portal.models.dossiers import Dossier
from portal.models.envois import OperationDS
from portal.models.workflow import Action
from portal.permissions import SYSTEME, Acteur, can_decide
from portal.permissions.decisions import PasMaintenant
from portal.queries import actes_decision
from portal.queries.decisions import destinataires, of_dossier
from portal.services import courriels, instruction, journal, lettres_service, octrois, taches
from portal.vocabulaire import EtatEnvoi
from portal.vocabulaire_instruction import GenreTache

LA_BAS = "Repris en instruction sur Démarches Simplifiées."


def reopen(session: Session, *, by: Acteur, dossier: Dossier, motif: str, version: int) -> Decision:
    """Take a dossier decided here back « en instruction », with a reason that the association reads.

    `version` is that of the decision shown. Raises Forbidden, Invalid (motif), TransitionInterdite, Conflict.
    """
    droit = can_decide(by, dossier)
    if not droit:
        raise Forbidden(droit.raison)
    if not motif.strip():
        raise Invalid("motif", "Dites pourquoi le dossier est rouvert\u00a0: l’association le lira.")
    instruction.lock(session, dossier)
    decision = of_dossier(session, dossier.id)
    verdict = actes_decision.may_reopen(actes_decision.read(session, by, dossier, decision))
    if decision is None or isinstance(verdict, PasMaintenant):
        raise TransitionInterdite(verdict.raison)
    if not verdict:
        raise Forbidden(verdict.raison)
    instruction.check_version(version, decision.version)
    instruction.advance(session, by=by, dossier=dossier, action=Action.ROUVRIR, arguments={})
    dossier.date_traitement = None
    dossier.version += 1
    _keep(session, dossier, decision, motif=motif.strip(), par_id=by.user_id)
    journal.record(
        session, by=by, action="dossier_rouvert", objet=f"dossier:{dossier.id}", valeurs={"motif": motif.strip()}
    )
    for adresse in destinataires(session, dossier):
        courriels.enqueue(
            session,
            "decision_rouverte",
            destinataire=adresse,
            reference=dossier.reference,
            association=dossier.demandeur_nom,
            intitule=dossier.intitule,
            service=dossier.service.nom,
        )
    return decision


def follow_ds(session: Session, dossier: Dossier) -> bool:
    """A decided DS dossier is being instructed again: its decision no longer stands, and may be changed. True when it did.

    To be called when the état of a DS dossier is no longer final.
    """
    decision = of_dossier(session, dossier.id)
    if decision is None or decision.notified_at is None:
        return False
    demandee = (
        select(OperationDS.demande_par_id)
        .where(
            OperationDS.dossier_id == dossier.id,
            OperationDS.mutation == "repasser_en_instruction",
            OperationDS.etat == EtatEnvoi.ENVOYE,
            OperationDS.created_at > decision.notified_at,
        )
        .order_by(OperationDS.id.desc())
    )
    _keep(session, dossier, decision, motif=LA_BAS, par_id=session.scalar(demandee.limit(1)))
    journal.record(session, by=SYSTEME, action="decision_rouverte", objet=f"dossier:{dossier.id}")
    return True


def _keep(session: Session, dossier: Dossier, decision: Decision, *, motif: str, par_id: int | None) -> None:
    """Keep the decision as it was, and leave it to be recorded again, under a délégation of that day."""
    contenu = {colonne.key: _json(getattr(decision, colonne.key)) for colonne in inspect(Decision).column_attrs}
    session.add(DecisionPassee(dossier_id=dossier.id, contenu=contenu, motif=motif, rouverte_par_id=par_id))
    for nom in ("notified_at", "notification_demandee_at", "notifiee_par_id", "mode", "delegation_id"):
        setattr(decision, nom, None)
    decision.consultee_at = decision.consultee_par_id = decision.recommande_le = None
    decision.recommande_numero = ""
    decision.version += 1
    octrois.take_back(session, dossier)
    lettres_service.replace_all(session, dossier)
    taches.close(session, genres=[GenreTache.LETTRE_NON_LUE], dossier_id=dossier.id)
    session.flush()


def _json(valeur: Any) -> Any:
    if isinstance(valeur, datetime | date):
        return valeur.isoformat()
    return str(valeur) if isinstance(valeur, Decimal) else valeur
