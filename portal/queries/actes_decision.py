"""What a person may do now to the decision on a dossier, and why not: pages offer it, services require the very same."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Select, and_, bindparam, select
from sqlalchemy.orm import Session, aliased, joinedload

from portal.formats import aujourdhui
from portal.models.decisions import Decision, Delegation, Proposition
from portal.models.documents import Document
from portal.models.dossiers import Dossier
from portal.models.envois import EN_ATTENTE, OperationDS
from portal.models.lettres import Lettre
from portal.models.manquements import Retrait
from portal.models.services import ReglageService, Service
from portal.models.workflow import Action, transition
from portal.permissions import OUI, Acteur, Verdict, can_decide, can_instruct
from portal.permissions.decisions import (
    EN_PREPARATION,
    PasMaintenant,
    bytes_of,
    out_of_etat,
    still_holds,
    way_out,
    widest,
    without,
)
from portal.queries import delegations
from portal.queries.decisions import derniere_operation, est_partie
from portal.vocabulaire import Source
from portal.vocabulaire_instruction import GENRES_DE_DECISION, EtatLettre

DEJA_PARTIE = "La notification de cette décision est déjà demandée\u00a0: elle ne peut plus être modifiée."
DEJA_DEMANDEE = "La notification de cette décision est déjà demandée. Rien n’a été envoyé de nouveau."
DEJA_DECIDEE = "Une décision est déjà enregistrée sur ce dossier\u00a0: votre proposition ne serait plus lue."
SANS_PROPOSITION = (
    "Dans votre service, un instructeur propose avant que la décision ne soit prise\u00a0: aucune proposition n’est "
    "enregistrée sur ce dossier."
)
SANS_DECISION = "Aucune décision n’est enregistrée sur ce dossier : décidez d’abord."
ATTEND_DS = "Une action demandée à Démarches Simplifiées attend sa réponse sur ce dossier. Rien n’est parti."
A_ROUVRIR_LA_BAS = "Ce dossier est sur Démarches Simplifiées\u00a0: il se rouvre depuis sa page d’échanges avec elle."
RETRAIT_ENGAGE = "Un retrait de cette subvention est engagé\u00a0: renoncez-y avant de rouvrir le dossier."
_LA_LETTRE = and_(
    Lettre.dossier_id == Decision.dossier_id,
    Lettre.decision_version == Decision.version,
    Lettre.genre.in_(GENRES_DE_DECISION),
    Lettre.etat != EtatLettre.REMPLACEE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Faits:
    """What the acts on a decision depend on. `delegations`: the viewer's own in that service; `sous`: the decision's.

    `retrait`: a withdrawal of the grant that nobody has given up.
    """

    viewer: Acteur
    dossier: Dossier
    decision: Decision | None
    proposition: Proposition | None = None
    operation: OperationDS | None = None
    delegations: Sequence[Delegation] = ()
    sous: Delegation | None = None
    reglage: ReglageService | None = None
    lettre: Lettre | None = None
    retrait: bool = False

    @property
    def delegation(self) -> Delegation | None:
        """The viewer's own under which the decision would be taken today, None without any."""
        return widest(self.delegations, demarche_id=self.dossier.demarche_id, jour=aujourdhui())

    @property
    def partie(self) -> bool:
        """Its notification is asked for, and nobody has refused it."""
        return est_partie(self.decision, self.operation)


@dataclass(frozen=True, slots=True)
class Offre:
    """What a page may offer on the decision of a dossier, each with the reason why not."""

    faits: Faits
    proposer: Verdict
    decider: Verdict
    notifier: Verdict
    rouvrir: Verdict
    recommander: Verdict


def offre(
    session: Session,
    viewer: Acteur,
    dossier: Dossier,
    decision: Decision | None,
    *,
    operation: OperationDS | None = None,
) -> Offre:
    """For the page of a dossier. `operation`: the last change of état asked of DS, which that page has read already."""
    if viewer.service_id == dossier.service_id:
        faits = _read(session, viewer, dossier, decision, operation)
    else:
        faits = Faits(viewer=viewer, dossier=dossier, decision=None)
    verdicts = (regle(faits) for regle in (may_propose, may_decide, may_notify, may_reopen, may_register))
    return Offre(faits, *verdicts)


def read(session: Session, viewer: Acteur, dossier: Dossier, decision: Decision | None) -> Faits:
    """Three statements at most, for a service that acts on a dossier of its own."""
    return _read(session, viewer, dossier, decision, derniere_operation(session, dossier))


def _read(
    session: Session,
    viewer: Acteur,
    dossier: Dossier,
    decision: Decision | None,
    operation: OperationDS | None,
) -> Faits:
    reglage, proposition, lettre, sous_laquelle, retrait = session.execute(
        _choix(), {"dossier_id": dossier.id, "service_id": dossier.service_id}
    ).one()
    return Faits(
        viewer=viewer,
        dossier=dossier,
        decision=decision,
        proposition=proposition,
        operation=operation,
        delegations=delegations.of_agent(session, viewer, dossier.service_id),
        sous=sous_laquelle,
        reglage=reglage,
        lettre=lettre,
        retrait=retrait is not None,
    )


