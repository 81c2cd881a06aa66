"""Two people on one request at the same instant: nothing that was said to be kept is lost, and nobody waits for ever."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import sleep

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from integrations.stockage.dossier import StockageDossier
from portal.db import Fabrique
from portal.formats import maintenant
from portal.forms.fusion import Verrou
from portal.forms.pieces_attendues import PieceAttendue
from portal.models.associations import Association, Mandat
from portal.models.demandes import Demande, SectionSaisie
from portal.models.documents import Fichier
from portal.models.dossiers import Dossier
from portal.models.echanges import Complement, RevisionSection
from portal.models.pieces import PieceDemande
from portal.queries import complements as lectures
from portal.services import coffre, complements, corrections, mandats, membres, pieces
from portal.services.demandes import lock
from portal.vocabulaire import RoleMandat
from portal.vocabulaire_demandes import GenrePiece, Place, SectionDemande
from tests import fabriques_pieces, fabriques_suivi
from tests.factories import Fabriques

PROJET = Place(SectionDemande.PROJET)


@pytest.fixture
def creer(fabrique_reelle: Fabrique) -> Iterator[Fabriques]:
    """Factories on a database where commits are real."""
    with fabrique_reelle() as session:
        yield Fabriques(session)


@pytest.fixture
def seconde(fabrique_reelle: Fabrique) -> Iterator[Session]:
    """The session of the person who comes second, but has read first."""
    with fabrique_reelle() as session:
        yield session


def test_what_a_member_saves_while_another_sends_the_corrections_is_sent_too(
    creer: Fabriques, seconde: Session
) -> None:
    session, service, association, usager = creer.session, creer.service(), creer.association(), creer.usager()
    creer.mandat(usager, association)
    dossier = fabriques_suivi.depose(creer, association, usager, service, remplie=True)
    demandee = fabriques_suivi.complement(session, dossier, creer.agent(service), ["projet"], copies=True)
    membre = fabriques_suivi.acteur_usager(session, usager)
    lu = seconde.get_one(Dossier, dossier.id)
    prete_a_partir = lectures.correction(seconde, lu, seconde.get_one(Complement, demandee.id))
    correction = lectures.correction(session, dossier, demandee)
    valeurs = {**correction.saisies[PROJET].valeurs, "description": "Treize ateliers."}
    assert complements.save(session, by=membre, correction=correction, place=PROJET, valeurs=valeurs, verrou=Verrou(1))
    session.commit()
    corrections.answer(seconde, by=membre, correction=prete_a_partir)
    seconde.commit()
    session.expire_all()
    assert session.scalars(select(RevisionSection)).one().nouvelles["description"] == "Treize ateliers."
    deposee = select(SectionSaisie).where(
        SectionSaisie.complement_id.is_(None), SectionSaisie.section == PROJET.section
    )
    assert session.scalars(deposee).one().valeurs["description"] == "Treize ateliers."


def _en_meme_temps(fabrique: Fabrique, *actes: Callable[[Session], object]) -> None:
    """Each in a transaction of its own; the second begins while the first holds what it has locked. No error comes out."""

    def faire(acte: Callable[[Session], object]) -> None:
        with fabrique.begin() as session:
            acte(session)

    with ThreadPoolExecutor(len(actes)) as fils:
        list(fils.map(faire, actes))


def test_a_draft_is_opened_to_somebody_who_is_filing_it_and_neither_waits_for_ever(
    creer: Fabriques, fabrique_reelle: Fabrique
) -> None:
    association, lea, paul = creer.association(), creer.usager(), creer.usager(prenom="Paul")
    creer.mandat(lea, association)
    sien = creer.mandat(paul, association, RoleMandat.REDACTEUR)
    demande = creer.demande(association, lea)
    par_lea, par_paul = (fabriques_suivi.acteur_usager(creer.session, qui) for qui in (lea, paul))
    creer.session.commit()
    tenue = Event()

    def deposer(session: Session) -> None:
        """What filing locks, in its order."""
        lock(session, session.get_one(Demande, demande.id))
        tenue.set()
        sleep(0.5)
        mandats.lock_mine(session, par_paul, association.id)

    def confier(session: Session) -> None:
        mandat = session.get_one(Mandat, sien.id)
        tenue.wait(5)
        membres.entrust(session, by=par_lea, mandat=mandat, demandes=[demande.id])

    _en_meme_temps(fabrique_reelle, deposer, confier)
    creer.session.expire_all()
    assert creer.session.get_one(Demande, demande.id).confiee_a_id == paul.id


def test_a_document_goes_to_the_vault_while_a_request_of_the_association_is_written(
    creer: Fabriques, fabrique_reelle: Fabrique, tmp_path: Path
) -> None:
    session, association, lea = creer.session, creer.association(), creer.usager()
    creer.mandat(lea, association)
    demande = creer.demande(association, lea)
    par_lea = fabriques_suivi.acteur_usager(session, lea)
    statuts = fabriques_pieces.fichier(session, StockageDossier(tmp_path), verdict="sain")
    attendue = PieceAttendue(code="statuts", genre=GenrePiece.STATUTS, libelle="Statuts")
    session.commit()
    tenue = Event()

    def garder_puis_joindre(session: Session) -> None:
        ou = session.get_one(Association, association.id)
        fichier = session.get_one(Fichier, statuts.id)
        garde = coffre.keep(session, by=par_lea, association=ou, genre=GenrePiece.STATUTS, fichier=fichier, nom="a.pdf")
        tenue.set()
        sleep(0.5)
        pieces.reuse(session, by=par_lea, demande=session.get_one(Demande, demande.id), attendue=attendue, piece=garde)

    def joindre_et_garder(session: Session) -> None:
        tenue.wait(5)
        pieces.join(
            session,
            by=par_lea,
            demande=session.get_one(Demande, demande.id),
            attendue=attendue,
            fichier=session.get_one(Fichier, statuts.id),
            nom="a.pdf",
            recue_at=maintenant(),
            au_coffre=True,
        )

    _en_meme_temps(fabrique_reelle, garder_puis_joindre, joindre_et_garder)
    assert session.scalar(select(func.count()).select_from(PieceDemande)) == 1
