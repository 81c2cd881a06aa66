"""What is asked of somebody outside every service, and the browser that a link has opened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.formats import maintenant
from portal.models.associations import Association
from portal.models.avis import Avis, DemandeAvis
from portal.models.dossiers import Dossier
from portal.models.experts import Expert, LienExpert, SessionExpert
from portal.models.services import Service
from portal.permissions import Acteur, GenreActeur
from portal.queries.connexion import hash_secret

# More than these is nobody's list: the letter of each tells the rest.
DEMANDES_MONTREES = 100
OBJETS_NOMMES = 10


def acteur_of(session: Session, secret: str) -> Acteur | None:
    """The expert whose browser keeps that secret; None when its session has ended, or its link was revoked or has expired."""
    instant = maintenant()
    ouverte = session.scalars(
        select(SessionExpert)
        .join(SessionExpert.lien)
        .where(
            SessionExpert.secret_hash == hash_secret(secret),
            SessionExpert.ended_at.is_(None),
            SessionExpert.expires_at > instant,
            LienExpert.revoque_at.is_(None),
            LienExpert.expires_at > instant,
        )
        .options(joinedload(SessionExpert.lien).joinedload(LienExpert.expert))
    ).first()
    if ouverte is None:
        return None
    expert = ouverte.lien.expert
    return Acteur(
        genre=GenreActeur.EXPERT,
        expert_id=expert.id,
        session_id=ouverte.id,
        session_fin_at=ouverte.expires_at,
        nom_affiche=expert.nom_affiche,
        email=expert.email,
    )


def open_link(session: Session, secret: str) -> LienExpert | None:
    """The link of that address, None when it is unknown, revoked or expired: a dead link is not told from one never made."""
    return session.scalars(
        select(LienExpert)
        .where(
            LienExpert.secret_hash == hash_secret(secret),
            LienExpert.revoque_at.is_(None),
            LienExpert.expires_at > maintenant(),
        )
        .options(joinedload(LienExpert.expert))
    ).first()


def last_awaited(session: Session, email: str) -> DemandeAvis | None:
    """The last demande that waits for the expert of that address, None when none does."""
    return session.scalars(
        select(DemandeAvis)
        .join(Expert, Expert.id == DemandeAvis.expert_id)
        .where(Expert.email == email, DemandeAvis.repondue_at.is_(None), DemandeAvis.close_at.is_(None))
        .order_by(DemandeAvis.created_at.desc(), DemandeAvis.id.desc())
        .limit(1)
    ).first()


def asking_service(session: Session, lien: LienExpert) -> str:
    """The name of the service whose request that link announces."""
    noms = session.scalars(
        select(Service.nom)
        .join(DemandeAvis, DemandeAvis.demandeur_service_id == Service.id)
        .where(DemandeAvis.saisine_id == lien.saisine_id, DemandeAvis.expert_id == lien.expert_id)
        .order_by(DemandeAvis.id)
        .limit(1)
    )
    return noms.first() or "Un service"


@dataclass(frozen=True, slots=True)
class Annonce:
    """What a letter tells of a saisine: who asks, what, about which objects (the first ones; `autres`: how many more)."""

    service: str
    question: str
    objets: tuple[str, ...]
    autres: int
    echeance: date | None


def announcement(session: Session, lien: LienExpert, *, rappel: bool = False) -> Annonce | None:
    """What its saisine still expects of that expert; None when it expects nothing any more.

    A reminder counts in `autres` whatever else is expected of the same address.
    """
    toutes = list(
        session.scalars(
            select(DemandeAvis)
            .where(
                DemandeAvis.expert_id == lien.expert_id,
                DemandeAvis.repondue_at.is_(None),
                DemandeAvis.close_at.is_(None),
            )
            .options(joinedload(DemandeAvis.demandeur_service))
            .order_by(DemandeAvis.id)
        )
    )
    demandes = [une for une in toutes if une.saisine_id == lien.saisine_id]
    if not demandes:
        return None
    noms = object_names(session, demandes[:OBJETS_NOMMES])
    return Annonce(
        service=demandes[0].demandeur_service.nom,
        question=demandes[0].question,
        objets=tuple(noms.values()),
        autres=len(toutes if rappel else demandes) - len(noms),
        echeance=min((une.echeance for une in demandes if une.echeance), default=None),
    )


def object_names(session: Session, demandes: Sequence[DemandeAvis]) -> dict[int, str]:
    """What each demande is about, in a line, by demande."""
    dossiers = session.execute(
        select(Dossier.id, Dossier.reference, Dossier.demandeur_nom, Dossier.intitule)
        .where(Dossier.id.in_({une.dossier_id for une in demandes if une.dossier_id}))
        .order_by(Dossier.id)
    )
    lignes = {ident: f"{nom}, «\u00a0{intitule}\u00a0» ({reference})" for ident, reference, nom, intitule in dossiers}
    associations = session.execute(
        select(Association.id, Association.denomination)
        .where(Association.id.in_({une.association_id for une in demandes if une.association_id}))
        .order_by(Association.id)
    )
    noms = {ident: f"{denomination} (l’association elle-même)" for ident, denomination in associations}
    return {une.id: lignes[une.dossier_id] if une.dossier_id else noms[une.association_id or 0] for une in demandes}


@dataclass(frozen=True, slots=True)
class DemandesRecues:
    """What is asked of an expert, each with what it is about: what waits, the nearest deadline first; what was given."""

    attendues: tuple[DemandeAvis, ...]
    rendues: tuple[DemandeAvis, ...]
    noms: dict[int, str]


def list_demandes(session: Session, viewer: Acteur) -> DemandesRecues:
    """Everything open to this expert: what was closed, by it or by who asked, is not shown any more."""
    demandes = list(
        session.scalars(
            _siennes(viewer)
            .order_by(DemandeAvis.echeance.nulls_last(), DemandeAvis.created_at, DemandeAvis.id)
            .limit(DEMANDES_MONTREES)
        )
    )
    return DemandesRecues(
        attendues=tuple(une for une in demandes if une.attendue),
        rendues=tuple(une for une in demandes if not une.attendue),
        noms=object_names(session, demandes),
    )


def get(session: Session, viewer: Acteur, demande_id: int) -> DemandeAvis:
    """One of them. Raises NotFound when it is somebody else's, or closed."""
    demande = session.scalars(_siennes(viewer).where(DemandeAvis.id == demande_id)).first()
    if demande is None:
        raise NotFound
    return demande


def avis_of(session: Session, viewer: Acteur, demande: DemandeAvis) -> Avis | None:
    """What this expert has said of the object of that demande, None while it has said nothing."""
    return session.scalars(
        select(Avis)
        .where(
            Avis.expert_id == viewer.expert_id,
            or_(Avis.dossier_id == demande.dossier_id, Avis.association_id == demande.association_id),
        )
        .options(joinedload(Avis.fichier), joinedload(Avis.expert))
        .order_by(Avis.id)
    ).first()


def _siennes(viewer: Acteur) -> Select[DemandeAvis]:
    return (
        select(DemandeAvis)
        .where(DemandeAvis.expert_id == viewer.expert_id, DemandeAvis.close_at.is_(None))
        .options(
            joinedload(DemandeAvis.demandeur_service),
            joinedload(DemandeAvis.demandeur),
            joinedload(DemandeAvis.association),
        )
    )
