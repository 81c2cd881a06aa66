"""What a link that changes an address, or cancels it, is worth."""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.formats import maintenant
from portal.models.connexion import ChangementAdresse, User
from portal.permissions import Acteur
from portal.queries.connexion import hash_secret
from portal.vocabulaire import GenreUser

DUREE_ANNULATION = timedelta(hours=72)
PAS_A_VOUS = (
    "Ce lien n’est pas reconnu pour votre compte. Copiez l’adresse en entier depuis le courriel, et connectez-vous avec "
    "l’adresse que vous remplacez. Rien n’a changé."
)


class Etat(StrEnum):
    """What the link to the new address is worth."""

    VALABLE = "valable"
    FAIT = "fait"
    ANNULE = "annule"
    EXPIRE = "expire"


def etat(demande: ChangementAdresse) -> Etat:
    """Where a change stands now."""
    if demande.annule_at is not None:
        return Etat.ANNULE
    if demande.done_at is not None:
        return Etat.FAIT
    return Etat.VALABLE if demande.expires_at > maintenant() else Etat.EXPIRE


def a_prouver(session: Session, viewer: Acteur, secret: str, *, verrou: bool = False) -> ChangementAdresse:
    """The change that this link proves, whatever its state. Raises NotFound when it is unknown, or somebody else's.

    `verrou`: locked and read anew.
    """
    choix = select(ChangementAdresse).where(
        ChangementAdresse.secret_hash == hash_secret(secret), ChangementAdresse.user_id == viewer.user_id
    )
    if verrou:
        choix = choix.with_for_update().execution_options(populate_existing=True)
    demande = session.scalars(choix).first()
    if demande is None:
        raise NotFound(PAS_A_VOUS)
    return demande


def a_annuler(session: Session, secret: str, *, verrou: bool = False) -> ChangementAdresse | None:
    """The change that this link may still cancel, for 72 hours after it was asked; None otherwise."""
    choix = select(ChangementAdresse).where(
        ChangementAdresse.annulation_hash == hash_secret(secret),
        ChangementAdresse.annule_at.is_(None),
        ChangementAdresse.created_at > maintenant() - DUREE_ANNULATION,
    )
    if verrou:
        choix = choix.with_for_update().execution_options(populate_existing=True)
    return session.scalars(choix).first()


def en_attente(session: Session, viewer: Acteur) -> ChangementAdresse | None:
    """The change that this person has asked for and not proved yet, if any."""
    return session.scalars(
        select(ChangementAdresse)
        .where(
            ChangementAdresse.user_id == viewer.user_id,
            ChangementAdresse.done_at.is_(None),
            ChangementAdresse.annule_at.is_(None),
            ChangementAdresse.expires_at > maintenant(),
        )
        .order_by(ChangementAdresse.id.desc())
        .limit(1)
    ).first()


def compte_usager(session: Session, email: str) -> int | None:
    """The usager account of that address, if any."""
    return session.scalar(select(User.id).where(User.genre == GenreUser.USAGER, User.email == email))
