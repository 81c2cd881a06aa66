"""What a pull costs: a first one, then one where nothing has changed, from the simulator run as a process of its own.

CPU of the client is this process's, threads included; that of PostgreSQL is of all its processes (/proc/<pid>/schedstat, and the
ended children of the postmaster). The reference is to fetch the same pages and to read each dossier whole, storing none. Sizes
and references take turns, and the least is kept: neighbours only ever add.
"""

import gc
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import psycopg
from alembic import command
from sqlalchemy import select

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.parsing import lire
from integrations.postgresql.ephemere import grappe_ephemere
from integrations.postgresql.grappe import Grappe
from portal.cli.base import config_alembic
from portal.config import Config
from portal.db import Fabrique, make_engine, make_fabrique
from portal.models.demarches import Demarche
from portal.models.services import Service
from portal.services import synchronisation
from portal.services.moyens import make_moyens
from portal.services.ramasse_miettes import spare_collector
from portal.services.synchronisation import rangement
from portal.vocabulaire import Source, TypeService
from portal.vocabulaire_ds import GenreRun
from tests.bench.mesure import TIC
from tests.requetes import ordres

DEMARCHE, INSTANCE, JETON = 4501, "127.0.0.1", "jeton-de-demonstration"
PAR_PAGE = 50
SANS_PAGE = "http://{}:{}/"


@dataclass(frozen=True, kw_only=True)
class Tirage:
    """The measures of one size: dossiers per second, then CPU ms per dossier, then statements of a page of 50 new ones."""

    dossiers: int
    par_seconde: float
    inchanges_par_seconde: float
    reference: float
    client: float
    postgresql: float
    ordres: int

    @property
    def rapport(self) -> float:
        """CPU of a first pull, client and PostgreSQL, against that of fetching and parsing alone."""
        return (self.client + self.postgresql) / self.reference

    def mieux(self, autre: "Tirage") -> "Tirage":
        """The lesser costs of two measures of the same size."""
        return replace(
            self,
            par_seconde=max(self.par_seconde, autre.par_seconde),
            inchanges_par_seconde=max(self.inchanges_par_seconde, autre.inchanges_par_seconde),
            reference=min(self.reference, autre.reference),
            client=min(self.client, autre.client),
            postgresql=min(self.postgresql, autre.postgresql),
        )


def pulls(tailles: tuple[int, ...], *, tours: int, dire: Callable[[str], None]) -> list[Tirage]:
    """One throwaway server for all sizes."""
    spare_collector()
    with grappe_ephemere() as grappe, tempfile.TemporaryDirectory() as dossier:
        tirages = []
        for taille in tailles:
            dire(f"Tirage : {taille} dossiers, {tours} fois…")
            tirages.append(pull(grappe, Path(dossier), taille, tours=tours))
        return tirages


def pull(grappe: Grappe, dossier: Path, taille: int, *, tours: int) -> Tirage:
    """Measure `tours` first pulls of `taille` dossiers, each into a database of its own."""
    with _simulateur(taille) as url:
        tirages = [_tour(grappe, dossier, url, taille, tour) for tour in range(tours)]
    meilleur = tirages[0]
    for autre in tirages[1:]:
        meilleur = meilleur.mieux(autre)
    return meilleur


def _tour(grappe: Grappe, dossier: Path, url: str, taille: int, tour: int) -> Tirage:
    base = f"tirage_{taille}_{tour}"
    grappe.creer_base(base)
    command.upgrade(config_alembic(grappe.url(base)), "head")
    moteur = make_engine(grappe.url(base), delai_requete_ms=60_000)
    fabrique, postmaster = make_fabrique(moteur), int((grappe.donnees / "postmaster.pid").read_text().split()[0])
    with closing(_Client(url)) as reference:
        cout, _, _ = _mesurer(reference.lire_tout, postmaster)
    config = _config(dossier, grappe.url(base), url)
    moyens = make_moyens(config, fabrique=fabrique)
    _attacher(fabrique)
    client, postgresql, duree = _mesurer(lambda: _passer(moyens, GenreRun.COURANT), postmaster)
    _, _, encore = _mesurer(lambda: _passer(moyens, GenreRun.COMPLET), postmaster)
    envoyes = _ordres_d_une_page(fabrique, url)
    moteur.dispose()
    return Tirage(
        dossiers=taille,
        par_seconde=taille / duree,
        inchanges_par_seconde=taille / encore,
        reference=1000 * cout / taille,
        client=1000 * client / taille,
        postgresql=1000 * postgresql / taille,
        ordres=envoyes,
    )


class _Client(ClientDS):
    """The client, that can also walk everything and keep nothing."""

    def __init__(self, url: str) -> None:
        super().__init__(url, JETON)

    def close(self) -> None:
        self.fermer()

    def lire_tout(self) -> None:
        depuis, apres, suite = self.lire_demarche(DEMARCHE).date_creation, None, True
        while suite:
            page = self.page_dossiers(DEMARCHE, apres=apres, premiers=PAR_PAGE, depuis=depuis)
            for raw in page.elements:
                lire(raw)
            apres, suite = page.curseur_fin, page.suite


