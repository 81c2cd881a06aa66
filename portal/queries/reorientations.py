"""Where a dossier may be handed over, and which ones were: for the former owner, for the association, for corrections."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from portal.errors import Forbidden
from portal.models.decisions import Decision
from portal.models.demarches import Demarche, GroupeInstructeur
from portal.models.documents import Document
from portal.models.dossiers import Dossier, DossierDS
from portal.models.receptions import Reorientation
from portal.models.services import Service
from portal.permissions import Acteur
from portal.permissions.reorientations import can_reorient
from portal.queries import dossiers
from portal.queries.recusations import open_to
from portal.vocabulaire import Source

PAR_PAGE = 50
CAMPAGNES = 400
Cible = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reorientable:
    """A dossier that the viewer may hand over. `cibles`: for each service in words, the choices (value, words)."""

    dossier: Dossier
    cibles: dict[str, tuple[Cible, ...]]

    @property
    def a_ds(self) -> bool:
        """Whether the choices are the groupes instructeurs of its démarche."""
        return self.dossier.source == Source.DS


def get(session: Session, viewer: Acteur, reference: str) -> Reorientable:
    """The page that hands a dossier over. Raises NotFound, Forbidden."""
    dossier = dossiers.get(session, viewer, reference)
    decision = session.scalars(select(Decision).where(Decision.dossier_id == dossier.id)).first()
    verdict = can_reorient(viewer, dossier, decision)
    if not verdict:
        raise Forbidden(verdict.raison)
    cibles = _groupes(session, dossier) if dossier.source == Source.DS else _services(session, dossier)
    return Reorientable(dossier, cibles)


def _services(session: Session, dossier: Dossier) -> dict[str, tuple[Cible, ...]]:
    """Every other service with the present call, then its own calls; those of the present service too."""
    services = session.scalars(select(Service).order_by(Service.sigle, Service.id)).all()
    campagnes = session.scalars(
        select(Demarche)
        .where(Demarche.source == Source.PORTAIL, Demarche.publiee_at.is_not(None), Demarche.id != dossier.demarche_id)
        .order_by(Demarche.publiee_at.desc(), Demarche.id.desc())
        .limit(CAMPAGNES)
    ).all()
    choix = {}
    for service in services:
        memes = (
            []
            if service.id == dossier.service_id
            else [(f"s{service.id}", f"{service.sigle}, sans changer de campagne")]
        )
        siennes = [(f"d{une.id}", f"{service.sigle}, {une.titre}") for une in campagnes if une.service_id == service.id]
        if memes or siennes:
            choix[f"{service.nom} ({service.sigle})"] = (*memes, *siennes)
    return choix


def _groupes(session: Session, dossier: Dossier) -> dict[str, tuple[Cible, ...]]:
    """The open groups of its démarche at DS, but its own."""
    actuel = select(DossierDS.groupe_id).where(DossierDS.dossier_id == dossier.id).scalar_subquery()
    lignes = session.execute(
        select(GroupeInstructeur, Service.sigle)
        .outerjoin(Service, Service.id == GroupeInstructeur.service_id)
        .where(
            GroupeInstructeur.demarche_id == dossier.demarche_id,
            GroupeInstructeur.closed.is_(False),
            GroupeInstructeur.ds_id != "",
            GroupeInstructeur.id.is_distinct_from(actuel),
        )
        .order_by(GroupeInstructeur.label, GroupeInstructeur.id)
    ).all()
    offerts = tuple((f"g{un.id}", f"{un.label} ({sigle})" if sigle else un.label) for un, sigle in lignes)
    return {"Groupes instructeurs de la démarche": offerts} if offerts else {}


@dataclass(frozen=True, slots=True)
class Passage:
    """A dossier that left the viewer's service: what it keeps of it, frozen at that instant (UTC)."""

    id: int
    reference: str
    vers: str
    demarche: str
    motif: str
    par: str
    at: datetime
    document: str | None


@dataclass(frozen=True, slots=True)
class PageReorientes:
    """Fifty of them, the last one first; `suivante`: the mark of the next page, None on the last."""

    lignes: tuple[Passage, ...]
    suivante: int | None


def list_left(session: Session, viewer: Acteur, *, avant: int | None = None) -> PageReorientes:
    """Those that left the viewer's service for another one, in one statement. Nothing here changes afterwards."""
    choix = (
        select(Reorientation, Dossier.reference, Service.sigle, Demarche.titre, Document.numero)
        .join(Dossier, Dossier.id == Reorientation.dossier_id)
        .join(Service, Service.id == Reorientation.vers_service_id)
        .join(Demarche, Demarche.id == Reorientation.vers_demarche_id)
        .outerjoin(Document, Document.id == Reorientation.document_id)
        .where(
            Reorientation.de_service_id == viewer.service_id,
            open_to(viewer, Dossier.id),
            Reorientation.vers_service_id != viewer.service_id,
            # Of DS: asked, and not done while the service still owns it.
            Dossier.service_id != viewer.service_id,
        )
        .options(joinedload(Reorientation.par))
        .order_by(Reorientation.id.desc())
        .limit(PAR_PAGE + 1)
    )
    lues = session.execute(choix.where(Reorientation.id < avant) if avant is not None else choix).all()
    lignes = tuple(
        Passage(une.id, reference, vers, titre, une.motif, une.par.nom_affiche, une.created_at, numero)
        for une, reference, vers, titre, numero in lues[:PAR_PAGE]
    )
    return PageReorientes(lignes, lignes[-1].id if len(lues) > PAR_PAGE else None)


@dataclass(frozen=True, slots=True)
class Transmission:
    """For the association: its request now belongs to that service, under that call. `at` is UTC."""

    at: datetime
    service: str
    demarche: str
    autre_service: bool


def list_of_dossier(session: Session, dossier: Dossier) -> list[Transmission]:
    """What happened, oldest first; what is only asked of DS is left out."""
    vers, campagne = aliased(Service), aliased(Demarche)
    lignes = session.execute(
        select(Reorientation, vers.nom, campagne.titre)
        .join(vers, vers.id == Reorientation.vers_service_id)
        .join(campagne, campagne.id == Reorientation.vers_demarche_id)
        .where(Reorientation.dossier_id == dossier.id)
        .order_by(Reorientation.id)
    ).all()
    faites = [
        ligne for ligne in lignes if dossier.source != Source.DS or ligne[0].vers_service_id == dossier.service_id
    ]
    return [
        Transmission(une.created_at, service, titre, une.de_service_id != une.vers_service_id)
        for une, service, titre in faites
    ]


def origins(session: Session, dossiers_lus: Sequence[Dossier]) -> dict[int, int]:
    """By dossier id, the campaign that its request was addressed to: the one it had before it was first handed over."""
    premieres = session.execute(
        select(Reorientation.dossier_id, Reorientation.de_demarche_id)
        .where(Reorientation.dossier_id.in_([un.id for un in dossiers_lus]))
        .order_by(Reorientation.id.desc())
    )
    return {un.id: un.demarche_id for un in dossiers_lus} | dict(premieres.all())
