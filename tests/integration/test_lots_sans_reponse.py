"""A lot whose dossiers the database gives up on: the others are done, these are tried again, then given up and said so."""

from collections import Counter
from dataclasses import dataclass, field
from random import Random

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.models.connexion import User
from portal.models.dossiers import Dossier
from portal.models.lots import LigneLot, Lot
from portal.permissions import Acteur
from portal.queries.acteurs import agent_of
from portal.services import lots, travail_lots
from portal.services.actes_lots import ACTES, label
from portal.services.annulations_lots import ANNULATIONS
from portal.services.moyens import Moyens
from portal.vocabulaire_instruction import ActionLot, EtatLigneLot, EtatLot
from tests import fabriques_portes
from tests.client import ClientStrict
from tests.factories import Fabriques

DOSSIERS, TOUJOURS, UNE_FOIS = 12, 2, 3


@dataclass
class Panne:
    """The database gives up on some dossiers: on `toujours` each time, on `une_fois` the first time."""

    toujours: set[int]
    une_fois: set[int]
    essais: Counter[int] = field(default_factory=Counter)

    def survenir(self, session: Session, dossier: Dossier) -> None:
        """Exceed the time allowed to a statement, as a lock held for too long does."""
        self.essais[dossier.id] += 1
        if dossier.id in self.toujours or (dossier.id in self.une_fois and self.essais[dossier.id] == 1):
            session.execute(text("SET LOCAL statement_timeout = 10"))
            session.execute(text("SELECT pg_sleep(5)"))

    def etiqueter(
        self, session: Session, by: Acteur, dossier: Dossier, parametres: dict[str, object], version: int
    ) -> dict[str, object]:
        """Put the label, unless the database gives up."""
        avant = label(session, by, dossier, parametres, version)
        self.survenir(session, dossier)
        return avant


@pytest.fixture
def dossiers(creer: Fabriques) -> list[Dossier]:
    service = creer.service()
    return [creer.dossier(service) for _ in range(DOSSIERS)]


@pytest.fixture
def agent(creer: Fabriques, dossiers: list[Dossier]) -> User:
    return creer.agent(dossiers[0].service)


def lancer(creer: Fabriques, agent: User, dossiers: list[Dossier]) -> Lot:
    """Ask for a label on these dossiers."""
    etiquette = fabriques_portes.etiquette(creer, dossiers[0].service)
    acteur = agent_of(creer.session, agent.id, dossiers[0].service_id)
    assert acteur is not None
    lot = lots.start(
        creer.session,
        by=acteur,
        action=ActionLot.ETIQUETER,
        parametres={"etiquette": etiquette.id},
        dossiers=[(un.id, 0) for un in dossiers],
        cle="cle-de-lot-0000001",
    )
    creer.session.commit()
    return lot


def lignes(session: Session, lot: Lot) -> dict[int, LigneLot]:
    """What became of each dossier, by its number."""
    session.expire_all()
    return {une.dossier_id: une for une in session.scalars(select(LigneLot).where(LigneLot.lot_id == lot.id))}


@pytest.mark.parametrize("graine", range(3))
def test_dossiers_that_always_time_out_are_given_up_and_stop_none_other(
    client: ClientStrict,
    creer: Fabriques,
    moyens: Moyens,
    agent: User,
    dossiers: list[Dossier],
    monkeypatch: pytest.MonkeyPatch,
    graine: int,
) -> None:
    tires = Random(graine).sample([un.id for un in dossiers], TOUJOURS + UNE_FOIS)
    panne = Panne(toujours=set(tires[:TOUJOURS]), une_fois=set(tires[TOUJOURS:]))
    monkeypatch.setitem(ACTES, ActionLot.ETIQUETER, panne.etiqueter)
    lot = lancer(creer, agent, dossiers)
    travail_lots.run(moyens, lot.id)
    lues = lignes(creer.session, lot)
    assert creer.session.get_one(Lot, lot.id).etat == EtatLot.TERMINE
    assert {ident for ident, une in lues.items() if une.etat == EtatLigneLot.REFUSE} == panne.toujours
    assert {une.etat for ident, une in lues.items() if ident not in panne.toujours} == {EtatLigneLot.FAIT}
    assert {panne.essais[ident] for ident in panne.toujours} == {lots.ESSAIS_MAXIMAUX}
    assert {panne.essais[ident] for ident in panne.une_fois} == {2}
    assert travail_lots.run_due(moyens) == 0, "taken up again for ever"
    client.connecter(agent)
    client.get(f"/instruction/lots/{lot.id}?etat=refuse")
    assert client.texte().count("L’action n’a pas abouti, après 3 essais") == TOUJOURS


def test_what_cannot_be_put_back_in_time_stays_as_it_is_and_is_said(
    creer: Fabriques, moyens: Moyens, agent: User, dossiers: list[Dossier], monkeypatch: pytest.MonkeyPatch
) -> None:
    lot = lancer(creer, agent, dossiers)
    travail_lots.run(moyens, lot.id)
    panne, oter = Panne(toujours={dossiers[4].id}, une_fois=set()), ANNULATIONS[ActionLot.ETIQUETER]

    def annuler(session: Session, by: Acteur, dossier: Dossier, avant: dict[str, object]) -> str:
        dit = oter(session, by, dossier, avant)
        panne.survenir(session, dossier)
        return dit

    monkeypatch.setitem(ANNULATIONS, ActionLot.ETIQUETER, annuler)
    acteur = agent_of(creer.session, agent.id, dossiers[0].service_id)
    assert acteur is not None
    lots.undo(creer.session, by=acteur, lot=lot)
    creer.session.commit()
    travail_lots.run(moyens, lot.id)
    lues = lignes(creer.session, lot)
    assert creer.session.get_one(Lot, lot.id).etat == EtatLot.ANNULE
    restee = lues.pop(dossiers[4].id)
    assert (restee.etat, restee.message) == (EtatLigneLot.FAIT, lots.SANS_REPONSE)
    assert {une.etat for une in lues.values()} == {EtatLigneLot.ANNULE}
