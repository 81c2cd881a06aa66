"""Where associations stand with the CER at a date: the one definition, for pages, documents and exports."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, type_coerce
from sqlalchemy.orm import Session

from portal.db import enum_texte
from portal.formats import maintenant
from portal.models.associations import Mandat
from portal.models.engagements import Engagement
from portal.permissions import Acteur
from portal.queries.engagements import is_visible
from portal.vocabulaire import EtatMandat
from portal.vocabulaire_cer import EtatCer


@dataclass(frozen=True, slots=True)
class StatutCer:
    """Where an association stands; `engagement` is the signature that says so, None when `manquant`."""

    etat: EtatCer
    engagement: Engagement | None = None


def statut_cer(session: Session, association_id: int, *, on: datetime | None = None) -> StatutCer:
    """Where the association stands (at `on`, UTC, for the date of the signature; the mandat is that of now).

    A signature counts as « signé » only when the signatory's mandat is proved; otherwise it is « declare » (model.md §1).
    """
    return _statuts(session, [association_id], Engagement.signed_at <= on if on else None)[association_id]


def statuts_cer(session: Session, association_ids: Iterable[int]) -> dict[int, EtatCer]:
    """The same for a list page, in one query."""
    return {ident: statut.etat for ident, statut in _statuts(session, list(association_ids)).items()}


def statuts_vus(session: Session, viewer: Acteur, association_ids: Iterable[int]) -> dict[int, EtatCer]:
    """The same, counting only the signatures that this person may see: her own while her mandat is declared."""
    statuts = _statuts(session, list(association_ids), is_visible(viewer))
    return {ident: statut.etat for ident, statut in statuts.items()}


def etat_cer(association_id: Any, on: datetime | None = None) -> ColumnElement[Any]:
    """EtatCer of an association as an expression for lists; NULL when there is no association.

    Signed means by somebody whose mandat is proved today (model.md §1).
    """
    prouve = func.bool_or(Mandat.etat == EtatMandat.PROUVE)
    etat = case((prouve, EtatCer.SIGNE.value), (prouve.is_(None), EtatCer.MANQUANT.value), else_=EtatCer.DECLARE.value)
    signatures = (
        select(etat)
        .select_from(Engagement)
        .join(Mandat, Mandat.id == Engagement.mandat_id)
        .where(Engagement.association_id == association_id)
        .where(Engagement.signed_at <= (on or maintenant()))
        .scalar_subquery()
    )
    return type_coerce(case((association_id.is_not(None), signatures)), enum_texte(EtatCer))


def _statuts(
    session: Session, association_ids: list[int], condition: ColumnElement[bool] | None = None
) -> dict[int, StatutCer]:
    """A proved signature before a declared one; among equals the first, since the engagement binds from its date."""
    lignes = (
        select(Engagement, Mandat.etat)
        .join(Mandat, Mandat.id == Engagement.mandat_id)
        .where(Engagement.association_id.in_(association_ids))
        .order_by((Mandat.etat == EtatMandat.PROUVE).desc(), Engagement.signed_at, Engagement.id)
    )
    if condition is not None:
        lignes = lignes.where(condition)
    statuts: dict[int, StatutCer] = {}
    for engagement, etat in session.execute(lignes):
        trouve = EtatCer.SIGNE if etat == EtatMandat.PROUVE else EtatCer.DECLARE
        statuts.setdefault(engagement.association_id, StatutCer(trouve, engagement))
    return {ident: statuts.get(ident, StatutCer(EtatCer.MANQUANT)) for ident in association_ids}
