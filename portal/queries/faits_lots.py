"""What the acts on decisions depend on, read for many dossiers at once: see actes_decision.py, which reads it for one."""

from collections.abc import Mapping, Sequence

from sqlalchemy import and_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased, joinedload

from portal.models.decisions import Decision, Delegation, Proposition
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.envois import OperationDS
from portal.models.lettres import Lettre
from portal.models.mutations_ds import QUI_DEPLACENT
from portal.permissions import Acteur
from portal.queries import delegations
from portal.queries.actes_decision import Faits
from portal.vocabulaire_instruction import GENRES_DE_DECISION, EtatLettre

# What one dossier has: its decision, the délégation of that decision, its proposition, its letter.
Lus = tuple[Decision | None, Delegation | None, Proposition | None, Lettre | None]
RIEN: Lus = (None, None, None, None)


def read_many(session: Session, viewer: Acteur, dossiers: Sequence[Dossier]) -> Mapping[int, Faits]:
    """By dossier id, in four statements. Nothing is read of another service\u2019s dossiers, on which nothing may be done."""
    siens = {un.id: un for un in dossiers if un.service_id == viewer.service_id}
    lus, operations = _lus(session, siens), _operations(session, siens)
    reglage = delegations.reglage(session, viewer.service_id)
    siennes = delegations.of_agent(session, viewer, viewer.service_id or 0)
    faits = {un.id: Faits(viewer=viewer, dossier=un, decision=None) for un in dossiers}
    for ident, dossier in siens.items():
        decision, sous, proposition, lettre = lus.get(ident, RIEN)
        faits[ident] = Faits(
            viewer=viewer,
            dossier=dossier,
            decision=decision,
            proposition=proposition,
            operation=operations.get(ident),
            delegations=siennes,
            sous=sous,
            reglage=reglage,
            lettre=lettre,
        )
    return faits


def _lus(session: Session, ids: Mapping[int, Dossier]) -> dict[int, Lus]:
    sous = aliased(Delegation)
    sa_lettre = and_(
        Lettre.dossier_id == Decision.dossier_id,
        Lettre.decision_version == Decision.version,
        Lettre.genre.in_(GENRES_DE_DECISION),
        Lettre.etat != EtatLettre.REMPLACEE,
    )
    lignes = session.execute(
        select(Dossier.id, Decision, sous, Proposition, Lettre)
        .outerjoin(Decision, Decision.dossier_id == Dossier.id)
        .outerjoin(sous, sous.id == Decision.delegation_id)
        .outerjoin(Proposition, Proposition.dossier_id == Dossier.id)
        .outerjoin(Lettre, sa_lettre)
        .where(Dossier.id.in_(ids))
        .order_by(Dossier.id, Lettre.id)
        .options(joinedload(Lettre.document).joinedload(Document.fichier), joinedload(Lettre.signe_fichier))
    )
    # Of several letters the last one is meant.
    return {
        ident: (decision, delegation, proposition, lettre)
        for ident, decision, delegation, proposition, lettre in lignes
    }


def _operations(session: Session, ids: Mapping[int, Dossier]) -> dict[int, OperationDS]:
    """The last change of état asked of DS for each."""
    demandees = (
        select(OperationDS)
        .where(OperationDS.dossier_id.in_(ids), OperationDS.mutation.in_(QUI_DEPLACENT))
        .ext(distinct_on(OperationDS.dossier_id))
        .order_by(OperationDS.dossier_id, OperationDS.id.desc())
    )
    return {une.dossier_id: une for une in session.scalars(demandees)}
