"""The checklist of a démarche, and what was said of each point on a dossier."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import Forbidden, NotFound
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.taches import PointCoche, PointControle
from portal.permissions import Acteur
from portal.permissions.points_controle import can_read_points
from portal.queries import dossiers
from portal.vocabulaire_instruction import EtatPoint

DEMARCHES_MONTREES = 200


@dataclass(frozen=True, slots=True)
class Ligne:
    """A point of a dossier. `coche`: what was last said of it, None while nothing was. A retired point is only read."""

    point: PointControle
    coche: PointCoche | None

    @property
    def modifiable(self) -> bool:
        """Still on the checklist."""
        return self.point.retire_at is None


@dataclass(frozen=True, slots=True)
class PointsDuDossier:
    """The checklist of a dossier, in order; empty when its démarche has none, or for another service."""

    lignes: Sequence[Ligne]

    @property
    def compte(self) -> str:
        """« 3 sur 5 vérifiés », of the points that are still asked."""
        demandes = [ligne for ligne in self.lignes if ligne.modifiable]
        dits = sum(ligne.coche is not None for ligne in demandes)
        return f"{dits} sur {len(demandes)} vérifié{'s' if dits > 1 else ''}"

    @property
    def a_reprendre(self) -> Sequence[Ligne]:
        """Points that are not as they should be: reasons to ask the association for a complement."""
        return tuple(une for une in self.lignes if une.coche and une.coche.etat == EtatPoint.NON_CONFORME)

    @property
    def motif(self) -> str:
        """Those points in words, to begin that demand with."""
        return "\n".join(_phrase(une) for une in self.a_reprendre)


def of_dossier(session: Session, viewer: Acteur, dossier: Dossier) -> PointsDuDossier:
    """Points of its démarche, and retired ones on which something was said. One statement, none for other services."""
    if not can_read_points(viewer, dossier):
        return PointsDuDossier(())
    coche = and_(PointCoche.point_id == PointControle.id, PointCoche.dossier_id == dossier.id)
    lignes = session.execute(
        select(PointControle, PointCoche)
        .outerjoin(PointCoche, coche)
        .where(
            or_(
                and_(PointControle.demarche_id == dossier.demarche_id, PointControle.retire_at.is_(None)),
                PointCoche.point_id.is_not(None),
            )
        )
        .order_by(PointControle.retire_at.is_not(None), PointControle.rang, PointControle.id)
        .options(joinedload(PointCoche.par))
    )
    return PointsDuDossier(tuple(Ligne(point, dit) for point, dit in lignes))


def get_to_check(session: Session, viewer: Acteur, reference: str) -> tuple[Dossier, PointsDuDossier]:
    """A dossier and its checklist. Raises NotFound, Forbidden."""
    dossier = dossiers.get(session, viewer, reference)
    verdict = can_read_points(viewer, dossier)
    if not verdict:
        raise Forbidden(verdict.raison)
    return dossier, of_dossier(session, viewer, dossier)


def list_demarches(session: Session, viewer: Acteur) -> Sequence[tuple[Demarche, int]]:
    """The démarches of the service, newest first, each with the number of its points."""
    points = (
        select(func.count())
        .where(PointControle.demarche_id == Demarche.id, PointControle.retire_at.is_(None))
        .correlate(Demarche)
        .scalar_subquery()
    )
    siennes = select(Demarche, points).where(Demarche.service_id == viewer.service_id)
    lignes = session.execute(siennes.order_by(Demarche.id.desc()).limit(DEMARCHES_MONTREES))
    return [(demarche, nombre or 0) for demarche, nombre in lignes]


def get_demarche(session: Session, viewer: Acteur, demarche_id: int) -> Demarche:
    """One of them. Raises NotFound."""
    demarche = session.scalars(
        select(Demarche).where(Demarche.id == demarche_id, Demarche.service_id == viewer.service_id)
    ).first()
    if demarche is None:
        raise NotFound
    return demarche


def list_points(session: Session, demarche: Demarche) -> Sequence[PointControle]:
    """The points of a démarche that are asked, in order."""
    demandes = select(PointControle).where(PointControle.demarche_id == demarche.id, PointControle.retire_at.is_(None))
    return session.scalars(demandes.order_by(PointControle.rang, PointControle.id)).all()


def get_point(session: Session, demarche: Demarche, point_id: int) -> PointControle:
    """One of them. Raises NotFound."""
    point = next((un for un in list_points(session, demarche) if un.id == point_id), None)
    if point is None:
        raise NotFound
    return point


def _phrase(ligne: Ligne) -> str:
    commentaire = ligne.coche.commentaire if ligne.coche else ""
    return f"{ligne.point.libelle}\u00a0: {commentaire}" if commentaire else ligne.point.libelle
