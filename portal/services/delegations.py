"""Says who may decide in the name of a service: added and ended, never changed."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import date_fr, maintenant
from portal.models.decisions import Delegation
from portal.models.demarches import Demarche
from portal.permissions import Acteur, may_lead
from portal.queries import delegations
from portal.services import journal


def add(
    session: Session,
    *,
    by: Acteur,
    user_id: int,
    qualite: str,
    reference: str,
    debut: date,
    fin: date | None = None,
    plafond: Decimal | None = None,
    demarches: Iterable[int] = (),
) -> Delegation:
    """Note a délégation of the service for which `by` acts, to one of its agents.

    `reference`: the act that delegates; `plafond`: euros, None for no ceiling; `demarches`: ids, none for all. Raises
    Forbidden, Invalid.
    """
    _require(by)
    if user_id not in {agent.id for agent in delegations.list_agents(session, by)}:
        raise Invalid("agent", "Choisissez dans la liste une personne qui instruit dans votre service.")
    if fin is not None and fin < debut:
        raise Invalid("fin", "La fin vient après le début\u00a0: vérifiez les deux dates.")
    if plafond is not None and plafond <= 0:
        raise Invalid("plafond", "Donnez un plafond supérieur à zéro, ou laissez ce champ vide s’il n’y en a pas.")
    delegation = Delegation(
        service_id=by.service_id,
        user_id=user_id,
        qualite=qualite,
        reference=reference,
        debut=debut,
        fin=fin,
        plafond=plafond,
        demarches=_du_service(session, by, demarches),
        notee_par_id=by.user_id,
    )
    session.add(delegation)
    session.flush()
    _note(session, by, delegation, "delegation_notee", agent=user_id, reference=reference)
    return delegation


def end(session: Session, *, by: Acteur, delegation: Delegation) -> Delegation:
    """It holds no longer, from now on: what was decided under it and has not left must be decided again.

    Raises Forbidden, Conflict when it has ended already.
    """
    _require(by)
    if delegation.service_id != by.service_id:
        raise Forbidden("Cette délégation est celle d’un autre service.")
    session.refresh(delegation, with_for_update={"of": Delegation})
    if delegation.retiree_at is not None:
        raise Conflict(f"Cette délégation a déjà pris fin le {date_fr(delegation.retiree_at)}.")
    delegation.retiree_at = maintenant()
    _note(session, by, delegation, "delegation_retiree", agent=delegation.user_id)
    return delegation


def _require(by: Acteur) -> None:
    verdict = may_lead(by)
    if not verdict:
        raise Forbidden(verdict.raison)


def _du_service(session: Session, by: Acteur, ids: Iterable[int]) -> list[int]:
    demandees = sorted(set(ids))
    siennes = select(Demarche.id).where(Demarche.id.in_(demandees), Demarche.service_id == by.service_id)
    if set(session.scalars(siennes)) != set(demandees):
        raise Invalid("demarches", "Choisissez dans la liste des démarches de votre service.")
    return demandees


def _note(session: Session, by: Acteur, delegation: Delegation, action: str, **valeurs: object) -> None:
    session.flush()
    valeurs["delegation"] = delegation.id
    journal.record(session, by=by, action=action, objet=f"service:{delegation.service_id}", valeurs=valeurs)
