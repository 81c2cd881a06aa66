"""Mandats that agents may look at: those of associations whose dossiers their service reads."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.models.associations import Mandat
from portal.models.dossiers import AccesDossier, Dossier
from portal.permissions import Acteur, Verdict
from portal.permissions.mandats import can_prove
from portal.vocabulaire import EtatMandat


@dataclass(frozen=True, slots=True)
class MandatAVerifier:
    """A mandat and whether this agent may prove it."""

    mandat: Mandat
    verdict: Verdict


def visible_mandats(viewer: Acteur) -> Select[Mandat]:
    """Mandats in force of associations that have a dossier which the viewer's service reads."""
    lisibles = (
        select(Dossier.association_id)
        .join(AccesDossier, AccesDossier.dossier_id == Dossier.id)
        .where(AccesDossier.service_id == viewer.service_id, Dossier.association_id.is_not(None))
    )
    return (
        select(Mandat)
        .where(Mandat.ended_at.is_(None), Mandat.association_id.in_(lisibles))
        .options(joinedload(Mandat.user), joinedload(Mandat.association))
    )


def list_declared(session: Session, viewer: Acteur) -> list[Mandat]:
    """Declared mandats that the viewer's service may look at, oldest first."""
    declares = visible_mandats(viewer).where(Mandat.etat == EtatMandat.DECLARE)
    return list(session.scalars(declares.order_by(Mandat.created_at, Mandat.id)))


def get(session: Session, viewer: Acteur, mandat_id: int) -> MandatAVerifier:
    """One of them. Raises NotFound."""
    mandat = session.scalars(visible_mandats(viewer).where(Mandat.id == mandat_id)).first()
    if mandat is None:
        raise NotFound
    return MandatAVerifier(mandat, can_prove(viewer, services_proprietaires(session, mandat.association_id)))


def services_proprietaires(session: Session, association_id: int) -> frozenset[int]:
    """Services that own a dossier of that association."""
    return frozenset(
        session.scalars(select(Dossier.service_id).where(Dossier.association_id == association_id).distinct())
    )
