"""What the workers of these tests share: work until nothing waits, or stand still at a chosen point of the n-th line."""

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import sleep
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.services.moyens import Moyens, make_moyens

# Short, so that the lease of a killed worker ends during the test; a line here is far below.
BAIL = timedelta(seconds=1)
T = TypeVar("T")


class Arret:
    """Counts the acts, and stops for ever « before » one of them or « after » it, once written and not yet committed."""

    def __init__(self, rang: int, moment: str) -> None:
        self.reste, self.moment = rang, moment

    def passer(self, session: Session, acte: Callable[[], T]) -> T:
        """Do one act; what it answers."""
        self.reste -= 1
        self._arreter("before")
        reponse = acte()
        session.flush()
        self._arreter("after")
        return reponse

    def _arreter(self, moment: str) -> None:
        if self.moment == moment and self.reste == 0:
            sys.stdout.write("arrete\n")
            sys.stdout.flush()
            while True:
                sleep(60)


def travailler(faire: Callable[[Moyens], object], attend: Select[Any]) -> None:
    """Work while `attend` finds a row: `python -m … DATABASE FOLDER RANK before|after`, rank 0 never to stop."""
    dossier = Path(sys.argv[2])
    config = Config(
        mode="demo",
        database_url=sys.argv[1],
        secret_key="x" * 32,
        portal_url="http://portail.test",
        stockage_dossier=dossier,
        courriel_dossier=dossier,
    )
    moyens = make_moyens(config)
    while _reste(moyens, attend):
        faire(moyens)
        sleep(0.02)


def voulu() -> tuple[int, str]:
    """The rank and the point of the command line."""
    return int(sys.argv[3]), sys.argv[4]


def _reste(moyens: Moyens, attend: Select[Any]) -> bool:
    with moyens.fabrique() as session:
        return session.scalar(attend.limit(1)) is not None
