"""Decides on dossiers, and notifies: the état changes when the decision is notified, never before."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid, TransitionInterdite
from portal.formats import maintenant, montant_fr
from portal.models.decisions import Decision
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.envois import OperationDS
from portal.models.lettres import Lettre
from portal.models.mutations_ds import DE_DECISION
from portal.models.workflow import Action
from portal.permissions import SYSTEME, Acteur, Verdict, can_decide
from portal.permissions.decisions import PasMaintenant, bytes_of, may_grant
from portal.queries import actes_decision
from portal.queries.actes_decision import Faits
from portal.queries.decisions import derniere_operation, destinataires, of_dossier
from portal.services import courriels, instruction, journal, lettres_service, octrois, taches
from portal.services.propositions import propose
from portal.services.teneurs import LigneOctroi, Teneur
from portal.vocabulaire import LIBELLES_MOTIF, EtatEnvoi, SensDecision
from portal.vocabulaire_instruction import GenreTache

__all__ = ["LigneOctroi", "Teneur", "confirm_notified", "decide", "motivation_complete", "notify", "propose", "require"]

NOTIFIER = {
    SensDecision.ACCEPTE: Action.NOTIFIER_ACCORD,
    SensDecision.REFUSE: Action.NOTIFIER_REFUS,
    SensDecision.SANS_SUITE: Action.NOTIFIER_SANS_SUITE,
}


def require(verdict: Verdict) -> None:
    """Raise TransitionInterdite when where the dossier stands forbids the act, Forbidden when a right does."""
    if isinstance(verdict, PasMaintenant):
        raise TransitionInterdite(verdict.raison)
    if not verdict:
        raise Forbidden(verdict.raison)


def decide(session: Session, *, by: Acteur, dossier: Dossier, teneur: Teneur, version: int = 0) -> Decision:
    """Record the decision of a dossier, or change it while its notification is not asked for. The état does not move.

    The author's name and quality, and the délégation that he decides under, are frozen (CRPA L212-1). `version` is the one
    that the page showed, 0 for a first decision. Raises Forbidden (also without a délégation), Invalid (also above its
    ceiling), TransitionInterdite, Conflict when somebody has decided meanwhile.
    """
    require(can_decide(by, dossier))
    teneur = teneur.pour(dossier)
    teneur.verifier()
    instruction.lock(session, dossier)
    decision = of_dossier(session, dossier.id)
    instruction.required(dossier, Action.DECIDER)
    instruction.check_version(version, decision.version if decision else 0)
    faits = actes_decision.read(session, by, dossier, decision)
    require(actes_decision.may_decide(faits))
    _sous_plafond(faits, teneur)
    _reprendre(session, dossier)
    decision = decision or Decision(dossier_id=dossier.id)
    _ecrire(
        decision,
        **teneur.colonnes(),
        montant_accorde=teneur.en_argent,
        auteur_id=by.user_id,
        auteur_nom=by.nom_affiche,
        auteur_qualite=f"{faits.delegation.qualite}, {dossier.service.nom}" if faits.delegation else "",
        delegation_id=faits.delegation.id if faits.delegation else None,
        decided_at=maintenant(),
        notification_demandee_at=None,
        version=version + 1,
    )
    session.add(decision)
    session.flush()
    taches.close(session, genres=[GenreTache.PROPOSITION], dossier_id=dossier.id)
    action = "decision_modifiee" if version else "decision_enregistree"
    # Whole: whoever had this version before the eyes reads it beside the one that replaces it (queries/versions_decisions.py).
    valeurs = {**teneur.colonnes(), "version": decision.version, "auteur": decision.auteur_nom}
    journal.record(session, by=by, action=action, objet=f"dossier:{dossier.id}", valeurs=valeurs)
    lettres_service.prepare(session, by=by, dossier=dossier, decision=decision)
    return decision


def _sous_plafond(faits: Faits, teneur: Teneur) -> None:
    verdict = may_grant(faits.delegation, teneur.total) if faits.delegation else None
    if verdict is not None and not verdict:
        raise Invalid("lignes", verdict.raison)


def _reprendre(session: Session, dossier: Dossier) -> None:
    """Take back what DS has refused: sent again, it would tell the former decision."""
    refusees = delete(OperationDS).where(OperationDS.dossier_id == dossier.id, OperationDS.etat == EtatEnvoi.REFUSE)
    session.execute(refusees.where(OperationDS.mutation.in_(DE_DECISION)))


def _ecrire(decision: Decision, **valeurs: object) -> None:
    for champ, valeur in valeurs.items():
        setattr(decision, champ, valeur)


def notify(session: Session, *, by: Acteur, dossier: Dossier, version: int) -> Decision:
    """Notify the recorded decision: now when the dossier is ours, when DS confirms the mutation otherwise.

    `version` is that of the decision shown; its letter goes with it to DS, which gives it to the association. Raises Forbidden,
    TransitionInterdite (also while a letter that DS needs is being made), Conflict.
    """
    require(can_decide(by, dossier))
    instruction.lock(session, dossier)
    decision = of_dossier(session, dossier.id)
    faits = actes_decision.read(session, by, dossier, decision)
    if decision is None or faits.partie:
        require(actes_decision.may_notify(faits))
        raise TransitionInterdite(actes_decision.SANS_DECISION)
    instruction.check_version(version, decision.version)
    require(actes_decision.may_notify(faits))
    nom, fichier = _piece(faits.lettre)
    deplace = instruction.advance(
        session,
        by=by,
        dossier=dossier,
        action=NOTIFIER[decision.sens],
        arguments={"motivation": motivation_complete(decision)} | ({"nom_fichier": nom} if nom else {}),
        fichier=fichier,
    )
    _ecrire(
        decision,
        notification_demandee_at=maintenant(),
        notifiee_par_id=by.user_id,
        mode=faits.reglage.mode_notification if faits.reglage else None,
    )
    journal.record(session, by=by, action="notification_demandee", objet=f"dossier:{dossier.id}")
    if deplace:
        dossier.version += 1
        _effective(session, by, dossier, decision)
        _prevenir(session, dossier)
    return decision


def _piece(lettre: Lettre | None) -> tuple[str, Fichier | None]:
    """(name, bytes) of what goes with the act."""
    fichier = bytes_of(lettre)
    return (f"{lettre.document.nom}.pdf", fichier) if lettre is not None and fichier is not None else ("", None)


def confirm_notified(session: Session, dossier: Dossier) -> bool:
    """DS has applied our decision and told the usager: it is notified. False when DS's état is not what we had decided.

    The operation is the judge: while DS's answer is awaited, somebody else may have decided the same there, in other words.
    To be called when the état of a DS dossier becomes final, and when the operation is confirmed; no letter leaves
    (model.md §2: DS tells the usager).
    """
    decision = of_dossier(session, dossier.id)
    attendue = decision is not None and decision.notification_demandee_at is not None and decision.notified_at is None
    if decision is None or not attendue or dossier.etat.value != decision.sens.value:
        return False
    operation = derniere_operation(session, dossier)
    if operation is None or operation.mutation not in DE_DECISION or operation.etat != EtatEnvoi.ENVOYE:
        return False
    _effective(session, SYSTEME, dossier, decision)
    return True


def motivation_complete(decision: Decision) -> str:
    """What the association reads in DS, which has one text for it all: amount, reason, motivation, conditions."""
    parties = (
        f"Montant accordé : {montant_fr(decision.montant_accorde)}." if decision.montant_accorde else "",
        f"Motif : {LIBELLES_MOTIF[decision.motif]}." if decision.motif else "",
        decision.motivation,
        f"Conditions : {decision.conditions}" if decision.conditions else "",
    )
    return "\n\n".join(partie for partie in parties if partie)


def _effective(session: Session, by: Acteur, dossier: Dossier, decision: Decision) -> None:
    """The decision exists for the others from now on: amounts follow, its letters have left."""
    instant = maintenant()
    decision.notified_at = instant
    dossier.date_traitement = dossier.date_traitement or instant
    if decision.sens == SensDecision.ACCEPTE:
        octrois.grant(session, dossier, decision)
    session.flush()
    lettres_service.leave(session, dossier)
    valeurs = {"sens": decision.sens, "etat": dossier.etat}
    journal.record(session, by=by, action="decision_notifiee", objet=f"dossier:{dossier.id}", valeurs=valeurs)


def _prevenir(session: Session, dossier: Dossier) -> None:
    for adresse in destinataires(session, dossier):
        courriels.enqueue(
            session,
            "decision_notifiee",
            destinataire=adresse,
            reference=dossier.reference,
            association=dossier.demandeur_nom,
            intitule=dossier.intitule,
            service=dossier.service.nom,
        )
