"""A program that sends what the outbox owes, and stands still before or after the n-th letter until it is killed.

`python -m tests.integration.envoyeur URL FOLDER LETTER avant|apres`
"""

import sys
from pathlib import Path
from time import sleep

from integrations.courriel.api import Lettre
from integrations.courriel.dossier import BoiteDemonstration
from portal.config import Config
from portal.db import make_engine, make_fabrique
from portal.services import courriels
from portal.services.moyens import Moyens, make_moyens


class MessagerieArretee:
    """The demonstration's mailbox, which stops for ever at one letter."""

    def __init__(self, dossier: Path, rang: int, moment: str) -> None:
        self._boite = BoiteDemonstration(dossier)
        self._reste = rang
        self._moment = moment

    def envoyer(self, lettre: Lettre) -> None:
        """Hand over, and stop before or after the chosen letter."""
        self._reste -= 1
        if self._reste == 0 and self._moment == "avant":
            self._attendre_la_mort()
        self._boite.envoyer(lettre)
        if self._reste == 0 and self._moment == "apres":
            self._attendre_la_mort()

    def _attendre_la_mort(self) -> None:
        sys.stdout.write("arrete\n")
        sys.stdout.flush()
        while True:
            sleep(60)


def principal(url: str, dossier: Path, rang: int, moment: str) -> None:
    """Send until nothing is due, or until killed."""
    config = Config(
        mode="demo",
        database_url=url,
        secret_key="x" * 32,
        portal_url="http://portail.test",
        stockage_dossier=dossier,
        courriel_dossier=dossier,
    )
    moyens = make_moyens(config, fabrique=make_fabrique(make_engine(url)))
    arretes = Moyens(**{**vars(moyens), "messagerie": MessagerieArretee(dossier, rang, moment)})
    while courriels.send_due(arretes):
        pass


if __name__ == "__main__":
    principal(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
