"""Payments that a service's workbooks have told, and the grants that they pay."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.classeurs.genres import GENRES
from portal.errors import NotFound
from portal.models.dossiers import Dossier
from portal.models.imports import LigneImport
from portal.models.versements import Versement, VersementDossier
from portal.permissions import Acteur
from portal.vocabulaire_imports import GenreImport, MethodeRapprochement

PAR_PAGE = 50
CERTAIN = 100
PHRASES_METHODE = {
    MethodeRapprochement.EJ: "même engagement juridique qu’un versement déjà rattaché",
    MethodeRapprochement.SIRET_EXERCICE: "même bénéficiaire, même exercice",
    MethodeRapprochement.MANUEL: "rattaché par une personne",
}


@dataclass(frozen=True, slots=True)
class PageVersements:
    """A page of them, the latest imported first; `suivante`: id to go on from, None at the end."""

    lignes: Sequence[Versement]
    suivante: int | None


def list_of_service(session: Session, viewer: Acteur, *, tous: bool, avant: int = 0) -> PageVersements:
    """Those that are still to be tied or confirmed, or all. Three statements."""
    choix = select(Versement).where(Versement.service_id == viewer.service_id)
    if not tous:
        choix = choix.where(~_settled())
    if avant:
        choix = choix.where(Versement.id < avant)
    liens = selectinload(Versement.liens).joinedload(VersementDossier.dossier)
    lignes = session.scalars(choix.options(liens).order_by(Versement.id.desc()).limit(PAR_PAGE + 1)).all()
    gardees = lignes[:PAR_PAGE]
    return PageVersements(gardees, gardees[-1].id if len(lignes) > PAR_PAGE else None)


def _settled() -> ColumnElement[bool]:
    """Tied by a person, or as surely."""
    return exists().where(VersementDossier.versement_id == Versement.id, VersementDossier.confiance >= CERTAIN)


def get(session: Session, viewer: Acteur, versement_id: int) -> Versement:
    """One of the viewer's service. NotFound: none."""
    trouve = session.get(Versement, versement_id)
    if trouve is None or trouve.service_id != viewer.service_id:
        raise NotFound
    return trouve


def kept_with_line(session: Session, versement: Versement) -> list[tuple[str, str]]:
    """(words, value) of what its workbook says that a payment has no place for."""
    ligne = session.get(LigneImport, versement.ligne_id) if versement.ligne_id else None
    valeurs = ligne.valeurs if ligne is not None else {}
    champs = (champ for champ in GENRES[GenreImport.VERSEMENTS] if not champ.repris)
    return [(champ.libelle, valeurs[champ.nom]) for champ in champs if champ.nom in valeurs]


def of_dossier(session: Session, dossier: Dossier) -> Sequence[VersementDossier]:
    """The payments tied to a dossier, the oldest first, with how sure that is; a hundred at most."""
    liens = select(VersementDossier).where(VersementDossier.dossier_id == dossier.id)
    return session.scalars(
        liens.join(VersementDossier.versement)
        .options(joinedload(VersementDossier.versement))
        .order_by(Versement.date_operation, Versement.id)
        .limit(100)
    ).all()
