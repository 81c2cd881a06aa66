"""Who is behind a login session, and with which rights."""

import hashlib
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.formats import maintenant
from portal.models.associations import Association, Mandat
from portal.models.connexion import LienConnexion, SaisieParquee, SessionConnexion, User
from portal.models.services import Affectation
from portal.permissions import Acteur, AffectationActive, GenreActeur, MandatActif
from portal.vocabulaire import EtatMandat, GenreUser

MEMOIRE_DES_SESSIONS = timedelta(hours=24)


class EtatLien(StrEnum):
    """What a magic link is worth now."""

    VALABLE = "valable"
    UTILISE = "utilise"
    EXPIRE = "expire"
    INCONNU = "inconnu"


def hash_secret(secret: str) -> str:
    """SHA-256 of a secret of ours (256 random bits, so that no salt is needed)."""
    return hashlib.sha256(secret.encode()).hexdigest()


def acteur_of(session: Session, secret: str) -> Acteur | None:
    """The actor of a login session in force, with mandats or affectations; None when it has ended or never was."""
    ouvertes = session.scalars(
        select(SessionConnexion)
        .where(
            SessionConnexion.secret_hash == hash_secret(secret),
            SessionConnexion.ended_at.is_(None),
            SessionConnexion.expires_at > maintenant(),
        )
        .options(
            joinedload(SessionConnexion.user)
            .joinedload(User.affectations.and_(Affectation.ended_at.is_(None)))
            .joinedload(Affectation.service)
        )
    )
    ouverte = ouvertes.unique().first()
    if ouverte is None or ouverte.user.disabled_at is not None:
        return None
    affectations = tuple(_affectation(a) for a in ouverte.user.affectations)
    return Acteur(
        genre=GenreActeur(ouverte.user.genre),
        user_id=ouverte.user_id,
        session_id=ouverte.id,
        session_vue_at=ouverte.last_seen_at,
        nom_affiche=ouverte.user.nom_affiche,
        email=ouverte.user.email,
        est_administrateur=ouverte.user.est_administrateur,
        affectation=next((a for a in affectations if a.id == ouverte.affectation_id), next(iter(affectations), None)),
        affectations=affectations,
        mandats=_mandats(session, ouverte.user_id) if ouverte.user.genre == GenreUser.USAGER else (),
    )


def _affectation(affectation: Affectation) -> AffectationActive:
    return AffectationActive(
        id=affectation.id,
        service_id=affectation.service_id,
        sigle=affectation.service.sigle,
        role=affectation.role,
    )


def _mandats(session: Session, user_id: int) -> tuple[MandatActif, ...]:
    lignes = session.execute(
        select(Mandat, Association.denomination)
        .join(Association, Association.id == Mandat.association_id)
        .where(Mandat.user_id == user_id, Mandat.ended_at.is_(None))
        .order_by(Association.denomination, Mandat.id)
    )
    return tuple(
        MandatActif(
            id=mandat.id,
            association_id=mandat.association_id,
            denomination=denomination,
            role=mandat.role,
            prouve=mandat.etat == EtatMandat.PROUVE,
        )
        for mandat, denomination in lignes
    )


def user_of_ended_session(session: Session, secret: str) -> int | None:
    """The account of a login session that ended less than 24 hours ago: what it types is parked for it."""
    limite = maintenant() - MEMOIRE_DES_SESSIONS
    return session.scalar(
        select(SessionConnexion.user_id).where(
            SessionConnexion.secret_hash == hash_secret(secret), SessionConnexion.expires_at > limite
        )
    )


def etat_lien(session: Session, genre: GenreUser, secret: str) -> EtatLien:
    """What a link of that namespace is worth; looking at it uses nothing."""
    lien = session.scalars(
        select(LienConnexion).where(LienConnexion.secret_hash == hash_secret(secret), LienConnexion.genre == genre)
    ).first()
    if lien is None:
        return EtatLien.INCONNU
    if lien.used_at is not None:
        return EtatLien.UTILISE
    return EtatLien.VALABLE if lien.expires_at > maintenant() else EtatLien.EXPIRE


def list_saisies(session: Session, viewer: Acteur) -> list[SaisieParquee]:
    """What this person had typed when a login session ended, newest first."""
    return list(session.scalars(_saisies(viewer).order_by(SaisieParquee.created_at.desc(), SaisieParquee.id.desc())))


def get_saisie(session: Session, viewer: Acteur, saisie_id: int) -> SaisieParquee:
    """One of them. Raises NotFound when it is somebody else's, or older than a day."""
    saisie = session.scalars(_saisies(viewer).where(SaisieParquee.id == saisie_id)).first()
    if saisie is None:
        raise NotFound
    return saisie


def noms(session: Session, viewer: Acteur) -> dict[str, str]:
    """First name and name of the person who asks, as they are kept."""
    user = session.get_one(User, viewer.user_id)
    return {"prenom": user.prenom, "nom": user.nom}


def _saisies(viewer: Acteur) -> Select[SaisieParquee]:
    limite = maintenant() - MEMOIRE_DES_SESSIONS
    return select(SaisieParquee).where(SaisieParquee.user_id == viewer.user_id, SaisieParquee.created_at > limite)