def _passer(moyens: Any, genre: GenreRun) -> None:
    run = synchronisation.sync(moyens, DEMARCHE, genre=genre, suppressions_aussi=False)
    assert not run.erreur, run.erreur
    assert not run.en_quarantaine


def _mesurer(faire: Callable[[], object], postmaster: int) -> tuple[float, float, float]:
    """Seconds of CPU of this process, of PostgreSQL, and seconds elapsed."""
    gc.collect()
    base, debut, depart = _cpu_de_la_grappe(postmaster), time.process_time(), time.perf_counter()
    faire()
    duree, client = time.perf_counter() - depart, time.process_time() - debut
    return client, _cpu_de_la_grappe(postmaster) - base, duree


def _cpu_de_la_grappe(postmaster: int) -> float:
    """Seconds of CPU taken so far by every process of the server, living or ended."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            champs = stat.read_text().rpartition(")")[2].split()
            vivant = int((stat.parent / "schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(champs[1]) == postmaster:
            total += vivant / 1e9
        if stat.parent.name == str(postmaster):
            total += vivant / 1e9 + (int(champs[13]) + int(champs[14])) / TIC
    return total


def _ordres_d_une_page(fabrique: Fabrique, url: str) -> int:
    """Statements sent to store fifty dossiers as if they were new, beside all the others."""
    with closing(_Client(url)) as ds, fabrique() as session:
        raws = ds.page_dossiers(DEMARCHE, apres=None, premiers=PAR_PAGE, depuis=None).elements
        demarche = Demarche(
            source=Source.DS,
            instance="autre",
            ds_number=DEMARCHE,
            titre="",
            service_id=session.scalars(select(Service.id)).one(),
        )
        session.add(demarche)
        session.flush()
        # SQLAlchemy types it as the connection of any driver
        connexion: psycopg.Connection[Any] = session.connection().connection.driver_connection  # type: ignore[assignment]
        with ordres(connexion) as envoyes:
            rangement.store_all(session, demarche, raws, lu_at=demarche.created_at)
        session.rollback()
        return len(envoyes)


def _attacher(fabrique: Fabrique) -> None:
    with fabrique.begin() as session:
        service = Service(sigle="BANC", nom="Banc", type=TypeService.DDETS)
        session.add(service)
        session.flush()
        session.add(Demarche(source=Source.DS, instance=INSTANCE, ds_number=DEMARCHE, titre="", service_id=service.id))


def _config(dossier: Path, base: str, url: str) -> Config:
    return Config(
        mode="demo",
        database_url=base,
        secret_key="secret-du-banc-" + "x" * 32,
        portal_url="http://portail.test",
        stockage_dossier=dossier / "fichiers",
        courriel_dossier=dossier / "courriels",
        ds_url=url,
        ds_token=JETON,
        ds_demarches=(DEMARCHE,),
        ds_requetes_par_minute=0,
    )


@contextmanager
def _simulateur(dossiers: int) -> Iterator[str]:
    """A simulator in a process of its own, ended with the block."""
    with socket.create_server((INSTANCE, 0)) as libre:
        port = libre.getsockname()[1]
    portal = Path(sys.executable).with_name("portal")
    ordre = [str(portal), "ds", "simulate", "--port", str(port), "--dossiers", str(dossiers)]
    with subprocess.Popen(ordre, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as processus:
        try:
            _attendre(SANS_PAGE.format(INSTANCE, port), processus)
            yield f"http://{INSTANCE}:{port}/api/v2/graphql"
        finally:
            processus.terminate()


def _attendre(adresse: str, processus: subprocess.Popen[bytes]) -> None:
    """Return once it answers, whatever it answers."""
    for _ in range(600):
        assert processus.poll() is None, "the simulator has stopped"
        try:
            httpx.get(adresse, timeout=1)
        except httpx.TransportError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the simulator does not answer")


def tell(tirages: list[Tirage]) -> Iterator[str]:
    """The measures as sentences, with the aims that are met and those that are not."""
    for un in tirages:
        yield f"Tirage de {un.dossiers} dossiers :"
        yield f"  premier tirage : {un.par_seconde:.0f} dossiers/s ; rien de changé : {un.inchanges_par_seconde:.0f} dossiers/s"
        yield (
            f"  CPU par dossier : lire sans ranger {un.reference:.2f} ms ; client {un.client:.2f} ms"
            f" + PostgreSQL {un.postgresql:.2f} ms, soit {un.rapport:.2f} fois"
        )
        yield f"  ordres SQL d’une page de {PAR_PAGE} nouveaux dossiers : {un.ordres}"
    # a small pull is mostly the start of the process: the largest one tells what a dossier costs
    grand = max(tirages, key=lambda un: un.dossiers)
    buts = (
        ("300 dossiers/s au premier tirage", grand.par_seconde >= 300),
        ("1 500 dossiers/s quand rien ne change", grand.inchanges_par_seconde >= 1500),
        ("1,5 fois le CPU de la lecture seule", grand.rapport <= 1.5),
        ("autant d’ordres quel que soit le nombre de dossiers", len({un.ordres for un in tirages}) == 1),
    )
    for nom, atteint in buts:
        yield f"{'Atteint' if atteint else 'Non atteint'} : {nom}."
