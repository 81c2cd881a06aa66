"""Workers killed at seeded points, two workers at once: each dossier of a lot is done once, with its line."""

import random
import threading

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.db import Fabrique
from portal.models.dossiers import AccesDossier, Dossier
from portal.models.file_agents import EtiquetteDossier
from portal.models.journal import Evenement
from portal.models.lots import LigneLot, Lot
from portal.models.taches import Tache
from portal.queries.acteurs import agent_of
from portal.services import lots, travail_lots
from portal.services.moyens import make_moyens
from portal.vocabulaire import MotifAcces
from portal.vocabulaire_instruction import ActionLot, EtatLigneLot, EtatLot
from tests import fabriques_portes
from tests.factories import Fabriques
from tests.integration import arret, lotisseur

DOSSIERS, KILLS = 500, 8
MOMENTS = ("before", "after")


def _preparer(session: Session, nombre: int) -> int:
    """Ask for a label on that many dossiers; the number of the lot."""
    creer = Fabriques(session)
    service = creer.service()
    agent, demarche, etiquette = (
        creer.agent(service),
        creer.demarche(service),
        fabriques_portes.etiquette(creer, service),
    )
    un = creer.dossier(demarche=demarche)
    colonnes = {c.name: getattr(un, c.name) for c in Dossier.__table__.columns if c.name not in {"id", "reference"}}
    copies = [Dossier(**colonnes, reference=f"P-2026-9{rang:05d}") for rang in range(nombre - 1)]
    session.add_all(copies)
    session.flush()
    acces = {"service_id": service.id, "motif": MotifAcces.PROPRIETAIRE, "date_depot": un.date_depot}
    session.add_all(AccesDossier(dossier_id=copie.id, **acces) for copie in copies)
    session.commit()
    acteur = agent_of(session, agent.id, service.id)
    assert acteur is not None
    lot = lots.start(
        session,
        by=acteur,
        action=ActionLot.ETIQUETER,
        parametres={"etiquette": etiquette.id},
        dossiers=[(dossier.id, 0) for dossier in (un, *copies)],
        cle="cle-de-lot-0000001",
    )
    session.commit()
    return lot.id


def _verifier(session: Session, lot_id: int, nombre: int) -> None:
    lot = session.get_one(Lot, lot_id)
    assert lot.etat == EtatLot.TERMINE
    etats = select(LigneLot.etat, func.count()).where(LigneLot.lot_id == lot_id).group_by(LigneLot.etat)
    assert list(session.execute(etats)) == [(EtatLigneLot.FAIT, nombre)]
    assert session.scalar(select(func.count()).select_from(EtiquetteDossier)) == nombre
    posees = select(func.count()).select_from(Evenement).where(Evenement.action == "etiquette_posee")
    assert session.scalar(posees) == nombre, "done twice, or told twice"
    assert session.scalar(select(func.count()).select_from(Tache).where(Tache.objet_id == lot_id)) == 1


def test_kill_9_at_seeded_points_loses_nothing_and_repeats_nothing(
    config: Config, base_reelle: str, fabrique_reelle: Fabrique
) -> None:
    tirage, ou = random.Random(20261122), (base_reelle, config.stockage_dossier)
    with fabrique_reelle() as session:
        lot_id = _preparer(session, DOSSIERS)
    for rang in range(KILLS):
        arret.tuer(lotisseur.main, *ou, tirage.randint(1, 40), MOMENTS[rang % len(MOMENTS)])
    with fabrique_reelle() as session:
        faites = select(func.count()).where(LigneLot.etat == EtatLigneLot.FAIT)
        assert 0 < (session.scalar(faites) or 0) < DOSSIERS
    arret.finir(lotisseur.main, *ou, 0, "never")
    with fabrique_reelle() as session:
        _verifier(session, lot_id, DOSSIERS)


def test_two_workers_at_once_never_do_the_same_lot(config: Config, fabrique_reelle: Fabrique) -> None:
    moyens = make_moyens(config, fabrique=fabrique_reelle)
    with fabrique_reelle() as session:
        lot_id = _preparer(session, 40)
    ouvriers = [threading.Thread(target=travail_lots.run, args=(moyens, lot_id)) for _ in range(4)]
    for ouvrier in ouvriers:
        ouvrier.start()
    for ouvrier in ouvriers:
        ouvrier.join(timeout=60)
    with fabrique_reelle() as session:
        _verifier(session, lot_id, 40)


def test_an_order_that_was_lost_is_taken_up_by_the_sweep(config: Config, fabrique_reelle: Fabrique) -> None:
    moyens = make_moyens(config, fabrique=fabrique_reelle)
    with fabrique_reelle() as session:
        lot_id = _preparer(session, 3)
        session.execute(delete(Tache))
        session.commit()
    assert travail_lots.run_due(moyens) == 1
    assert travail_lots.run_due(moyens) == 0
    with fabrique_reelle() as session:
        _verifier(session, lot_id, 3)
