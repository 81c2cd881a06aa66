"""Counts the reads that a page makes."""

from sqlalchemy import event

from portal.db import Fabrique
from tests.client import ClientStrict


def compter(client: ClientStrict, fabrique: Fabrique, adresse: str) -> int:
    """Number of SELECTs behind a GET that succeeds."""
    lues: list[str] = []

    def noter(_connexion: object, _curseur: object, ordre: str, *_reste: object) -> None:
        if ordre.lstrip().startswith("SELECT"):
            lues.append(ordre)

    moteur = fabrique.kw["bind"].engine
    event.listen(moteur, "before_cursor_execute", noter)
    try:
        assert client.get(adresse).status_code == 200
    finally:
        event.remove(moteur, "before_cursor_execute", noter)
    return len(lues)
