"""Sets the checklist of a démarche up, and keeps what agents say of each point on a dossier."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from portal.errors import Conflict, Forbidden, Invalid
from portal.formats import maintenant
from portal.models.demarches import Demarche
from portal.models.dossiers import Dossier
from portal.models.taches import PointCoche, PointControle
from portal.permissions import Acteur, Verdict, can_instruct
from portal.permissions.points_controle import can_set_up
from portal.queries.points_controle import list_points, of_dossier
from portal.services import instruction, journal
from portal.vocabulaire_instruction import EtatPoint

POINTS_AU_PLUS = 40


@dataclass(frozen=True, slots=True)
class Dit:
    """What is said of a point. `etat`: None while nothing is."""

    etat: EtatPoint | None = None
    commentaire: str = ""


def add(session: Session, *, by: Acteur, demarche: Demarche, libelle: str, aide: str) -> PointControle:
    """One more point, after the others. Raises Forbidden, Invalid past forty."""
    _require(can_set_up(by, demarche))
    if len(list_points(session, demarche)) >= POINTS_AU_PLUS:
        raise Invalid(
            "libelle", f"Une démarche a {POINTS_AU_PLUS} points au plus. Retirez-en un pour en ajouter un autre."
        )
    dernier = session.scalar(select(func.max(PointControle.rang)).where(PointControle.demarche_id == demarche.id))
    point = PointControle(demarche_id=demarche.id, rang=(dernier or 0) + 1, libelle=libelle, aide=aide)
    session.add(point)
    session.flush()
    _note(session, by, demarche, "point_ajoute", point)
    return point


def move(session: Session, *, by: Acteur, demarche: Demarche, point: PointControle, vers_le_haut: bool) -> None:
    """Change places with the one before it, or after it; at an end, nothing moves. Raises Forbidden."""
    _require(can_set_up(by, demarche))
    points = list(list_points(session, demarche))
    rang = points.index(point)
    autre = rang - 1 if vers_le_haut else rang + 1
    if 0 <= autre < len(points):
        points[rang], points[autre] = points[autre], points[rang]
        for place, un in enumerate(points, start=1):
            un.rang = place
    session.flush()


def withdraw(session: Session, *, by: Acteur, demarche: Demarche, point: PointControle) -> None:
    """Ask for it no more: what was said of it stays read where it was; one that nobody has used goes. Raises Forbidden."""
    _require(can_set_up(by, demarche))
    _note(session, by, demarche, "point_retire", point)
    if session.scalar(select(exists().where(PointCoche.point_id == point.id))):
        point.retire_at = maintenant()
    else:
        session.delete(point)
    session.flush()


def check(
    session: Session, *, by: Acteur, dossier: Dossier, montres: Mapping[int, Dit], dits: Mapping[int, Dit]
) -> int:
    """Keep what the page says of points, by point id, where it differs from what it showed (`montres`); how many changed.

    Points that a colleague has filled in meanwhile stay as they are, unless the page changes them too: Conflict then, and nothing
    is kept. Raises Forbidden, Invalid when what is not as it should be is said without a word of why.
    """
    _require(can_instruct(by, dossier))
    instruction.lock(session, dossier)
    lignes = {une.point.id: une for une in of_dossier(session, by, dossier).lignes if une.modifiable}
    changes = {cle: dit for cle, dit in dits.items() if cle in lignes and dit != montres.get(cle, Dit())}
    for cle, dit in changes.items():
        libelle, coche = lignes[cle].point.libelle, lignes[cle].coche
        actuel = Dit(coche.etat, coche.commentaire) if coche else Dit()
        if actuel not in (montres.get(cle, Dit()), dit):
            raise Conflict(
                f"Un collègue vient de vérifier «\u00a0{libelle}\u00a0»\u00a0: rien n’est enregistré. Rechargez la page."
            )
        if dit.etat == EtatPoint.NON_CONFORME and not dit.commentaire:
            raise Invalid(f"commentaire-{cle}", "Écrivez en quelques mots ce qui est à reprendre.")
        _keep(session, by, dossier, cle, coche, dit)
    if changes:
        valeurs = {f"point_{cle}": dit.etat for cle, dit in changes.items()}
        journal.record(session, by=by, action="points_verifies", objet=f"dossier:{dossier.id}", valeurs=valeurs)
    return len(changes)


def _keep(session: Session, by: Acteur, dossier: Dossier, point_id: int, coche: PointCoche | None, dit: Dit) -> None:
    if dit.etat is None:
        if coche is not None:
            session.delete(coche)
        session.flush()
        return
    coche = coche or PointCoche(dossier_id=dossier.id, point_id=point_id)
    coche.etat, coche.commentaire, coche.at = dit.etat, dit.commentaire, maintenant()
    coche.par_id = by.user_id or 0
    session.add(coche)
    session.flush()


def _require(verdict: Verdict) -> None:
    if not verdict:
        raise Forbidden(verdict.raison)


def _note(session: Session, by: Acteur, demarche: Demarche, action: str, point: PointControle) -> None:
    valeurs = {"point": point.id, "libelle": point.libelle}
    journal.record(session, by=by, action=action, objet=f"demarche:{demarche.id}", valeurs=valeurs)
