"""A program that sends what we owe to DS, and stands still at a chosen point of the n-th mutation until it is killed.

The moments are « before » and « after » a mutation, « reading » and « depositing » (rank 0: never to stop). See arret.
"""

from dataclasses import replace
from pathlib import Path
from time import sleep
from typing import Any

from sqlalchemy import select

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.ordres import Mutation
from portal.config import Config
from portal.models.envois import EN_ATTENTE, OperationDS
from portal.services import envoi_ds
from portal.services.moyens import Moyens, make_moyens
from tests.integration.arret import figer

# Seconds: short, so that leases end during the test; a local exchange is far below.
DELAI_LECTURE = ATTENTE_AMBIGUE = 0.5


class ClientArrete(ClientDS):
    """The real client, which stops for ever at one point of one exchange."""

    reste = 0
    moment = ""

    def _muter(self, nom: str, variables: dict[str, Any]) -> Mutation:
        """Stop before a mutation leaves, or once DS has applied it and before anything is written here."""
        self.reste -= self.moment in {"before", "after"}
        self._arreter("before")
        resultat = super()._muter(nom, variables)
        self._arreter("after")
        return resultat

    def televerser(self, dossier_id: str, *, nom: str, type_mime: str, octets: bytes) -> str:
        """Stop once a file is deposited and nothing has named it yet."""
        depot = super().televerser(dossier_id, nom=nom, type_mime=type_mime, octets=octets)
        self.reste -= self.moment == "depositing"
        self._arreter("depositing")
        return depot

    def lire_dossier(self, number: int) -> dict[str, Any]:
        """Stop while a dossier is read back, or refreshed after a mutation."""
        self.reste -= self.moment == "reading"
        self._arreter("reading")
        return super().lire_dossier(number)

    def _arreter(self, moment: str) -> None:
        if self.moment == moment and self.reste == 0:
            figer()


def main(base: str, url: str, jeton: str, stockage: Path, rang: int, moment: str) -> None:
    """Send until nothing is owed, or until killed."""
    config = Config(
        mode="demo",
        database_url=base,
        secret_key="x" * 32,
        portal_url="http://portail.test",
        stockage_dossier=stockage,
        courriel_dossier=stockage,
        ds_delai_lecture=DELAI_LECTURE,
        ds_attente_ambigue=ATTENTE_AMBIGUE,
    )
    ds = ClientArrete(url, jeton, tentatives=1)
    ds.reste, ds.moment = rang, moment
    moyens = replace(make_moyens(config), ds=ds)
    while _reste_du(moyens):
        envoi_ds.run_due(moyens)
        sleep(0.01)


def _reste_du(moyens: Moyens) -> bool:
    with moyens.fabrique() as session:
        return session.scalar(select(OperationDS.id).where(OperationDS.etat.in_(EN_ATTENTE)).limit(1)) is not None
