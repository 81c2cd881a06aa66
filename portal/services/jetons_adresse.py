"""Mints the secrets of the letters that change an address, at the moment they leave: no table ever holds them."""

import secrets

from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.connexion import ChangementAdresse
from portal.queries.changements_adresse import DUREE_ANNULATION, Etat, compte_usager, etat
from portal.queries.connexion import hash_secret
from portal.services.jetons import DUREE_LIEN


def mint_proof(session: Session, changement_id: int) -> tuple[str, bool] | None:
    """The secret of the link to the new address, with its full hour, and whether that address is free; None when no letter
    is due.

    An address that has an account gets no working link: its secret is drawn and forgotten.
    """
    demande = session.get(ChangementAdresse, changement_id, with_for_update=True)
    if demande is None or etat(demande) != Etat.VALABLE:
        return None
    secret = secrets.token_urlsafe(32)
    libre = compte_usager(session, demande.nouvelle) is None
    demande.secret_hash = hash_secret(secret) if libre else None
    demande.expires_at = maintenant() + DUREE_LIEN
    session.flush()
    return secret, libre


def mint_cancel(session: Session, changement_id: int) -> tuple[str, str] | None:
    """The secret of the link that cancels, as its letter leaves, and the new address; None when nothing is to be cancelled."""
    demande = session.get(ChangementAdresse, changement_id, with_for_update=True)
    if demande is None or demande.annule_at or demande.created_at + DUREE_ANNULATION <= maintenant():
        return None
    secret = secrets.token_urlsafe(32)
    demande.annulation_hash = hash_secret(secret)
    session.flush()
    return secret, demande.nouvelle
