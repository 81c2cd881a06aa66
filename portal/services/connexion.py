"""Opens and ends login sessions, asks for and claims the letters that open them, names an account."""

import ipaddress
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.config import Config
from portal.db import Fabrique
from portal.errors import Forbidden, Invalid, NotFound
from portal.formats import maintenant
from portal.models.connexion import LienConnexion, SaisieParquee, SessionConnexion, User
from portal.permissions import SYSTEME, Acteur, may_be_usager
from portal.queries.connexion import get_saisie, hash_secret, lien_attendu
from portal.services import codes_connexion, courriels, journal, traces
from portal.services.codes import ESSAIS
from portal.services.codes_connexion import Essai
from portal.services.jetons import DUREE_LIEN
from portal.services.lettres import LIEN_CONNEXION
from portal.vocabulaire import GenreUser

DUREE_SESSION = timedelta(hours=12)
DUREE_DURABLE = timedelta(days=30)
LIENS_PAR_HEURE = 5
# A town hall or a France services house is many people behind one address.
LIENS_PAR_RESEAU = 30
LONGUEUR_SUITE = 300


@dataclass(frozen=True)
class Appareil:
    """What opens a session: a browser in words, and whether its owner says that the device is hers alone."""

    nom: str = ""
    durable: bool = False


INCONNU = Appareil()


@dataclass(frozen=True)
class Ouverture:
    """What a claimed letter opens: the secret of a new login session, and the path (ours) to go on with, if any."""

    secret: str
    suite: str


def request_link(
    session: Session, fabrique: Fabrique, *, genre: GenreUser, email: str, ip: str = "", suite: str = ""
) -> str:
    """Owe a letter to that address, known or not: the work here is the same, whoever has an account is checked later.

    `email` is normalised, `ip` where it is asked from, `suite` a path of ours. Returns the secret that the browser keeps: the
    letter's code opens nothing without it. The attempts are counted by `fabrique`, in transactions of their own.
    Raises Invalid (field `email`) past the limits of an hour.
    """
    _count(fabrique, genre, email, ip)
    page = secrets.token_urlsafe(32)
    lien = LienConnexion(
        genre=genre,
        email=email,
        suite=suite if len(suite) <= LONGUEUR_SUITE and suite.isprintable() else "",
        page_hash=hash_secret(page),
        expires_at=maintenant() + DUREE_LIEN,
    )
    session.add(lien)
    session.flush()
    courriels.enqueue(session, LIEN_CONNEXION, destinataire=email, lien_id=lien.id)
    return page


def resend(session: Session, fabrique: Fabrique, *, genre: GenreUser, page: str, ip: str = "") -> str | None:
    """Owe the letter again to the address that this browser gave, and return that address; None when it was used, or forgotten.

    When the new letter leaves, the link and the code of the former are dead. Raises Invalid (field `email`) past the limits.
    """
    attendu = lien_attendu(session, genre, page)
    if attendu is None:
        return None
    _count(fabrique, genre, attendu.email, ip)
    attendu.essais = 0
    attendu.expires_at = maintenant() + DUREE_LIEN
    courriels.enqueue(session, LIEN_CONNEXION, destinataire=attendu.email, lien_id=attendu.id)
    return attendu.email


def claim_link(session: Session, *, genre: GenreUser, secret: str, appareil: Appareil = INCONNU) -> Ouverture | None:
    """Use a link of that namespace and open a login session; None when it is used, expired, unknown or of another namespace.

    The row is locked: of many simultaneous claims, by the link or by the code, one wins.
    """
    ce_lien = (LienConnexion.secret_hash == hash_secret(secret), LienConnexion.genre == genre)
    return _claim(session, select(LienConnexion).where(*ce_lien), appareil)


def claim_code(
    session: Session,
    fabrique: Fabrique,
    config: Config,
    *,
    genre: GenreUser,
    page: str,
    code: str,
    appareil: Appareil = INCONNU,
) -> Ouverture:
    """Use the code of a letter in the browser that asked for it (`page`: what it keeps), and open a login session.

    A wrong try is counted by `fabrique`, in a transaction of its own. Raises Invalid (field `code`) with the tries left.
    """
    attendu = lien_attendu(session, genre, page)
    if attendu is None:
        raise Invalid("code", codes_connexion.expliquer(Essai.PERDU, 0))
    essai, essais = traces.try_login_code(fabrique, config, lien=attendu, code=code)
    if essai != Essai.JUSTE:
        raise Invalid("code", codes_connexion.expliquer(essai, essais))
    ouverture = _claim(session, select(LienConnexion).where(LienConnexion.id == attendu.id), appareil)
    if ouverture is None:
        raise Invalid("code", codes_connexion.expliquer(Essai.PERDU, essais))
    return ouverture


def code_is_dead(lien: LienConnexion) -> bool:
    """Whether the code of that letter opens nothing any more, not even the right one: its hour is over, or its tries are."""
    return lien.essais >= ESSAIS or lien.expires_at <= maintenant()


def _count(fabrique: Fabrique, genre: GenreUser, email: str, ip: str) -> None:
    """Count one letter asked for that address and from that place; the same words for both limits."""
    heure = timedelta(hours=1)
    d_ici = traces.count_attempt(fabrique, "lien_ip", reseau(ip), maximum=LIENS_PAR_RESEAU, fenetre=heure)
    if not d_ici or not traces.count_attempt(fabrique, f"lien_{genre}", email, maximum=LIENS_PAR_HEURE, fenetre=heure):
        raise Invalid(
            "email",
            "Trop de courriels de connexion ont déjà été demandés depuis une heure. Cherchez le plus récent dans votre "
            "messagerie, courriers indésirables compris, ou recommencez dans une heure.",
        )


def _claim(session: Session, choix: Select[LienConnexion], appareil: Appareil) -> Ouverture | None:
    lien = session.scalars(choix.with_for_update().execution_options(populate_existing=True)).first()
    if lien is None or lien.used_at is not None or lien.expires_at <= maintenant():
        return None
    if lien.genre == GenreUser.USAGER:
        user: User | None = get_or_create_usager(session, lien.email)
    else:
        user = _account(session, lien.genre, lien.email)
    if user is None or user.disabled_at is not None:
        return None
    lien.used_at = maintenant()
    return Ouverture(secret=open_session(session, user, appareil=appareil), suite=lien.suite)


def open_session(
    session: Session, user: User, *, affectation_id: int | None = None, appareil: Appareil = INCONNU
) -> str:
    """Create a login session for that account and return its secret, which only the browser keeps.

    It lasts 12 hours; 30 days for a usager on a device of her own, never for an agent.
    """
    secret = secrets.token_urlsafe(32)
    durable = appareil.durable and user.genre == GenreUser.USAGER
    session.add(
        SessionConnexion(
            secret_hash=hash_secret(secret),
            user_id=user.id,
            affectation_id=affectation_id,
            durable=durable,
            appareil=appareil.nom,
            prouvee_at=maintenant(),
            expires_at=maintenant() + (DUREE_DURABLE if durable else DUREE_SESSION),
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


def reseau(ip: str) -> str:
    """What counts as one place: an IPv4 address, or the /64 that an IPv6 subscriber is given; else the text itself."""
    try:
        adresse = ipaddress.ip_address(ip)
    except ValueError:
        return ip
    return ip if adresse.version == 4 else str(ipaddress.ip_network(f"{adresse}/64", strict=False))
