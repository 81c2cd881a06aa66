"""Withdrawals: of which grant, where the procedure stands; for the service that granted, and for the association."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from portal.errors import Conflict, Forbidden, NotFound
from portal.formats import PARIS, aujourdhui, date_fr
from portal.models.decisions import Decision
from portal.models.dossiers import Dossier
from portal.models.manquements import Constat, Retrait
from portal.models.prorata import Prorata
from portal.permissions import ROLES_ACTIFS, Acteur, Verdict, can_decide
from portal.permissions.manquements import can_observe
from portal.queries import constats, decisions, dossiers, mes_dossiers
from portal.vocabulaire import SensDecision


@dataclass(frozen=True, slots=True)
class Manquements:
    """What the page of a dossier says of breaches, to its owner service.

    `retrait`: the one that nobody has given up; `accordee`: the notified grant that may still be withdrawn.
    """

    consigner: bool
    constats: Sequence[Constat] = ()
    retrait: Retrait | None = None
    accordee: Decision | None = None
    peut_retirer: bool = False


@dataclass(frozen=True, slots=True)
class FicheRetrait:
    """A withdrawal with its grant. `destinataires`: whom of the association the portal reaches."""

    dossier: Dossier
    retrait: Retrait
    destinataires: Sequence[str] = ()
    decidable: bool = False

    @property
    def prorata(self) -> Prorata:
        """How the amount is counted."""
        retrait = self.retrait
        return Prorata(retrait.montant_accorde, retrait.periode_debut, retrait.periode_fin, retrait.date_manquement)

    @property
    def mur(self) -> bool:
        """The association has answered, or its delay is over: the withdrawal may be signed."""
        return is_ripe(self.retrait)


def is_ripe(retrait: Retrait) -> bool:
    """Whether the contradictory procedure has run (CRPA L122-1): an answer, or the delay without one."""
    return retrait.observations_at is not None or aujourdhui() > retrait.observations_avant


def granted_on(decision: Decision) -> date | None:
    """The day of the grant, in Paris: that of its notification."""
    return decision.notified_at.astimezone(PARIS).date() if decision.notified_at else None


def of_dossier(session: Session, viewer: Acteur, dossier: Dossier, decision: Decision | None) -> Manquements | None:
    """For the owner service of a dossier of an association; None for everybody else."""
    if viewer.service_id != dossier.service_id or dossier.association_id is None:
        return None
    accordee = decision if decision is not None and is_granted(decision) else None
    return Manquements(
        consigner=viewer.role in ROLES_ACTIFS,
        constats=constats.list_of(session, viewer, dossier.association_id),
        retrait=current(session, accordee.id) if accordee else None,
        accordee=accordee,
        peut_retirer=accordee is not None and bool(can_decide(viewer, dossier)),
    )


def current(session: Session, decision_id: int) -> Retrait | None:
    """The withdrawal of that decision that nobody has given up."""
    return session.scalars(_vivants().where(Retrait.decision_id == decision_id)).first()


def to_withdraw(session: Session, viewer: Acteur, reference: str) -> tuple[Dossier, Decision]:
    """A grant, for whoever may withdraw it. Raises NotFound (nothing granted, or another service's), Forbidden."""
    dossier = _mien(session, viewer, reference)
    verdict = can_decide(viewer, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    return dossier, _accordee(session, dossier)


def get(session: Session, viewer: Acteur, reference: str) -> FicheRetrait:
    """The withdrawal of a grant of the viewer's service. Raises NotFound."""
    dossier = _mien(session, viewer, reference)
    retrait = current(session, _accordee(session, dossier).id)
    if retrait is None:
        raise NotFound
    reachable = decisions.destinataires(session, dossier)
    return FicheRetrait(dossier, retrait, reachable, decidable=bool(can_decide(viewer, dossier)))


def to_sign(session: Session, viewer: Acteur, reference: str) -> FicheRetrait:
    """The same, for whoever may sign it. Raises NotFound, Forbidden, Conflict when it is signed."""
    fiche = get(session, viewer, reference)
    verdict = can_decide(viewer, fiche.dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    if fiche.retrait.notified_at is not None:
        raise Conflict(f"Ce retrait est signé et notifié depuis le {date_fr(fiche.retrait.notified_at)}.")
    return fiche


def is_reachable(session: Session, dossier: Dossier) -> bool:
    """Whether the portal can tell somebody of the association."""
    return bool(decisions.destinataires(session, dossier))


def get_received(session: Session, viewer: Acteur, reference: str) -> FicheRetrait:
    """The withdrawal of a grant of this person's association. Raises NotFound."""
    dossier = mes_dossiers.get(session, viewer, reference)
    retrait = received(session, dossier)
    if retrait is None:
        raise NotFound
    return FicheRetrait(dossier, retrait)


def may_observe(viewer: Acteur, fiche: FicheRetrait) -> Verdict:
    """Whether this person may present observations now, and why not."""
    retrait = fiche.retrait
    if retrait.notified_at is not None or retrait.observations_at is not None:
        return Verdict(ok=False, raison="")
    if aujourdhui() > retrait.observations_avant:
        return Verdict(
            ok=False, raison=f"Le délai d’observations est passé depuis le {date_fr(retrait.observations_avant)}."
        )
    return can_observe(viewer, fiche.dossier.association_id or 0)


def received(session: Session, dossier: Dossier) -> Retrait | None:
    """The withdrawal, envisaged or notified, of a dossier that the viewer may read as the association."""
    accordee = select(Decision.id).where(Decision.dossier_id == dossier.id, Decision.notified_at.is_not(None))
    return session.scalars(_vivants().where(Retrait.decision_id.in_(accordee))).first()


def constats_a_invoquer(session: Session, viewer: Acteur, dossier: Dossier) -> Sequence[Constat]:
    """Open statements of that association that this agent may read: a withdrawal may lean on one."""
    if dossier.association_id is None:
        return ()
    return [un for un in constats.list_of(session, viewer, dossier.association_id) if un.cloture is None]


def _vivants() -> Select[Retrait]:
    return select(Retrait).where(Retrait.renonce_at.is_(None)).options(selectinload(Retrait.envois))


def _mien(session: Session, viewer: Acteur, reference: str) -> Dossier:
    """A dossier that the viewer's service owns. Raises NotFound: those who were asked for their avis know of no withdrawal."""
    dossier = dossiers.get(session, viewer, reference)
    if dossier.service_id != viewer.service_id:
        raise NotFound
    return dossier


def _accordee(session: Session, dossier: Dossier) -> Decision:
    decision = decisions.of_dossier(session, dossier.id)
    if decision is None or not is_granted(decision):
        raise NotFound
    return decision


def is_granted(decision: Decision) -> bool:
    """A notified decision that grants an amount: the only one that may be withdrawn."""
    return decision.sens == SensDecision.ACCEPTE and decision.notified_at is not None and bool(decision.montant_accorde)
