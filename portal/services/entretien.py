"""Forgets what has expired: links, experts' accesses, changes of address, half-way signatures, parked typing and more."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from portal.formats import maintenant
from portal.models.associations import ConsultationAnnuaire
from portal.models.connexion import ChangementAdresse, LienConnexion, SaisieParquee, Tentative
from portal.models.demandes import Demande, ModificationSection, SectionSaisie
from portal.models.echanges import Complement
from portal.models.experts import LienExpert, SessionExpert
from portal.models.feuilles_travail import FeuilleTravail, ModificationFeuille, RetourFeuille
from portal.models.souscriptions import SignaturePreparee
from portal.queries.associations import MEMOIRE_DES_CONSULTATIONS
from portal.queries.connexion import MEMOIRE_DES_SESSIONS
from portal.vocabulaire_imports import DUREE_FEUILLE_JOURS

MEMOIRE_DES_SIGNATURES = timedelta(days=7)
# A change is cancelled for 72 hours; whoever finds it out later writes to us, who see which address it was.
MEMOIRE_DES_ADRESSES = timedelta(days=90)
# The former texts of a page only serve to merge what is typed: once it is filed or sent, nobody types in it any more.
MEMOIRE_DES_MODIFICATIONS = timedelta(days=30)

# They hold notes and texts of avis, and what became of each cell is in the journal.
MEMOIRE_DES_FEUILLES = timedelta(days=DUREE_FEUILLE_JOURS)


def purge(session: Session) -> None:
    """Delete expired links, experts' accesses, old changes of address, unfinished signatures, parked typing, former texts,
    attempts, answers and working sheets.

    Login sessions stay: signatures refer to them.
    """
    instant = maintenant()
    session.execute(delete(LienConnexion).where(LienConnexion.expires_at < instant - timedelta(days=1)))
    session.execute(delete(ChangementAdresse).where(ChangementAdresse.created_at < instant - MEMOIRE_DES_ADRESSES))
    session.execute(
        delete(SignaturePreparee).where(SignaturePreparee.code_demande_at < instant - MEMOIRE_DES_SIGNATURES)
    )
    session.execute(delete(SaisieParquee).where(SaisieParquee.created_at < instant - MEMOIRE_DES_SESSIONS))
    session.execute(delete(Tentative).where(Tentative.at < instant - timedelta(days=1)))
    session.execute(
        delete(ConsultationAnnuaire).where(ConsultationAnnuaire.created_at < instant - MEMOIRE_DES_CONSULTATIONS)
    )
    _purge_experts(session, instant - timedelta(days=1))
    _purge_modifications(session, instant - MEMOIRE_DES_MODIFICATIONS)
    _purge_sheets(session, instant - MEMOIRE_DES_FEUILLES)


def _purge_experts(session: Session, avant: datetime) -> None:
    """The browsers of links that had ended by that instant, then those links: the journal keeps that they were."""
    finis = select(LienExpert.id).where(or_(LienExpert.expires_at < avant, LienExpert.revoque_at < avant))
    session.execute(
        delete(SessionExpert).where(or_(SessionExpert.lien_id.in_(finis), SessionExpert.expires_at < avant))
    )
    session.execute(delete(LienExpert).where(LienExpert.id.in_(finis)))


def _purge_sheets(session: Session, avant: datetime) -> None:
    """Working sheets that left, or came back, before that instant."""
    rendues = select(RetourFeuille.id).where(RetourFeuille.created_at < avant)
    session.execute(delete(ModificationFeuille).where(ModificationFeuille.retour_id.in_(rendues)))
    session.execute(delete(RetourFeuille).where(RetourFeuille.created_at < avant))
    encore_la = exists().where(RetourFeuille.feuille_id == FeuilleTravail.id)
    session.execute(delete(FeuilleTravail).where(FeuilleTravail.created_at < avant, ~encore_la))


def _purge_modifications(session: Session, avant: datetime) -> None:
    """The former texts of the pages of requests filed before that instant, and of corrections sent or given up before it."""
    closes = (
        select(SectionSaisie.id)
        .join(Demande, Demande.id == SectionSaisie.demande_id)
        .outerjoin(Complement, Complement.id == SectionSaisie.complement_id)
        .where(
            or_(
                SectionSaisie.complement_id.is_(None) & (Demande.deposee_at < avant),
                Complement.repondu_at < avant,
                Complement.annule_at < avant,
            )
        )
    )
    session.execute(delete(ModificationSection).where(ModificationSection.section_id.in_(closes)))
