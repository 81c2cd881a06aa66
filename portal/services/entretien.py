"""Forgets what has expired: links, signatures left half-way, parked typing, counted attempts, answers of the register."""

from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.associations import ConsultationAnnuaire
from portal.models.connexion import LienConnexion, SaisieParquee, Tentative
from portal.models.souscriptions import SignaturePreparee
from portal.queries.associations import MEMOIRE_DES_CONSULTATIONS
from portal.queries.connexion import MEMOIRE_DES_SESSIONS

MEMOIRE_DES_SIGNATURES = timedelta(days=7)


def purge(session: Session) -> None:
    """Delete expired links, unfinished signatures, parked typing, attempts and answers.

    Login sessions stay: signatures refer to them.
    """
    instant = maintenant()
    session.execute(delete(LienConnexion).where(LienConnexion.expires_at < instant - timedelta(days=1)))
    session.execute(
        delete(SignaturePreparee).where(SignaturePreparee.code_demande_at < instant - MEMOIRE_DES_SIGNATURES)
    )
    session.execute(delete(SaisieParquee).where(SaisieParquee.created_at < instant - MEMOIRE_DES_SESSIONS))
    session.execute(delete(Tentative).where(Tentative.at < instant - timedelta(days=1)))
    session.execute(
        delete(ConsultationAnnuaire).where(ConsultationAnnuaire.created_at < instant - MEMOIRE_DES_CONSULTATIONS)
    )
