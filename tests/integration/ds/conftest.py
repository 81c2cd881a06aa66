"""A DS simulator over real HTTP, a client that counts what it asks, and a portal that follows one démarche of it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.errors import DSIndisponible
from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE
from integrations.demarches_simplifiees.simulator.serveur import Simulateur, demarrer
from integrations.demarches_simplifiees.types import Page
from portal.config import Config
from portal.db import Fabrique
from portal.models.connexion import User
from portal.models.demarches import Demarche
from portal.services import synchronisation
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire import Source
from tests.factories import Fabriques
from tests.integration.ds.poussee import MEMBRE, entrer

Json = dict[str, Any]
INSTANCE = "127.0.0.1"


class ClientCompteur(ClientDS):
    """The real client; it counts what it asks for and what it gets whole, and may meet an outage or an unforeseen answer."""

    fenetres = 0
    seuls = 0
    entiers = 0
    panne_apres: int | None = None
    deformer: Callable[[Json], Json] | None = None

    def page_dossiers(
        self, demarche: int, *, apres: str | None, premiers: int = 50, depuis: datetime | None
    ) -> Page[Json]:
        if self.panne_apres is not None and self.fenetres >= self.panne_apres:
            raise DSIndisponible("Démarches Simplifiées est momentanément indisponible : l’échange sera repris.")
        self.fenetres += 1
        page = super().page_dossiers(demarche, apres=apres, premiers=premiers, depuis=depuis)
        self.entiers += len(page.elements)
        return replace(page, elements=tuple(self._deforme(un) for un in page.elements))

    def lire_dossier(self, number: int) -> Json:
        self.seuls += 1
        self.entiers += 1
        return self._deforme(super().lire_dossier(number))

    def _deforme(self, raw: Json) -> Json:
        return self.deformer(raw) if self.deformer else raw

    def oublier(self) -> None:
        """Count from nothing again."""
        self.fenetres = self.seuls = self.entiers = 0


@pytest.fixture
def simulateur() -> Iterator[Simulateur]:
    """Twelve generated dossiers of one démarche, in two groups."""
    with demarrer(dossiers=12) as ouvert:
        yield ouvert


@pytest.fixture
def ds(simulateur: Simulateur) -> Iterator[ClientCompteur]:
    """The client of the portal under test."""
    with client(simulateur) as ouvert:
        yield ouvert


def client(simulateur: Simulateur, *, jeton: str | None = None) -> ClientCompteur:
    """A client of that simulator, which never waits before it gives up."""
    return ClientCompteur(simulateur.url, jeton or simulateur.jeton, delai_lecture=5.0, tentatives=1)


def brancher(config: Config, simulateur: Simulateur) -> Config:
    """The configuration of a portal that follows the simulated démarche."""
    return replace(config, ds_url=simulateur.url, ds_token=simulateur.jeton, ds_demarches=(DEMARCHE,))


@pytest.fixture
def moyens(config: Config, simulateur: Simulateur, ds: ClientCompteur, fabrique: Fabrique) -> Moyens:
    """The means of the application under test, DS included."""
    return replace(make_moyens(brancher(config, simulateur), fabrique=fabrique), ds=ds)


@pytest.fixture
def demarche(creer: Fabriques) -> Demarche:
    """The démarche, given to a service."""
    return creer.demarche(
        source=Source.DS, instance=INSTANCE, ds_number=DEMARCHE, exercice=None, titre="Démarche suivie"
    )


@pytest.fixture
def agent(session: Session, creer: Fabriques, moyens: Moyens, demarche: Demarche, simulateur: Simulateur) -> User:
    """An agent of the owner service, whom DS knows in every group. The dossiers are already here."""
    entrer(simulateur)
    agent = creer.agent(demarche.service, email=MEMBRE["email"])
    session.commit()
    assert synchronisation.sync(moyens, DEMARCHE).erreur == ""
    return agent


def modifier(simulateur: Simulateur, number: int, **valeurs: object) -> None:
    """Change a dossier at DS, as its usager or an instructeur does."""
    with simulateur.donnees.verrou:
        fiche = simulateur.donnees.dossiers[number]
        fiche.contenu.update(valeurs)
        simulateur.donnees.toucher(fiche)


def repondre(simulateur: Simulateur, number: int, libelle: str, **valeurs: object) -> None:
    """Change the answer to one question of a dossier at DS."""
    champs = [dict(champ) for champ in simulateur.donnees.dossiers[number].contenu["champs"]]
    trouve = next(champ for champ in champs if champ["label"] == libelle)
    trouve.update(valeurs)
    modifier(simulateur, number, champs=champs)
