"""What we owe to DS: a mutation is a row of the business transaction first (`queue`), an action of `envoi_ds` later.

Of one dossier, operations leave one after the other in the order in which they were asked: one at most is in flight.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from portal.errors import Forbidden, NotFound, TransitionInterdite
from portal.formats import maintenant
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.envois import EN_ATTENTE, OperationDS
from portal.models.mutations_ds import DE_DECISION, MUTATIONS, QUI_DEPLACENT, MutationDS, Preuve
from portal.permissions import Acteur, can_decide, can_instruct
from portal.permissions.actes_lots import OPERATION_EN_ATTENTE
from portal.services import journal
from portal.services.codes import draw_code
from portal.travaux import commander
from portal.vocabulaire import EtatEnvoi

INITIALES = {Preuve.MESSAGE: "M", Preuve.REFERENCE: "N"}


def queue(
    session: Session,
    *,
    by: Acteur,
    dossier: Dossier,
    mutation: str,
    arguments: dict[str, Any] | None = None,
    fichier: Fichier | None = None,
) -> OperationDS:
    """Owe `mutation` to DS in the name of `by`, behind what this dossier owes already; the caller has checked the right to.

    `arguments` (JSON) say what, in the words of `appels_ds`; `fichier` goes with it. The dossier's état stays DS's until DS
    confirms. Raises TransitionInterdite while another change of état waits for DS, KeyError on an unknown mutation.
    """
    connue = MUTATIONS[mutation]
    session.get_one(Dossier, dossier.id, with_for_update=True)
    if connue.nom in QUI_DEPLACENT and _moves(session, dossier.id):
        raise TransitionInterdite(OPERATION_EN_ATTENTE)
    operation = OperationDS(
        dossier_id=dossier.id,
        mutation=connue.nom,
        arguments=arguments or {},
        reference=_reference(connue),
        fichier_id=fichier.id if fichier else None,
        demande_par_id=by.user_id,
    )
    session.add(operation)
    session.flush()
    order(session, operation.id)
    return operation


def _reference(mutation: MutationDS) -> str:
    """Random, so that nobody but us can have written it: « M-7Q3K-0M2X »."""
    initiale = INITIALES.get(mutation.preuve)
    return f"{initiale}-{draw_code(8)}" if initiale else ""


def order(session: Session, operation_id: int) -> None:
    """Queue the job of that operation; a sweep takes up what an order misses."""
    commander(session, "operations_ds.executer", operation_id=operation_id)


def retry(session: Session, *, by: Acteur, operation_id: int) -> OperationDS:
    """Send a refused operation again. Raises NotFound, Forbidden, TransitionInterdite when it is not refused any more."""
    dossier, operation = _lock(session, operation_id)
    verdict = (can_decide if operation.mutation in DE_DECISION else can_instruct)(by, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    deplace = operation.mutation in QUI_DEPLACENT
    if operation.etat != EtatEnvoi.REFUSE or (deplace and _moves(session, dossier.id)):
        raise TransitionInterdite(
            "Cette action est déjà repartie ou une autre l’a remplacée\u00a0: rien n’a été changé."
        )
    operation.etat, operation.prochain_essai, operation.essais = EtatEnvoi.A_ENVOYER, maintenant(), 0
    operation.erreur, operation.resultat = "", operation.resultat | {"envois": 0, "refus_ds": False}
    order(session, operation.id)
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


def due(session: Session, *, limite: int) -> list[int]:
    """The first operation of each dossier when its hour has come, the one that has waited longest first."""
    premieres = (
        select(OperationDS.id, OperationDS.prochain_essai)
        .where(OperationDS.etat.in_(EN_ATTENTE))
        .ext(distinct_on(OperationDS.dossier_id))
        .order_by(OperationDS.dossier_id, *_rang(OperationDS))
        .subquery()
    )
    attendues = select(premieres.c.id).where(premieres.c.prochain_essai <= maintenant())
    return list(session.scalars(attendues.order_by(premieres.c.prochain_essai, premieres.c.id).limit(limite)))


def following(session: Session, operation: OperationDS) -> int | None:
    """The next operation of the same dossier that may leave now, None when there is none."""
    suite = select(OperationDS.id).where(OperationDS.dossier_id == operation.dossier_id, _prenable())
    return session.scalars(suite).first()


def _rang(operation: type[OperationDS]) -> tuple[SQLColumnExpression[Any], ...]:
    """The order within a dossier: what is in flight already, then what was asked first."""
    return (operation.etat == EtatEnvoi.A_ENVOYER, operation.id)


def _prenable() -> ColumnElement[bool]:
    """It is the first of its dossier, and its hour has come."""
    autre = aliased(OperationDS)
    premiere = select(autre.id).where(autre.dossier_id == OperationDS.dossier_id, autre.etat.in_(EN_ATTENTE))
    return (OperationDS.prochain_essai <= maintenant()) & (
        OperationDS.id == premiere.order_by(*_rang(autre)).limit(1).scalar_subquery()
    )


def take(session: Session, operation_id: int, *, bail: timedelta) -> tuple[OperationDS, bool] | None:
    """Take an operation that is due, and tell whether it may already have reached DS.

    None when it is not due, is being taken, or follows another. A row still `en_cours` when its lease ends was left by a
    killed worker: nobody knows what DS did of it.
    """
    prise = select(OperationDS).where(OperationDS.id == operation_id, _prenable())
    operation = session.scalars(prise.with_for_update(skip_locked=True, of=OperationDS)).first()
    if operation is None:
        return None
    doute = operation.etat != EtatEnvoi.A_ENVOYER
    operation.etat = EtatEnvoi.A_VERIFIER if doute else EtatEnvoi.EN_COURS
    operation.pris_at = maintenant()
    operation.prochain_essai = operation.pris_at + bail
    operation.essais += 1
    return operation, doute


def keep(session: Session, prise: OperationDS, *, bail: timedelta, resultat: dict[str, Any]) -> bool:
    """Last thing before a mutation leaves: a new lease, and what DS said just before. False when somebody else holds it."""
    operation = _held(session, prise)
    if operation is None:
        return False
    operation.resultat = prise.resultat = resultat
    operation.prochain_essai = maintenant() + bail
    return True


def settle(session: Session, prise: OperationDS, **valeurs: Any) -> bool:
    """Write how it ended, unless its lease ended and somebody else has taken it since. True when written."""
    operation = _held(session, prise)
    if operation is None:
        return False
    for nom, valeur in valeurs.items():
        setattr(operation, nom, valeur)
    if operation.etat == EtatEnvoi.ENVOYE:
        operation.confirmed_at = maintenant()
    return True


def _held(session: Session, prise: OperationDS) -> OperationDS | None:
    operation = session.get_one(OperationDS, prise.id, with_for_update=True)
    return operation if (operation.pris_at, operation.etat) == (prise.pris_at, prise.etat) else None


def _moves(session: Session, dossier_id: int) -> bool:
    """A change of état is not settled."""
    attentes = select(OperationDS.id).where(
        OperationDS.dossier_id == dossier_id,
        OperationDS.etat.in_(EN_ATTENTE),
        OperationDS.mutation.in_(QUI_DEPLACENT),
    )
    return session.scalar(attentes.limit(1)) is not None
