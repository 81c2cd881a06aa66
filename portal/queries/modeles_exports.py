"""The columns that a service keeps under a name for its exports."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.models.feuilles_travail import ModeleExport
from portal.permissions import Acteur
from portal.vocabulaire_file import COLONNES_PAR_DEFAUT, ColonneFile

MAXIMUM = 40


def list_models(session: Session, viewer: Acteur) -> list[ModeleExport]:
    """Those of her service, by name; they are few."""
    siens = select(ModeleExport).where(ModeleExport.service_id == viewer.service_id)
    return list(session.scalars(siens.order_by(ModeleExport.nom, ModeleExport.id).limit(MAXIMUM)))


def get(session: Session, viewer: Acteur, modele_id: int) -> ModeleExport:
    """One of them. Raises NotFound for another service's."""
    modele = session.scalars(
        select(ModeleExport).where(ModeleExport.id == modele_id, ModeleExport.service_id == viewer.service_id)
    ).first()
    if modele is None:
        raise NotFound
    return modele


def columns_of(modele: ModeleExport) -> tuple[ColonneFile, ...]:
    """Its columns that still exist, in its order; those that everybody begins with when none does."""
    connues = tuple(ColonneFile(nom) for nom in modele.colonnes if nom in list(ColonneFile))
    return connues or COLONNES_PAR_DEFAUT
