"""Decides on dossiers, and notifies: the état changes when the decision is notified, never before."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.errors import Forbidden, Invalid, TransitionInterdite
from portal.formats import maintenant, montant_fr
from portal.models.decisions import Decision
from portal.models.documents import Document, Fichier
from portal.models.dossiers import Dossier, Financement
from portal.models.envois import OperationDS
from portal.models.mutations_ds import DE_DECISION
from portal.models.workflow import Action
from portal.permissions import SYSTEME, Acteur, can_decide
from portal.queries.decisions import QUALITE_PAR_DEFAUT, derniere_operation, destinataires, est_partie, of_dossier
from portal.services import courriels, instruction, journal
from portal.vocabulaire import LIBELLES_MOTIF, EtatEnvoi, MotifDecision, SensDecision

NOTIFIER = {
    SensDecision.ACCEPTE: Action.NOTIFIER_ACCORD,
    SensDecision.REFUSE: Action.NOTIFIER_REFUS,
    SensDecision.SANS_SUITE: Action.NOTIFIER_SANS_SUITE,
}


@dataclass(frozen=True, kw_only=True)
class Teneur:
    """What a decision says. `montant_accorde` in euros."""

    sens: SensDecision
    motif: MotifDecision | None = None
    motivation: str = ""
    montant_accorde: Decimal | None = None
    conditions: str = ""

    def verifier(self) -> None:
        """Raise Invalid: an accord has an amount and no reason; a refusal a reason and its motivation; a closing a reason.

        The motivation of a refusal is the law's (CRPA L211-2), the coded reason of every negative or closing act is ours.
        """
        accord = self.sens == SensDecision.ACCEPTE
        if accord and not self.montant_accorde:
            raise Invalid("montant_accorde", "Donnez le montant accordé, supérieur à zéro.")
        if not accord and self.montant_accorde:
            raise Invalid("montant_accorde", "Un montant n’accompagne qu’un accord : effacez-le, ou accordez.")
        if accord and self.motif:
            raise Invalid("motif", "Un motif n’accompagne qu’un refus ou un classement : retirez-le.")
        if not accord and self.motif is None:
            raise Invalid("motif", "Choisissez le motif de cette décision.")
        if self.sens == SensDecision.REFUSE and not self.motivation.strip():
            raise Invalid(
                "motivation", "Expliquez le refus : l’association doit pouvoir le comprendre et le contester."
            )


def decide(
    session: Session,
    *,
    by: Acteur,
    dossier: Dossier,
    teneur: Teneur,
    qualite: str = QUALITE_PAR_DEFAUT,
    version: int = 0,
) -> Decision:
    """Record the decision of a dossier, or change it while its notification is not asked for. The état does not move.

    The author's name and quality are frozen (CRPA L212-1). `version` is the one that the page showed, 0 for a first
    decision. Raises Forbidden, Invalid, TransitionInterdite, Conflict when somebody has decided meanwhile.
    """
    verdict = can_decide(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    teneur.verifier()
    instruction.lock(session, dossier)
    instruction.required(dossier, Action.DECIDER)
    decision = of_dossier(session, dossier.id) or Decision(dossier_id=dossier.id, version=0)
    instruction.check_version(version, decision.version)
    _reprendre(session, dossier, decision)
    _ecrire(
        decision,
        **vars(teneur),
        auteur_id=by.user_id,
        auteur_nom=by.nom_affiche,
        auteur_qualite=f"{qualite}, {dossier.service.nom}",
        decided_at=maintenant(),
        notification_demandee_at=None,
        version=version + 1,
    )
    session.add(decision)
    session.flush()
    action = "decision_modifiee" if version else "decision_enregistree"
    valeurs = {"sens": decision.sens, "motif": decision.motif, "version": decision.version}
    journal.record(session, by=by, action=action, objet=f"dossier:{dossier.id}", valeurs=valeurs)
    return decision


def _reprendre(session: Session, dossier: Dossier, decision: Decision) -> None:
    """Take back what DS has refused: sent again, it would tell the former decision. Raises TransitionInterdite if it has left."""
    if est_partie(decision, derniere_operation(session, dossier)):
        raise TransitionInterdite(
            "La notification de cette décision est déjà demandée : elle ne peut plus être modifiée."
        )
    refusees = delete(OperationDS).where(OperationDS.dossier_id == dossier.id, OperationDS.etat == EtatEnvoi.REFUSE)
    session.execute(refusees.where(OperationDS.mutation.in_(DE_DECISION)))


def _ecrire(decision: Decision, **valeurs: object) -> None:
    for champ, valeur in valeurs.items():
        setattr(decision, champ, valeur)


def notify(session: Session, *, by: Acteur, dossier: Dossier, version: int, lettre: Document | None = None) -> Decision:
    """Notify the recorded decision: now when the dossier is ours, when DS confirms the mutation otherwise.

    `version` is that of the decision shown; `lettre` goes with it to DS, which gives it to the association. Raises
    Forbidden, TransitionInterdite (also while the letter is being made), Conflict.
    """
    verdict = can_decide(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    instruction.lock(session, dossier)
    decision = of_dossier(session, dossier.id)
    if decision is None:
        raise TransitionInterdite("Aucune décision n’est enregistrée sur ce dossier : décidez d’abord.")
    if est_partie(decision, derniere_operation(session, dossier)):
        raise TransitionInterdite(
            "La notification de cette décision est déjà demandée. Rien n’a été envoyé de nouveau."
        )
    instruction.check_version(version, decision.version)
    deplace = instruction.advance(
        session,
        by=by,
        dossier=dossier,
        action=NOTIFIER[decision.sens],
        arguments={"motivation": motivation_complete(decision)}
        | ({"nom_fichier": f"{lettre.nom}.pdf"} if lettre else {}),
        fichier=_octets(lettre),
    )
    _ecrire(decision, notification_demandee_at=maintenant(), notifiee_par_id=by.user_id)
    journal.record(session, by=by, action="notification_demandee", objet=f"dossier:{dossier.id}")
    if deplace:
        dossier.version += 1
        _effective(session, by, dossier, decision)
        _prevenir(session, dossier)
    return decision


def _octets(lettre: Document | None) -> Fichier | None:
    if lettre is not None and lettre.fichier is None:
        raise TransitionInterdite(
            "La lettre de cette décision est encore en préparation. Rien n’est parti\u00a0: notifiez dans un instant."
        )
    return lettre.fichier if lettre is not None else None


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


def reopen(session: Session, dossier: Dossier) -> bool:
    """A decided DS dossier is being instructed again: its decision no longer stands, and may be changed. True when it did.

    To be called when the état of a DS dossier is no longer final.
    """
    decision = of_dossier(session, dossier.id)
    if decision is None or decision.notified_at is None:
        return False
    _ecrire(
        decision, notified_at=None, notification_demandee_at=None, notifiee_par_id=None, version=decision.version + 1
    )
    _accorder(session, dossier, None)
    session.flush()
    journal.record(session, by=SYSTEME, action="decision_rouverte", objet=f"dossier:{dossier.id}")
    return True


def motivation_complete(decision: Decision) -> str:
    """What the association reads in DS, which has one text for it all: amount, reason, motivation, conditions."""
    parties = (
        f"Montant accordé : {montant_fr(decision.montant_accorde)}." if decision.montant_accorde else "",
        f"Motif : {LIBELLES_MOTIF[decision.motif]}." if decision.motif else "",
        decision.motivation,
        f"Conditions : {decision.conditions}" if decision.conditions else "",
    )
    return "\n\n".join(partie for partie in parties if partie)


def _effective(session: Session, by: Acteur, dossier: Dossier, decision: Decision) -> None:
    """The decision exists for the others from now on: amounts follow."""
    instant = maintenant()
    decision.notified_at = instant
    dossier.date_traitement = dossier.date_traitement or instant
    if decision.montant_accorde is not None:
        _accorder(session, dossier, decision.montant_accorde)
    session.flush()
    valeurs = {"sens": decision.sens, "etat": dossier.etat}
    journal.record(session, by=by, action="decision_notifiee", objet=f"dossier:{dossier.id}", valeurs=valeurs)


def _accorder(session: Session, dossier: Dossier, montant: Decimal | None) -> None:
    """The amount goes to the dossier's only financement, made here when nothing was asked in figures."""
    financement = session.scalars(
        select(Financement).where(Financement.dossier_id == dossier.id).order_by(Financement.id).limit(1)
    ).first()
    if financement is None:
        financement = Financement(
            dossier_id=dossier.id, exercice=dossier.exercice, programme=dossier.demarche.programme
        )
        session.add(financement)
    financement.accorde = montant
    dossier.montant_accorde = montant


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
