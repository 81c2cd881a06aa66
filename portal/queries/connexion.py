"""Who is behind a login session, and with which rights."""

import hashlib
from collections import Counter
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, joinedload

from portal.errors import NotFound
from portal.formats import aujourdhui, maintenant
from portal.models.associations import Association, Mandat
from portal.models.connexion import LienConnexion, SaisieParquee, SessionConnexion, User
from portal.models.file_agents import PreferenceAgent
from portal.models.services import Affectation, Service
from portal.permissions import Acteur, AffectationActive, GenreActeur, MandatActif
from portal.queries import recusations, taches
from portal.vocabulaire import EtatMandat, GenreUser
from portal.vocabulaire_instruction import QuiDecide

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
    ouvertes = session.execute(_ouvertes(), {"secret": hash_secret(secret), "instant": maintenant()})
    trouvee = ouvertes.unique().first()
    if trouvee is None or trouvee[0].user.disabled_at is not None:
        return None
    ouverte, services, raccourcis, recusees = trouvee
    recuses, associations_recusees = recusations.read_closed(recusees)
    affectations = tuple(active(a) for a in ouverte.user.affectations)
    return Acteur(
        genre=GenreActeur(ouverte.user.genre),
        user_id=ouverte.user_id,
        session_id=ouverte.id,
        session_vue_at=ouverte.last_seen_at,
        prouvee_at=ouverte.prouvee_at,
        session_fin_at=ouverte.expires_at,
        nom_affiche=ouverte.user.nom_affiche,
        email=ouverte.user.email,
        est_administrateur=ouverte.user.est_administrateur,
        affectation=next((a for a in affectations if a.id == ouverte.affectation_id), next(iter(affectations), None)),
        affectations=affectations,
        mandats=_mandats(session, ouverte.user_id) if ouverte.user.genre == GenreUser.USAGER else (),
        taches=Counter(services or ()),
        raccourcis=raccourcis is not False,
        recuses=recuses,
        associations_recusees=associations_recusees,
    )


@cache
def _ouvertes() -> Select[*tuple[Any, ...]]:
    """The login session of `secret` (its hash) in force at `instant`, with all that an actor is made of; built once."""
    return (
        select(
            SessionConnexion,
            taches.services_of_open_tasks(SessionConnexion.user_id),
            PreferenceAgent.raccourcis,
            recusations.closed_of(SessionConnexion.user_id),
        )
        .outerjoin(PreferenceAgent, PreferenceAgent.user_id == SessionConnexion.user_id)
        .where(
            SessionConnexion.secret_hash == bindparam("secret"),
            SessionConnexion.ended_at.is_(None),
            SessionConnexion.expires_at > bindparam("instant"),
        )
        .options(
            joinedload(SessionConnexion.user)
            .joinedload(User.affectations.and_(Affectation.ended_at.is_(None)))
            .joinedload(Affectation.service)
            .joinedload(Service.reglage)
        )
    )


def active(affectation: Affectation) -> AffectationActive:
    """What an actor keeps of an affectation, with the setting of its service that says who decides."""
    reglage = affectation.service.reglage
    return AffectationActive(
        id=affectation.id,
        service_id=affectation.service_id,
        sigle=affectation.service.sigle,
        role=affectation.role,
        qui_decide=reglage.qui_decide if reglage else QuiDecide.RESPONSABLE,
    )


def _mandats(session: Session, user_id: int) -> tuple[MandatActif, ...]:
    lignes = session.execute(
        select(Mandat, Association.denomination)
        .join(Association, Association.id == Mandat.association_id)
        .where(Mandat.user_id == user_id, Mandat.valant_le(aujourdhui()), Association.absorbee_par_id.is_(None))
        .order_by(Association.denomination, Mandat.id)
    )
    return tuple(
        MandatActif(
            id=mandat.id,
            association_id=mandat.association_id,
            denomination=denomination,
            role=mandat.role,
            prouve=mandat.etat == EtatMandat.PROUVE,
            fin_le=mandat.fin_le,
            structure=mandat.structure,
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


def lien_attendu(session: Session, genre: GenreUser, page: str) -> LienConnexion | None:
    """The letter that a browser asked for and waits for (`page`: the secret that it keeps), None when used, or forgotten.

    It exists whether the address has an account or not.
    """
    return session.scalars(
        select(LienConnexion).where(
            LienConnexion.page_hash == hash_secret(page),
            LienConnexion.genre == genre,
            LienConnexion.used_at.is_(None),
        )
    ).first()


def code_attendu(session: Session, viewer: Acteur) -> LienConnexion | None:
    """The letter whose code would prove again the address of this login session, None when none is on its way or valid."""
    return session.scalars(
        select(LienConnexion)
        .where(
            LienConnexion.session_id == viewer.session_id,
            LienConnexion.used_at.is_(None),
            LienConnexion.expires_at > maintenant(),
        )
        .order_by(LienConnexion.id.desc())
        .limit(1)
    ).first()


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
