"""A native request in full in the base of the bench: every page typed, files, messages, a correction, avis, a decision."""

import hashlib

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.db import Base, Fabrique
from portal.models.associations import Association
from portal.models.connexion import User
from portal.models.demandes import Demande
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.echanges import Message
from portal.models.services import Service
from portal.vocabulaire import Etat, VerdictAntivirus
from portal.vocabulaire_demandes import AudienceMessage
from tests import fabriques_pieces, fabriques_suivi
from tests.factories import Fabriques

MESSAGES, PIECES = 12, 5


def make(fabrique: Fabrique, *, service_id: int, agent_id: int, reference: str) -> None:
    """File it for that service, instructed by that agent, under that reference."""
    with fabrique() as session:
        _restart_keys(session)
        creer = Fabriques(session)
        service, agent = session.get_one(Service, service_id), session.get_one(User, agent_id)
        association, usager = creer.association(), creer.usager()
        creer.mandat(usager, association)
        dossier = _file(creer, service, agent, association, usager, reference)
        _exchange(session, dossier, usager, agent)
        for rang in (2, 3):
            saisi = session.get_one(Service, rang)
            creer.demande_avis(dossier, saisi)
            creer.avis(dossier, creer.agent(saisi))
        creer.decision(dossier, agent)


def _restart_keys(session: Session) -> None:
    """COPY has written the keys itself: what is made here comes after them."""
    for table in Base.metadata.sorted_tables:
        if "id" in table.c:
            suite = func.pg_get_serial_sequence(f'"{table.name}"', "id")
            session.execute(
                select(func.setval(suite, select(func.coalesce(func.max(table.c.id), 1)).scalar_subquery()))
            )
    session.commit()


def _file(
    creer: Fabriques, service: Service, agent: User, association: Association, usager: User, reference: str
) -> Dossier:
    session = creer.session
    dossier = fabriques_suivi.depose(
        creer,
        association,
        usager,
        service,
        remplie=True,
        etat=Etat.EN_INSTRUCTION,
        reference=reference,
        instructeur_id=agent.id,
    )
    demande = session.get_one(Demande, dossier.demande_id)
    for rang in range(PIECES):
        empreinte = hashlib.sha256(f"piece {rang}".encode()).hexdigest()
        fichier = Fichier(
            sha256=empreinte,
            cle_stockage=empreinte[:32],
            taille=1_024,
            type_mime="application/pdf",
            verdict=VerdictAntivirus.SAIN,
        )
        session.add(fichier)
        session.commit()
        fabriques_pieces.piece_demande(session, demande, fichier, nom=f"piece-{rang}.pdf")
    return dossier


def _exchange(session: Session, dossier: Dossier, usager: User, agent: User) -> None:
    """A thread, and a correction that is awaited."""
    communs = {"dossier_id": dossier.id, "audience": AudienceMessage.ASSOCIATION, "texte": "Bonjour. " * 20}
    session.add_all(
        Message(cle=f"banc-{rang}", auteur_id=(usager, agent)[rang % 2].id, **communs) for rang in range(MESSAGES)
    )
    session.commit()
    fabriques_suivi.complement(session, dossier, agent, ["projet", "pieces"], copies=True)
