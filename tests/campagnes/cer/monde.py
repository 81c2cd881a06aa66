"""Signatures of several days, signed as people sign them but for the letter, closed, with their sealed receipts."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.jobs import documents as travaux
from portal.jobs.application import brancher
from portal.models.associations import Mandat
from portal.models.documents import Document, Fichier
from portal.models.engagements import Engagement
from portal.models.souscriptions import DemandeSignature, SignaturePreparee
from portal.queries import engagements as lus
from portal.queries.connexion import acteur_of
from portal.services import arbres_cer, engagements, fichiers
from portal.services.connexion import open_session
from portal.services.moyens import Moyens
from portal.vocabulaire import GenreDocument
from portal.vocabulaire_cer import CapaciteSignataire
from tests.factories import Fabriques

DEBUT = datetime(2026, 11, 2, 9, 30, 15, 123456, tzinfo=UTC)
# Signatures of each day; the last day is not closed.
PAR_JOUR = (1, 4, 0, 5, 2)
PREUVE = engagements.Preuve(ip="192.0.2.7", agent_utilisateur="Navigateur d’essai", requete_id="0f9a")


@dataclass(frozen=True)
class Monde:
    """`recus`: the bytes of the receipt and of the receipt with proof of one signature."""

    session: Session
    moyens: Moyens
    recus: dict[str, bytes]


def batir(session: Session, moyens: Moyens) -> Monde:
    """Sign, close all days but the last, make the two receipts of the second signature. One in three signs by delegation."""
    creer = Fabriques(session)
    for rang, jour in enumerate(jour for jour, nombre in enumerate(PAR_JOUR) for _ in range(nombre)):
        with time_machine.travel(DEBUT + timedelta(days=jour, minutes=rang)):
            signer(session, moyens, creer.mandat(creer.usager(), creer.association()), delegue=rang % 3 == 1)
    fin = DEBUT + timedelta(days=len(PAR_JOUR) - 1)
    while arbres_cer.close_next_day(session, now=fin):
        pass
    while arbres_cer.issue_proofs(session, adresse=moyens.config.portal_url):
        pass
    session.commit()
    brancher(moyens)
    genres = (GenreDocument.RECU_ENGAGEMENT, GenreDocument.RECU_AVEC_PREUVE)
    return Monde(session, moyens, {genre: _recu(session, moyens, genre) for genre in genres})


def signer(session: Session, moyens: Moyens, mandat: Mandat, *, delegue: bool = False) -> Engagement:
    """Sign now for the association of a mandat, asked by somebody and with a pouvoir when `delegue`."""
    Fabriques(session).texte_cer()
    texte, instant = lus.texte_en_vigueur(session), datetime.now(UTC)
    acteur = acteur_of(session, open_session(session, mandat.user))
    assert acteur is not None
    preparee = SignaturePreparee(
        association_id=mandat.association_id,
        prenom=mandat.user.prenom,
        nom=mandat.user.nom,
        fonction="Trésorière",
        capacite=CapaciteSignataire.MANDATAIRE if delegue else CapaciteSignataire.VERIFIEE,
        pouvoir=_pouvoir(session, moyens) if delegue else None,
        pouvoir_nom="pouvoir.pdf" if delegue else "",
        demande_id=_demande(session, mandat, texte.id).id if delegue else None,
        affiche=lus.empreinte_affichee(lus.phrase_consentement(mandat.association, texte), texte),
        consenti_at=instant - timedelta(minutes=3),
        code_demande_at=instant - timedelta(minutes=3),
    )
    if preparee.pouvoir:
        preparee.pouvoir_id = preparee.pouvoir.id
    engagement = engagements.sign(session, moyens.config, by=acteur, preparee=preparee, preuve=PREUVE)
    session.commit()
    return engagement


def _pouvoir(session: Session, moyens: Moyens) -> Fichier:
    octets = f"%PDF-1.7 pouvoir {datetime.now(UTC).isoformat()}".encode()
    return fichiers.keep(session, fichiers.store(moyens.stockage, octets, "application/pdf"))[0]


def _demande(session: Session, mandat: Mandat, texte_id: int) -> DemandeSignature:
    demande = DemandeSignature(
        code=f"D{mandat.id}",
        association_id=mandat.association_id,
        texte_id=texte_id,
        demandeur_id=mandat.user_id,
        email=mandat.user.email,
        prenom=mandat.user.prenom,
        nom=mandat.user.nom,
        fonction="Trésorière",
    )
    session.add(demande)
    session.flush()
    return demande


def _recu(session: Session, moyens: Moyens, genre: GenreDocument) -> bytes:
    document = session.scalars(
        select(Document)
        .join(Engagement, Engagement.id == Document.engagement_id)
        .where(Document.genre == genre, Engagement.rang == 2)
    ).one()
    travaux.produire(document_id=document.id)
    session.refresh(document)
    assert document.fichier is not None
    return moyens.stockage.lire(document.fichier.cle_stockage)
