"""Statements of facts, for the few who may read them: everybody else does not know that they are here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Select, cast, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from portal.errors import Forbidden, NotFound
from portal.formats import aujourdhui
from portal.models.associations import Association, Mandat
from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.journal import Evenement
from portal.models.manquements import Constat, LecteurConstat, ReponseConstat
from portal.permissions import Acteur, Verdict
from portal.permissions.manquements import can_answer, can_close, can_name_readers, can_state
from portal.queries.agents import of_service
from portal.queries.mandats import services_proprietaires
from portal.vocabulaire import EtatMandat, RoleAffectation, RoleMandat

CONSULTATION = "constat_consulte"
MAXIMUM = 50


@dataclass(frozen=True, slots=True)
class Consultation:
    """Somebody has read it. `at` is UTC."""

    at: datetime
    qui: str


@dataclass(frozen=True, slots=True)
class FicheConstat:
    """A statement as its service reads it, with what this agent may do to it."""

    constat: Constat
    lecteurs: Sequence[User]
    nommables: Sequence[User]
    consultations: Sequence[Consultation]
    signataires: int
    clore: Verdict
    nommer: Verdict

    @property
    def ouvert(self) -> bool:
        """Whether the association may still answer."""
        return is_open_to_answers(self.constat)


def visible_constats(viewer: Acteur) -> Select[Constat]:
    """THE scope of agents: of the service for which they act, what they wrote, may read by name, or all for a responsable."""
    nomme = exists().where(LecteurConstat.constat_id == Constat.id, LecteurConstat.user_id == viewer.user_id)
    choisis = select(Constat).where(
        Constat.service_id == viewer.service_id, Constat.association_id.not_in(viewer.associations_recusees)
    )
    if viewer.role != RoleAffectation.RESPONSABLE:
        choisis = choisis.where(or_(Constat.auteur_id == viewer.user_id, nomme))
    return choisis.order_by(Constat.created_at.desc(), Constat.id.desc())


def list_of(session: Session, viewer: Acteur, association_id: int) -> Sequence[Constat]:
    """Those of an association that this agent may read, newest first."""
    return session.scalars(visible_constats(viewer).where(Constat.association_id == association_id)).all()


def get(session: Session, viewer: Acteur, reference: str) -> FicheConstat:
    """One of them. Raises NotFound."""
    constat = session.scalars(_complet(visible_constats(viewer)).where(Constat.reference == reference)).first()
    if constat is None:
        raise NotFound
    lecteurs = _lecteurs(session, constat)
    return FicheConstat(
        constat=constat,
        lecteurs=lecteurs,
        nommables=[agent for agent in _agents(session, constat) if agent not in lecteurs],
        consultations=_consultations(session, constat),
        signataires=len(signataires(session, constat.association_id)),
        clore=can_close(viewer, constat),
        nommer=can_name_readers(viewer, constat),
    )


def concerned(session: Session, viewer: Acteur, dossier: Dossier) -> Association | None:
    """The association of a dossier, for whoever may state facts of it; None when it leads to none. Raises Forbidden."""
    association = session.get(Association, dossier.association_id) if dossier.association_id else None
    if association is not None:
        verdict = can_state(viewer, services_proprietaires(session, association.id))
        if not verdict:
            raise Forbidden(verdict.raison)
    return association


def list_received(session: Session, viewer: Acteur, association_id: int) -> Sequence[Constat]:
    """What services have stated of an association, newest first: for those who represent it, link proved."""
    if not can_answer(viewer, association_id):
        return ()
    recus = select(Constat).where(Constat.association_id == association_id).options(joinedload(Constat.service))
    return session.scalars(recus.order_by(Constat.created_at.desc(), Constat.id.desc())).all()


def get_received(session: Session, viewer: Acteur, reference: str) -> Constat:
    """One of them, for those who represent its association. Raises NotFound."""
    constat = session.scalars(_complet(select(Constat)).where(Constat.reference == reference)).first()
    if constat is None or not can_answer(viewer, constat.association_id):
        raise NotFound
    return constat


def signataires(session: Session, association_id: int) -> Sequence[str]:
    """Addresses of those who represent the association, link proved."""
    return session.scalars(
        select(User.email)
        .join(Mandat, Mandat.user_id == User.id)
        .where(Mandat.association_id == association_id, Mandat.valant_le(aujourdhui()), User.disabled_at.is_(None))
        .where(Mandat.role == RoleMandat.SIGNATAIRE, Mandat.etat == EtatMandat.PROUVE)
        .order_by(User.email)
    ).all()


def is_open_to_answers(constat: Constat) -> bool:
    """Whether the association may still answer today."""
    return constat.cloture is None and aujourdhui() <= constat.reponse_avant


def _complet(choix: Select[Constat]) -> Select[Constat]:
    return choix.options(
        joinedload(Constat.association),
        joinedload(Constat.service),
        joinedload(Constat.auteur),
        selectinload(Constat.reponses).joinedload(ReponseConstat.auteur),
    )


def _lecteurs(session: Session, constat: Constat) -> Sequence[User]:
    nommes = select(User).join(LecteurConstat, LecteurConstat.user_id == User.id)
    return session.scalars(
        nommes.where(LecteurConstat.constat_id == constat.id).order_by(User.nom, User.prenom, User.id)
    ).all()


def _agents(session: Session, constat: Constat) -> Sequence[User]:
    """Agents of the service who do not read it without being named."""
    autres = of_service(constat.service_id, [RoleAffectation.INSTRUCTEUR, RoleAffectation.LECTEUR])
    return session.scalars(autres.where(User.id != constat.auteur_id)).all()


def _consultations(session: Session, constat: Constat) -> Sequence[Consultation]:
    """The latest, newest first."""
    numero = cast(func.nullif(func.split_part(Evenement.acteur, ":", 2), ""), BigInteger)
    lignes = session.execute(
        select(Evenement.at, User)
        .join(User, User.id == numero)
        .where(Evenement.objet == f"constat:{constat.id}", Evenement.action == CONSULTATION)
        .order_by(Evenement.seq.desc())
        .limit(MAXIMUM)
    )
    return [Consultation(at, user.nom_affiche) for at, user in lignes]
