"""Mandats that agents may look at: those of associations whose dossiers their service reads."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.formats import aujourdhui
from portal.models.associations import Mandat
from portal.models.dossiers import AccesDossier, Dossier
from portal.permissions import Acteur, Verdict
from portal.permissions.mandats import can_prove
from portal.queries.dossiers import in_scope
from portal.queries.possessions import Lot, read_lot
from portal.vocabulaire import EtatMandat


@dataclass(frozen=True, slots=True)
class MandatAVerifier:
    """A mandat and whether this agent may prove it, or end it."""

    mandat: Mandat
    verdict: Verdict


def visible_mandats(viewer: Acteur) -> Select[Mandat]:
    """Mandats in force of associations that have a dossier which the viewer's service reads."""
    lisibles = (
        select(Dossier.association_id)
        .join(AccesDossier, AccesDossier.dossier_id == Dossier.id)
        .where(in_scope(viewer), Dossier.association_id.is_not(None))
    )
    return (
        select(Mandat)
        .where(Mandat.valant_le(aujourdhui()), Mandat.association_id.in_(lisibles))
        .options(joinedload(Mandat.user), joinedload(Mandat.association), joinedload(Mandat.ecrit))
    )


def list_declared(session: Session, viewer: Acteur, apres: int = 0) -> Lot[Mandat]:
    """Declared mandats that the viewer's service may look at, the oldest first, after that number."""
    return read_lot(session, visible_mandats(viewer).where(Mandat.etat == EtatMandat.DECLARE), Mandat.id, apres)


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
