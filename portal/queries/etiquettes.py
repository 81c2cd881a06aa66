"""The labels of a service, and those that a dossier bears."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.formats import mots_de_recherche
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.file_agents import Etiquette, EtiquetteDossier
from portal.permissions import Acteur
from portal.permissions.attributions import can_label


@dataclass(frozen=True, slots=True)
class EtiquetteComptee:
    """A label of the service and how many dossiers bear it."""

    id: int
    nom: str
    retiree_at: datetime | None
    dossiers: int


@dataclass(frozen=True, slots=True)
class EtiquettePosee:
    """A label on a dossier: who put it there, and when (UTC)."""

    id: int
    nom: str
    par: str
    at: datetime


@dataclass(frozen=True, slots=True)
class EtiquettesDuDossier:
    """Those that the dossier bears, those that may be put on it (id, name), and whether this agent may change them."""

    posees: tuple[EtiquettePosee, ...]
    offertes: tuple[tuple[int, str], ...]
    modifiable: bool


def list_of_service(session: Session, viewer: Acteur) -> list[EtiquetteComptee]:
    """Every label of the viewer's service, by name, the retired ones last: a short list (services.etiquettes.MAXIMUM)."""
    portees = (
        select(EtiquetteDossier.etiquette_id, func.count().label("dossiers"))
        .join(Etiquette, Etiquette.id == EtiquetteDossier.etiquette_id)
        .where(Etiquette.service_id == viewer.service_id)
        .group_by(EtiquetteDossier.etiquette_id)
        .subquery()
    )
    lignes = session.execute(
        select(Etiquette.id, Etiquette.nom, Etiquette.retiree_at, func.coalesce(portees.c.dossiers, 0))
        .outerjoin(portees, portees.c.etiquette_id == Etiquette.id)
        .where(Etiquette.service_id == viewer.service_id)
        .order_by(Etiquette.id)
    )
    lues = [EtiquetteComptee(*ligne) for ligne in lignes]
    return sorted(lues, key=lambda une: (une.retiree_at is not None, mots_de_recherche(une.nom)))


def get(session: Session, viewer: Acteur, etiquette_id: int) -> Etiquette:
    """One of them. Raises NotFound."""
    etiquette = session.get(Etiquette, etiquette_id)
    if etiquette is None or etiquette.service_id != viewer.service_id:
        raise NotFound
    return etiquette


def of_dossier(session: Session, viewer: Acteur, dossier: Dossier) -> EtiquettesDuDossier:
    """The labels of the viewer's service on a dossier that she reads, in one statement."""
    lignes: Sequence[Any] = session.execute(
        select(Etiquette, EtiquetteDossier.created_at, User)
        .outerjoin(
            EtiquetteDossier,
            and_(EtiquetteDossier.etiquette_id == Etiquette.id, EtiquetteDossier.dossier_id == dossier.id),
        )
        .outerjoin(User, User.id == EtiquetteDossier.par_id)
        .where(Etiquette.service_id == viewer.service_id)
        .order_by(Etiquette.id)
    ).all()
    lignes = sorted(lignes, key=lambda ligne: mots_de_recherche(ligne[0].nom))
    return EtiquettesDuDossier(
        posees=tuple(
            EtiquettePosee(une.id, une.nom, par.nom_affiche, at) for une, at, par in lignes if par is not None
        ),
        offertes=tuple((une.id, une.nom) for une, _, par in lignes if par is None and une.retiree_at is None),
        modifiable=can_label(viewer, viewer.service_id or 0).ok,
    )
