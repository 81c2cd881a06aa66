"""Forgets what has expired: links, old login sessions, parked typing, counted attempts, answers of the register."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.associations import ConsultationAnnuaire
from portal.models.connexion import LienConnexion, SaisieParquee, Tentative
from portal.queries.associations import MEMOIRE_DES_CONSULTATIONS
from portal.queries.connexion import MEMOIRE_DES_SESSIONS


def purge(session: Session) -> None:
    """Delete expired links, parked typing, attempts and answers. Login sessions stay: signatures refer to them."""
    instant = maintenant()
    session.execute(delete(LienConnexion).where(LienConnexion.expires_at < instant - timedelta(days=1)))
    session.execute(delete(SaisieParquee).where(SaisieParquee.created_at < instant - MEMOIRE_DES_SESSIONS))
    session.execute(delete(Tentative).where(Tentative.at < instant - timedelta(days=1)))
    session.execute(
        delete(ConsultationAnnuaire).where(ConsultationAnnuaire.created_at < instant - MEMOIRE_DES_CONSULTATIONS)
    )
