"""Démarches whose content is open to administrators for a while, and who has looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Select, cast, func, select
from sqlalchemy.orm import Session

from portal.errors import Forbidden, NotFound
from portal.models.autorisations import AutorisationContenu
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.models.journal import Evenement
from portal.permissions import Acteur
from portal.permissions.autorisations import can_authorise
from portal.queries.agents import of_service
from portal.vocabulaire import RoleAffectation, Source

CONSULTATION = "contenu_consulte"
MAXIMUM = 50


@dataclass(frozen=True, slots=True)
class Consultation:
    """An administrator has seen content. `at` is UTC."""

    at: datetime
    qui: str


@dataclass(frozen=True, slots=True)
class DemarcheOuvrable:
    """A démarche of the service: the authorisation in force, if any, and who looked under the last one."""

    id: int
    titre: str
    ouverte: AutorisationContenu | None
    consultations: tuple[Consultation, ...]
    peut_ouvrir: bool


def current(session: Session, demarche_id: int) -> AutorisationContenu | None:
    """The authorisation in force, neither ended nor taken back: an administrator may then see content, under trace."""
    return session.scalars(_en_vigueur().where(AutorisationContenu.demarche_id == demarche_id).limit(1)).first()


def list_demarches(session: Session, viewer: Acteur) -> tuple[DemarcheOuvrable, ...]:
    """The DS démarches that the viewer's service owns, by title."""
    demarches = session.scalars(
        select(Demarche)
        .where(Demarche.service_id == viewer.service_id, Demarche.source == Source.DS)
        .order_by(Demarche.titre, Demarche.id)
    ).all()
    ouvertes = {une.demarche_id: une for une in session.scalars(_en_vigueur())}
    consultations = _consultations(session, [demarche.id for demarche in demarches])
    return tuple(
        DemarcheOuvrable(
            id=demarche.id,
            titre=demarche.titre,
            ouverte=ouvertes.get(demarche.id),
            consultations=tuple(consultations.get(f"demarche:{demarche.id}", ())),
            peut_ouvrir=bool(can_authorise(viewer, demarche)),
        )
        for demarche in demarches
    )


def get_demarche(session: Session, viewer: Acteur, demarche_id: int) -> Demarche:
    """A DS démarche that the viewer's service owns and the viewer may open. Raises NotFound, or Forbidden to its colleagues."""
    demarche = session.get(Demarche, demarche_id)
    if demarche is None or demarche.source != Source.DS or demarche.service_id != viewer.service_id:
        raise NotFound
    verdict = can_authorise(viewer, demarche)
    if not verdict:
        raise Forbidden(verdict.raison)
    return demarche


def list_responsables(session: Session, service_id: int) -> Sequence[User]:
    """Whom an administrator asks, by name."""
    return session.scalars(of_service(service_id, [RoleAffectation.RESPONSABLE])).all()


def _en_vigueur() -> Select[AutorisationContenu]:
    return (
        select(AutorisationContenu)
        .where(AutorisationContenu.retiree_at.is_(None), AutorisationContenu.expire_at > func.now())
        .order_by(AutorisationContenu.expire_at.desc(), AutorisationContenu.id)
    )


def _consultations(session: Session, demarches: Sequence[int]) -> dict[str, list[Consultation]]:
    """The latest consultations of each, newest first."""
    numero = cast(func.nullif(func.split_part(Evenement.acteur, ":", 2), ""), BigInteger)
    lignes = session.execute(
        select(Evenement.objet, Evenement.at, User)
        .join(User, User.id == numero)
        .where(Evenement.objet.in_([f"demarche:{un}" for un in demarches]), Evenement.action == CONSULTATION)
        .order_by(Evenement.at.desc(), Evenement.id.desc())
        .limit(MAXIMUM)
    )
    trouvees: dict[str, list[Consultation]] = {}
    for objet, at, user in lignes:
        trouvees.setdefault(objet, []).append(Consultation(at, user.nom_affiche))
    return trouvees
