"""Workers that stand still at a chosen point until they are killed, and then others that end the work.

They are born of one process that has imported the portal once: starting Python anew takes seconds each time.
"""

import multiprocessing
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from time import sleep
from typing import Any, TypeVar

from sqlalchemy import Select
from sqlalchemy.orm import Session

from portal.config import Config
from portal.services.moyens import Moyens, make_moyens

# Short, so that the lease of a killed worker ends during the test; a line here is far below.
BAIL = timedelta(seconds=1)
PATIENCE_SECONDES = 240.0
PEPINIERE = multiprocessing.get_context("forkserver")
PEPINIERE.set_forkserver_preload(["tests.integration.lotisseur", "tests.integration.ds.pousseur"])
T = TypeVar("T")
_annonce: list[Connection] = []


def tuer(travail: Callable[..., None], *arguments: object) -> None:
    """Start that work, wait until it stands still, and kill it as a power cut would."""
    ici, la_bas = PEPINIERE.Pipe(duplex=False)
    ouvrier = PEPINIERE.Process(target=_travailler, args=(travail, arguments, la_bas), daemon=True)
    ouvrier.start()
    la_bas.close()
    try:
        assert ici.poll(PATIENCE_SECONDES), f"{travail} never stood still"
        assert ici.recv(), f"{travail} ended before"
    finally:
        ouvrier.kill()
        ouvrier.join()
        ici.close()


def finir(travail: Callable[..., None], *arguments: object) -> None:
    """Let a worker end that work by itself."""
    ouvrier = PEPINIERE.Process(target=_travailler, args=(travail, arguments, None), daemon=True)
    ouvrier.start()
    ouvrier.join(PATIENCE_SECONDES)
    assert ouvrier.exitcode == 0


def figer() -> None:
    """Say that one stands still, and do so for ever."""
    _annonce[0].send(True)
    while True:
        sleep(60)


def _travailler(travail: Callable[..., None], arguments: tuple[object, ...], annonce: Connection | None) -> None:
    if annonce is not None:
        _annonce.append(annonce)
    travail(*arguments)


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
            figer()


def tant_que(attend: Select[Any], base: str, dossier: Path, faire: Callable[[Moyens], object]) -> None:
    """Work on that database while `attend` finds a row in it."""
    config = Config(
        mode="demo",
        database_url=base,
        secret_key="x" * 32,
        portal_url="http://portail.test",
        stockage_dossier=dossier,
        courriel_dossier=dossier,
    )
    moyens = make_moyens(config)
    while _reste(moyens, attend):
        faire(moyens)
        sleep(0.02)


def _reste(moyens: Moyens, attend: Select[Any]) -> bool:
    with moyens.fabrique() as session:
        return session.scalar(attend.limit(1)) is not None
