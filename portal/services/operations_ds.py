"""What we owe to DS: a mutation is a row of the business transaction first (`queue`), an action of `envoi_ds` later."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Forbidden, NotFound, TransitionInterdite
from portal.formats import maintenant
from portal.models.dossiers import Dossier
from portal.models.envois import EN_ATTENTE, OperationDS
from portal.permissions import Acteur, can_instruct
from portal.services import journal
from portal.travaux import commander
from portal.vocabulaire import Etat, EtatEnvoi


@dataclass(frozen=True)
class Mutation:
    """A mutation that DS guards by the dossier's state: reading the state back tells whether it was applied (ds/api §9)."""

    nom: str
    depuis: frozenset[Etat]
    vers: Etat


_EN_INSTRUCTION = frozenset({Etat.EN_INSTRUCTION})
MUTATIONS = {
    mutation.nom: mutation
    for mutation in (
        Mutation("passer_en_instruction", frozenset({Etat.EN_CONSTRUCTION}), Etat.EN_INSTRUCTION),
        Mutation("accepter", _EN_INSTRUCTION, Etat.ACCEPTE),
        Mutation("refuser", _EN_INSTRUCTION, Etat.REFUSE),
        Mutation("classer_sans_suite", _EN_INSTRUCTION, Etat.SANS_SUITE),
    )
}


def queue(
    session: Session, *, by: Acteur, dossier: Dossier, mutation: str, arguments: dict[str, Any] | None = None
) -> OperationDS:
    """Owe `mutation` to DS in the name of `by`; the caller has checked its right to do so.

    `arguments`: those of the client's method besides the two ids, e.g. {"motivation": "…"}. The dossier's état stays DS's
    until DS confirms. Raises TransitionInterdite while another act waits for DS, KeyError on an unknown mutation.
    """
    connue = MUTATIONS[mutation]
    session.get_one(Dossier, dossier.id, with_for_update=True)
    if _waits(session, dossier.id):
        raise TransitionInterdite(
            "Une action sur ce dossier attend encore la réponse de Démarches Simplifiées. "
            "Rien n’a été ajouté : attendez cette réponse avant d’en demander une autre."
        )
    operation = OperationDS(
        dossier_id=dossier.id, mutation=connue.nom, arguments=arguments or {}, demande_par_id=by.user_id
    )
    session.add(operation)
    session.flush()
    commander(session, "operations_ds.executer", operation_id=operation.id)
    return operation


def retry(session: Session, *, by: Acteur, operation_id: int) -> OperationDS:
    """Send a refused operation again. Raises NotFound, Forbidden, TransitionInterdite when it is not refused any more."""
    dossier, operation = _lock(session, operation_id)
    verdict = can_instruct(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    if operation.etat != EtatEnvoi.REFUSE or _waits(session, dossier.id):
        raise TransitionInterdite("Cette action est déjà repartie ou une autre l’a remplacée : rien n’a été changé.")
    # What was refused once may have been applied since by somebody else: DS is asked before it is told.
    operation.etat, operation.prochain_essai, operation.essais = EtatEnvoi.A_VERIFIER, maintenant(), 0
    commander(session, "operations_ds.executer", operation_id=operation.id)
    valeurs = {"mutation": operation.mutation}
    journal.record(session, by=by, action="operation_ds_relancee", objet=f"dossier:{dossier.id}", valeurs=valeurs)
    return operation


def _lock(session: Session, operation_id: int) -> tuple[Dossier, OperationDS]:
    """The dossier first, as every act on it does: two orders of locking would end in a deadlock. Raises NotFound."""
    dossier_id = session.scalar(select(OperationDS.dossier_id).where(OperationDS.id == operation_id))
    if dossier_id is None:
        raise NotFound
    dossier = session.get_one(Dossier, dossier_id, with_for_update=True)
    operation = session.get(OperationDS, operation_id, with_for_update=True)
    if operation is None:
        raise NotFound
    return dossier, operation


def due(session: Session) -> list[int]:
    """What should be attempted now, oldest first."""
    attendues = select(OperationDS.id).where(
        OperationDS.etat.in_(EN_ATTENTE), OperationDS.prochain_essai <= maintenant()
    )
    return list(session.scalars(attendues.order_by(OperationDS.id)))


def take(session: Session, operation_id: int, *, bail: timedelta) -> tuple[OperationDS, bool] | None:
    """Take an operation that is due, and tell whether DS must be read back before anything is sent.

    None when it is not due or is being taken. A row still `en_cours` when its lease ends was left by a killed worker:
    nobody knows what DS did of it.
    """
    instant = maintenant()
    operation = session.scalars(
        select(OperationDS)
        .where(OperationDS.id == operation_id, OperationDS.etat.in_(EN_ATTENTE), OperationDS.prochain_essai <= instant)
        .with_for_update(skip_locked=True)
    ).first()
    if operation is None:
        return None
    a_relire = operation.etat != EtatEnvoi.A_ENVOYER
    operation.etat = EtatEnvoi.A_VERIFIER if a_relire else EtatEnvoi.EN_COURS
    operation.pris_at, operation.prochain_essai = instant, instant + bail
    operation.essais += 1
    return operation, a_relire


def settle(session: Session, prise: OperationDS, *, etat: EtatEnvoi, erreur: str, prochain_essai: datetime) -> bool:
    """Write how it ended, unless its lease ended and somebody else has taken it since. True when written."""
    operation = session.get_one(OperationDS, prise.id, with_for_update=True)
    if operation.pris_at != prise.pris_at or operation.etat != prise.etat:
        return False
    operation.etat, operation.erreur, operation.prochain_essai = etat, erreur, prochain_essai
    if etat == EtatEnvoi.ENVOYE:
        operation.confirmed_at = maintenant()
    return True


def _waits(session: Session, dossier_id: int) -> bool:
    attentes = select(OperationDS.id).where(OperationDS.dossier_id == dossier_id, OperationDS.etat.in_(EN_ATTENTE))
    return session.scalar(attentes.limit(1)) is not None
