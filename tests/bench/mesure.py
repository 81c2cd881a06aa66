"""Measures pages in this process: CPU of the application and of PostgreSQL, statements, bytes.

CPU of the application is `time.process_time` around the requests of Flask's test client (its own work is counted too, for the
bare view as for the pages). CPU of PostgreSQL is that of the backends that serve the database, read in /proc/<pid>/schedstat
(nanoseconds), plus that of the parallel workers that have ended (children of the postmaster, /proc/<pid>/stat). Elapsed time is
not measured: it says more of the neighbours than of the page. CPU suffers from neighbours too (shared caches, frequency): each
page is measured in several rounds, at each size in turn, and the least is kept.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event

TIC = os.sysconf("SC_CLK_TCK")
ECHAUFFEMENT = 8


@dataclass(frozen=True, kw_only=True)
class Mesure:
    """One page: milliseconds of CPU per request, statements, bytes, and the ms of its statements alone through psycopg."""

    page: str
    ms: float
    ms_postgresql: float
    requetes: int
    octets: int
    ms_sql: float

    def moindre(self, autre: "Mesure") -> "Mesure":
        """The lesser of two measures of the same page."""
        meilleure = min(self, autre, key=lambda mesure: mesure.ms)
        return replace(meilleure, ms_sql=min(self.ms_sql, autre.ms_sql))


@dataclass
class Banc:
    """The application on a filled database, a logged-in browser, and the means to count.

    `temoin` is a connection of ours (autocommit), whose own CPU is left out.
    """

    app: Flask
    client: FlaskClient
    moteur: Engine
    temoin: psycopg.Connection[Any]
    postmaster: int
    essais: int

    def page(self, nom: str, adresse: str) -> Mesure:
        """Measure a page. AssertionError when it does not answer 200."""
        reponse = self.client.get(adresse)
        assert reponse.status_code == 200, f"{adresse}: {reponse.status_code}"
        with self._ordres_notes() as ordres:
            self.client.get(adresse)
        ms, ms_postgresql = self._cpu(lambda: self.client.get(adresse))
        return Mesure(
            page=nom,
            ms=ms,
            ms_postgresql=ms_postgresql,
            requetes=len(ordres),
            octets=len(reponse.data),
            ms_sql=self._sql(ordres),
        )

    def nue(self) -> float:
        """CPU ms of the least that Flask can do: a view that returns 100 kB of text, under the same configuration."""
        app = Flask("nue")
        app.config.update(self.app.config)
        texte = "x" * 100_000
        app.add_url_rule("/", "nue", lambda: texte)
        client = app.test_client()
        return self._cpu(lambda: client.get("/"))[0]

    def _sql(self, ordres: list[tuple[str, Any]]) -> float:
        """CPU ms of the same statements with the same values through psycopg, rows fetched; marks of reading are written too."""
        rejoues = [(ordre, valeurs) for ordre, valeurs in ordres if not ordre.startswith("SET TRANSACTION")]
        with psycopg.connect(self.temoin.info.dsn, autocommit=True) as connexion:

            def rejouer() -> None:
                with connexion.transaction(), connexion.cursor() as curseur:
                    for ordre, valeurs in rejoues:
                        curseur.execute(ordre, valeurs)
                        if curseur.description:
                            curseur.fetchall()

            return self._cpu(rejouer)[0]

    @contextmanager
    def _ordres_notes(self) -> Iterator[list[tuple[str, Any]]]:
        """Every statement sent meanwhile, with its values."""
        notes: list[tuple[str, Any]] = []

        def noter(_connexion: Any, _curseur: Any, ordre: str, valeurs: Any, *_reste: Any) -> None:
            notes.append((ordre, valeurs or None))

        event.listen(self.moteur, "before_cursor_execute", noter)
        try:
            yield notes
        finally:
            event.remove(self.moteur, "before_cursor_execute", noter)

    def _cpu(self, faire: Callable[[], object]) -> tuple[float, float]:
        """CPU ms per call, application and PostgreSQL together, then PostgreSQL alone."""
        for _ in range(min(ECHAUFFEMENT, self.essais)):
            faire()
        debut_base, debut = self._cpu_postgresql(), time.process_time()
        for _ in range(self.essais):
            faire()
        application = time.process_time() - debut
        base = self._cpu_postgresql() - debut_base
        return 1000 * (application + base) / self.essais, 1000 * base / self.essais

    def _cpu_postgresql(self) -> float:
        """Seconds of CPU taken so far by the living backends of this database and by the ended children of the postmaster."""
        vivants = self.temoin.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchall()
        nanosecondes = sum(_cpu_de(pid) for (pid,) in vivants)
        champs = Path(f"/proc/{self.postmaster}/stat").read_text().rpartition(")")[2].split()
        return nanosecondes / 1e9 + (int(champs[13]) + int(champs[14])) / TIC


def _cpu_de(pid: int) -> int:
    """Nanoseconds of CPU of a backend; nothing once it has ended, since the postmaster then counts it among its children."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    except (FileNotFoundError, ProcessLookupError):
        return 0
