"""A program that copies the files of DS, and stands still at a chosen point of the n-th file until it is killed.

`python -m tests.integration.ds.copieur DATABASE DS TOKEN STORAGE RANK asking|downloaded|stored` (rank 0: never; it then ends by
itself)
"""

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import sleep

from sqlalchemy import select

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.types import FichierDS as FichierRecu
from integrations.stockage.dossier import StockageDossier
from portal.config import Config
from portal.models.fichiers_ds import FichierDS
from portal.services.fichiers_ds import copies, prises
from portal.services.moyens import Moyens, make_moyens
from portal.vocabulaire_ds import EtatFichierDS


class Arret:
    """Stands still for ever the n-th time that one moment comes."""

    def __init__(self, rang: int, moment: str) -> None:
        self._reste, self._moment = rang, moment

    def ici(self, moment: str) -> None:
        """Say where the program is."""
        self._reste -= moment == self._moment
        if moment == self._moment and self._reste == 0:
            sys.stdout.write("arrete\n")
            sys.stdout.flush()
            while True:
                sleep(60)


class ClientArrete(ClientDS):
    """The real client, which may stop before it asks for addresses, or once it holds the bytes."""

    arret: Arret

    def lire_fichiers(self, number: int) -> tuple[FichierRecu, ...]:
        self.arret.ici("asking")
        return super().lire_fichiers(number)

    def telecharger(self, url: str, *, maximum: int) -> bytes:
        octets = super().telecharger(url, maximum=maximum)
        self.arret.ici("downloaded")
        return octets


class StockageArrete(StockageDossier):
    """The real storage, which may stop once the bytes are on the disk."""

    arret: Arret

    def ecrire(self, cle: str, octets: bytes) -> None:
        super().ecrire(cle, octets)
        self.arret.ici("stored")


def main(base: str, url: str, jeton: str, racine: Path, arret: Arret) -> None:
    """Copy until nothing waits, or until killed."""
    # A killed worker's files are taken up at once; a local exchange is far below.
    prises.BAIL = timedelta(seconds=0.5)
    config = Config(
        mode="demo",
        database_url=base,
        secret_key="x" * 32,
        portal_url="http://portail.test",
        stockage_dossier=racine,
        courriel_dossier=racine,
    )
    ds, stockage = ClientArrete(url, jeton, tentatives=1), StockageArrete(racine)
    ds.arret = stockage.arret = arret
    moyens = replace(make_moyens(config), ds=ds, stockage=stockage)
    while _reste(moyens):
        copies.copy_due(moyens)
        sleep(0.05)


def _reste(moyens: Moyens) -> bool:
    with moyens.fabrique() as session:
        attendus = select(FichierDS.id).where(FichierDS.etat == EtatFichierDS.ATTENDU)
        return session.scalar(attendus.limit(1)) is not None


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]), Arret(int(sys.argv[5]), sys.argv[6]))
