"""Opens and ends login sessions, asks for and claims magic links, names an account."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.db import Fabrique
from portal.errors import Forbidden, Invalid, NotFound
from portal.formats import maintenant
from portal.models.connexion import LienConnexion, SaisieParquee, SessionConnexion, User
from portal.permissions import SYSTEME, Acteur, may_be_usager
from portal.queries.connexion import get_saisie, hash_secret
from portal.services import courriels, journal, traces
from portal.services.jetons import DUREE_LIEN
from portal.services.lettres import LIEN_CONNEXION
from portal.vocabulaire import GenreUser

DUREE_SESSION = timedelta(hours=12)
LIENS_PAR_HEURE = 5
LONGUEUR_SUITE = 300


@dataclass(frozen=True)
class Ouverture:
    """What a claimed link opens: the secret of a new login session, and the path (ours) to go on with, if any."""

    secret: str
    suite: str


def request_link(session: Session, fabrique: Fabrique, *, genre: GenreUser, email: str, suite: str = "") -> None:
    """Owe a magic link to that address, known or not: the work here is the same, whoever has an account is checked later.

    `email` is normalised, `suite` a path of ours. The attempt is counted by `fabrique`, in a transaction of its own.
    Raises Invalid (field `email`) at the sixth link in an hour.
    """
    libre = traces.count_attempt(fabrique, f"lien_{genre}", email, maximum=LIENS_PAR_HEURE, fenetre=timedelta(hours=1))
    if not libre:
        raise Invalid(
            "email",
            f"{LIENS_PAR_HEURE} liens ont déjà été demandés pour cette adresse depuis une heure. Cherchez le plus récent "
            "dans votre messagerie, courriers indésirables compris, ou recommencez dans une heure.",
        )
    lien = LienConnexion(
        genre=genre,
        email=email,
        suite=suite if len(suite) <= LONGUEUR_SUITE and suite.isprintable() else "",
        expires_at=maintenant() + DUREE_LIEN,
    )
    session.add(lien)
    session.flush()
    courriels.enqueue(session, LIEN_CONNEXION, destinataire=email, lien_id=lien.id)


def claim_link(session: Session, *, genre: GenreUser, secret: str) -> Ouverture | None:
    """Use a link of that namespace and open a login session; None when it is used, expired, unknown or of another namespace.

    The row is locked: of many simultaneous claims, one wins.
    """
    lien = session.scalars(
        select(LienConnexion)
        .where(LienConnexion.secret_hash == hash_secret(secret), LienConnexion.genre == genre)
        .with_for_update()
    ).first()
    if lien is None or lien.used_at is not None or lien.expires_at <= maintenant():
        return None
    if genre == GenreUser.USAGER:
        user: User | None = get_or_create_usager(session, lien.email)
    else:
        user = _account(session, genre, lien.email)
    if user is None or user.disabled_at is not None:
        return None
    lien.used_at = maintenant()
    return Ouverture(secret=open_session(session, user), suite=lien.suite)


def open_session(session: Session, user: User, *, affectation_id: int | None = None) -> str:
    """Create a login session for that account and return its secret, which only the browser keeps."""
    secret = secrets.token_urlsafe(32)
    session.add(
        SessionConnexion(
            secret_hash=hash_secret(secret),
            user_id=user.id,
            affectation_id=affectation_id,
            expires_at=maintenant() + DUREE_SESSION,
        )
    )
    journal.record(session, by=SYSTEME, action="connexion_ouverte", objet=f"user:{user.id}")
    session.flush()
    return secret


def end_session(session: Session, *, by: Acteur) -> None:
    """End the login session of this request, here and at once."""
    session.execute(update(SessionConnexion).where(SessionConnexion.id == by.session_id).values(ended_at=maintenant()))
    journal.record(session, by=by, action="connexion_fermee", objet=f"user:{by.user_id}")


def switch_service(session: Session, *, by: Acteur, affectation_id: int) -> str:
    """Act from now on for another of one's services. Rights change, so the login session gets a new secret, returned.

    Raises NotFound when that affectation is not one of the agent's, in force.
    """
    if affectation_id not in {affectation.id for affectation in by.affectations}:
        raise NotFound
    secret = secrets.token_urlsafe(32)
    session.execute(
        update(SessionConnexion)
        .where(SessionConnexion.id == by.session_id)
        .values(secret_hash=hash_secret(secret), affectation_id=affectation_id)
    )
    journal.record(
        session,
        by=by,
        action="service_change",
        objet=f"user:{by.user_id}",
        valeurs={"affectation": affectation_id},
    )
    return secret


def get_or_create_usager(session: Session, email: str) -> User:
    """The usager account of that address, created at the first claimed link."""
    cree = session.scalar(
        insert(User)
        .values(genre=GenreUser.USAGER, email=email, prenom="", nom="", est_administrateur=False)
        .on_conflict_do_nothing()
        .returning(User.id)
    )
    if cree is not None:
        journal.record(session, by=SYSTEME, action="compte_cree", objet=f"user:{cree}")
    return session.scalars(select(User).where(User.genre == GenreUser.USAGER, User.email == email)).one()


def name_account(session: Session, *, by: Acteur, prenom: str, nom: str) -> None:
    """Write the first name and the name of the usager who acts."""
    verdict = may_be_usager(by)
    if not verdict:
        raise Forbidden(verdict.raison)
    session.execute(update(User).where(User.id == by.user_id).values(prenom=prenom, nom=nom))
    journal.record(
        session, by=by, action="compte_nomme", objet=f"user:{by.user_id}", valeurs={"prenom": prenom, "nom": nom}
    )


def drop_saisie(session: Session, *, by: Acteur, saisie_id: int) -> None:
    """Forget what this person had typed. Raises NotFound when it is somebody else's, or gone."""
    saisie = get_saisie(session, by, saisie_id)
    session.execute(delete(SaisieParquee).where(SaisieParquee.id == saisie.id))
    journal.record(session, by=by, action="saisie_supprimee", objet=f"user:{by.user_id}")


def _account(session: Session, genre: GenreUser, email: str) -> User | None:
    return session.scalars(select(User).where(User.genre == genre, User.email == email)).first()