@cache
def _choix() -> Select[*tuple[Any, ...]]:
    """All that the acts on the decision of `dossier_id`, owned by `service_id`, depend on; built once."""
    sous, dossier_id = aliased(Delegation), bindparam("dossier_id", type_=BigInteger())
    return (
        select(ReglageService, Proposition, Lettre, sous, Retrait.id)
        .select_from(Service)
        .outerjoin(ReglageService, ReglageService.service_id == Service.id)
        .outerjoin(Proposition, Proposition.dossier_id == dossier_id)
        .outerjoin(Decision, Decision.dossier_id == dossier_id)
        .outerjoin(sous, sous.id == Decision.delegation_id)
        .outerjoin(Lettre, _LA_LETTRE)
        .outerjoin(Retrait, and_(Retrait.decision_id == Decision.id, Retrait.renonce_at.is_(None)))
        .where(Service.id == bindparam("service_id", type_=BigInteger()))
        .order_by(Lettre.id.desc())
        .limit(1)
        .options(
            joinedload(Lettre.document).joinedload(Document.fichier),
            joinedload(Lettre.signe_fichier),
        )
        .execution_options(populate_existing=True)
    )


def may_propose(faits: Faits) -> Verdict:
    """An instructeur of the owner service, while nothing is decided."""
    droit = can_instruct(faits.viewer, faits.dossier)
    if not droit:
        return droit
    if transition(Action.DECIDER, faits.dossier.etat) is None:
        return out_of_etat(faits.dossier)
    if faits.partie or (faits.decision is not None and faits.decision.delegation_id is not None):
        return PasMaintenant(ok=False, raison=DEJA_DECIDEE)
    return OUI


def may_decide(faits: Faits) -> Verdict:
    """Whoever decides in the service, under a délégation in force for that démarche. Its ceiling is looked at with the total."""
    droit = can_decide(faits.viewer, faits.dossier)
    if not droit:
        return droit
    if transition(Action.DECIDER, faits.dossier.etat) is None:
        return out_of_etat(faits.dossier)
    if faits.partie:
        return PasMaintenant(ok=False, raison=DEJA_PARTIE)
    if faits.delegation is None:
        return without(faits.delegations, demarche_id=faits.dossier.demarche_id, jour=aujourdhui())
    if faits.reglage is not None and faits.reglage.proposition_requise and faits.proposition is None:
        return PasMaintenant(ok=False, raison=SANS_PROPOSITION)
    return OUI


def may_notify(faits: Faits) -> Verdict:
    """The recorded decision may leave: its author's délégation holds, its letter is signed where it must be."""
    droit = can_decide(faits.viewer, faits.dossier)
    if not droit:
        return droit
    if faits.decision is None:
        return PasMaintenant(ok=False, raison=SANS_DECISION)
    if faits.partie:
        return PasMaintenant(ok=False, raison=DEJA_DEMANDEE)
    if transition(Action.DECIDER, faits.dossier.etat) is None:
        return out_of_etat(faits.dossier)
    return _may_leave(faits, faits.decision)


def _may_leave(faits: Faits, decision: Decision) -> Verdict:
    if faits.operation is not None and faits.operation.etat in EN_ATTENTE:
        return PasMaintenant(ok=False, raison=ATTEND_DS)
    tient = still_holds(decision, faits.sous, demarche_id=faits.dossier.demarche_id, jour=aujourdhui())
    part = tient and way_out(decision, faits.reglage, faits.lettre)
    if part and faits.dossier.source == Source.DS and faits.lettre is not None and bytes_of(faits.lettre) is None:
        return PasMaintenant(ok=False, raison=EN_PREPARATION)
    return part


def may_reopen(faits: Faits) -> Verdict:
    """Whoever decides in the service, on a dossier decided here."""
    droit = can_decide(faits.viewer, faits.dossier)
    if not droit:
        return droit
    if transition(Action.ROUVRIR, faits.dossier.etat) is None or faits.decision is None:
        return out_of_etat(faits.dossier)
    if faits.dossier.source == Source.DS:
        return PasMaintenant(ok=False, raison=A_ROUVRIR_LA_BAS)
    if faits.retrait:
        return PasMaintenant(ok=False, raison=RETRAIT_ENGAGE)
    return OUI


def may_register(faits: Faits) -> Verdict:
    """Note that a notified letter was sent by registered post: whoever instructs in the owner service."""
    droit = can_instruct(faits.viewer, faits.dossier)
    if not droit:
        return droit
    if faits.decision is None or faits.decision.notified_at is None:
        return PasMaintenant(ok=False, raison="Cette décision n’est pas notifiée\u00a0: rien n’est encore à envoyer.")
    return OUI
