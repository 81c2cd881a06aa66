"""The two long jobs of workbooks, by a real worker on a filled base: what they cost, and what the web then costs.

The import: 100,000 lines staged with their verdicts, beside openpyxl's read-only parse of the same file. The export: 100,000
dossiers of the queue, beside openpyxl's bare write-only writing of the same cells. Then pages are asked for at 10 requests a
second (cadence.py) while such a job runs, and while none does, in turns: windows of the same length, whose medians are told.
"""

import secrets
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from statistics import median

import psycopg
from openpyxl import Workbook, load_workbook
from sqlalchemy.orm import Session

from integrations.postgresql.ephemere import grappe_ephemere
from portal.cli.worker import conninfo
from portal.documents.ecriture import XLSX
from portal.models.connexion import User
from portal.models.documents import Document, Fichier
from portal.models.imports import LotImport
from portal.permissions import Acteur
from portal.queries.connexion import acteur_of
from portal.services import commandes_exports, connexion, imports
from portal.services.fichiers import keep, read_bytes, store_file
from portal.vocabulaire import EtatDocument
from portal.vocabulaire_file import ColonneFile
from portal.vocabulaire_imports import EtatImport, FormatExport, GenreImport
from tests.bench import classeurs
from tests.bench.cadence import PAR_SECONDE, latencies, p95
from tests.bench.campagne import prepare
from tests.bench.exports import MEMOIRE, PLAFOND
from tests.bench.pages import AGENT, FICHE, list_pages
from tests.bench.portail import Portail, serve
from tests.bench.surveillance import Surveillance

# A quarter of the dossiers are those of the service that exports them.
DOSSIERS, LIGNES, FENETRES = 400_000, 100_000, 5
PETIT = (2_000, 2_000, 1)
PAGES_AU_PLUS = 1.2
# What an agent opens all day.
ACCUEIL = "/"
PAGES = (
    "file", "onglet a_decider", "tri -montant", "recherche mot rare", "recherche association", "dossier DS",
    "dossier natif", "dossier natif, demande", "dossier DS, historique", FICHE,
)  # fmt: skip
REGARD, PATIENCE, SECONDES_D_ECHAUFFEMENT = 0.1, 600.0, 10.0


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Of each window, the p95 in milliseconds."""

    sans: tuple[float, ...]
    avec: tuple[float, ...]

    @property
    def rapport(self) -> float:
        """How many times longer they take while the job runs."""
        return median(self.avec) / median(self.sans)


@dataclass(frozen=True, kw_only=True)
class Travail:
    """A job alone (seconds, mebibytes of the worker and its children, part of its CPU at nice 10), then beside pages."""

    lignes: int
    cellules: int
    openpyxl: float
    portail: float
    memoire: float
    au_repos: float
    part_douce: float
    pages: Pages

    @property
    def rapport(self) -> float:
        """How many times openpyxl alone the job takes."""
        return self.portail / self.openpyxl


def measure(
    dire: Callable[[str], None], dossiers: int = DOSSIERS, lignes: int = LIGNES, fenetres: int = FENETRES
) -> tuple[Travail, Travail]:
    """The import, then the export."""
    with grappe_ephemere() as grappe, tempfile.TemporaryDirectory() as lieu:
        base, dossier = prepare(grappe, dossiers, dire), Path(lieu)
        chemin = dossier / "demandes.xlsx"
        classeurs.write(chemin, lignes)
        with psycopg.connect(conninfo(base), autocommit=True) as temoin:
            temoin.execute("TRUNCATE association_a_recouper")  # else the worker would look at them meanwhile
            connues = dict(list_pages(temoin))
        with serve(base, dossier) as portail:
            banc = _Banc(portail, (ACCUEIL, *(connues[nom] for nom in PAGES)), fenetres)
            banc.repos(SECONDES_D_ECHAUFFEMENT)
            dire("Import d’un classeur par le worker…")
            lecture = banc.mesurer(lambda: _import(portail, chemin), lambda _lot: _parse(chemin))
            dire("Export de la file par le worker…")
            ecriture = banc.mesurer(lambda: _export(portail), lambda document: _write_bare(portail, document, dossier))
    return lecture, ecriture


@dataclass(frozen=True)
class _Banc:
    """A portal that is served, the pages asked for, and how many windows of each kind."""

    portail: Portail
    adresses: Sequence[str]
    fenetres: int

    def mesurer(self, faire: Callable[[], int], nu: Callable[[int], tuple[float, int, int]]) -> Travail:
        """A job that returns the number of what it made; `nu`, of that: seconds, lines and cells of openpyxl alone."""
        with Surveillance(self.portail.worker) as surveillance:
            debut = time.perf_counter()
            fait = faire()
            duree = time.perf_counter() - debut
        openpyxl, lignes, cellules = nu(fait)
        fenetres = [self._deux_fenetres(faire) for _ in range(self.fenetres)]
        sans, avec = zip(*fenetres, strict=True)
        return Travail(
            lignes=lignes,
            cellules=cellules,
            openpyxl=openpyxl,
            portail=duree,
            memoire=surveillance.memoire,
            au_repos=surveillance.au_repos,
            part_douce=surveillance.part_douce,
            pages=Pages(sans=sans, avec=avec),
        )

    def repos(self, secondes: float) -> float:
        """The p95 of the pages during that time, while nothing else is asked for."""
        fin = time.perf_counter() + secondes
        return p95(latencies(self.portail, self.adresses, lambda: time.perf_counter() < fin))

    def _deux_fenetres(self, faire: Callable[[], int]) -> tuple[float, float]:
        """The p95 without the job, for as long as it takes, and with it."""
        with ThreadPoolExecutor(1) as fil:
            debut = time.perf_counter()
            travail = fil.submit(faire)
            avec = p95(latencies(self.portail, self.adresses, lambda: not travail.done()))
            travail.result()
        return self.repos(time.perf_counter() - debut), avec


def _import(portail: Portail, chemin: Path) -> int:
    """Deposit the workbook as its page does, and wait until its lines are staged; the number of the import."""
    moyens = portail.moyens
    valeurs = store_file(moyens.stockage, chemin, XLSX)
    with moyens.fabrique.begin() as session:
        fichier, _ = keep(session, valeurs)
        lot = imports.deposit(
            session,
            by=_agent(session),
            fichier=fichier,
            nom=chemin.name,
            cle=secrets.token_hex(16),
            genre=GenreImport.DEMANDES,
        )
    return _await(portail, LotImport, lot.id, EtatImport.A_LIRE, EtatImport.LU)


def _export(portail: Portail) -> int:
    """Order every column of the whole queue as its page does, and wait for the file; the number of the document."""
    with portail.moyens.fabrique.begin() as session:
        document = commandes_exports.order_queue(
            session,
            by=_agent(session),
            filtre={"onglet": "tous"},
            colonnes=list(ColonneFile),
            forme=FormatExport.XLSX,
        )
    return _await(portail, Document, document.id, EtatDocument.A_PRODUIRE, EtatDocument.PRET)


def _agent(session: Session) -> Acteur:
    acteur = acteur_of(session, connexion.open_session(session, session.get_one(User, AGENT)))
    assert acteur is not None
    return acteur


def _await(portail: Portail, genre: type[LotImport | Document], ident: int, attente: StrEnum, fini: StrEnum) -> int:
    limite = time.monotonic() + PATIENCE
    while time.monotonic() < limite:
        with portail.moyens.fabrique() as session:
            etat = session.get_one(genre, ident).etat
        if etat != attente:
            assert etat == fini, etat
            return ident
        time.sleep(REGARD)
    raise AssertionError("the worker does not end")


def _parse(chemin: Path) -> tuple[float, int, int]:
    debut = time.perf_counter()
    livre = load_workbook(chemin, read_only=True)
    lues = sum(1 for _ in livre.worksheets[0].iter_rows(values_only=True))
    livre.close()
    return time.perf_counter() - debut, lues - 1, len(classeurs.TITRES)


def _write_bare(portail: Portail, document_id: int, dossier: Path) -> tuple[float, int, int]:
    """The cells of an export, written again by openpyxl alone."""
    with portail.moyens.fabrique() as session:
        fichier = session.get_one(Fichier, session.get_one(Document, document_id).fichier_id)
    livre = load_workbook(BytesIO(read_bytes(portail.moyens.stockage, fichier)), read_only=True)
    rangees = list(livre.worksheets[0].iter_rows(values_only=True))
    debut = time.perf_counter()
    neuf = Workbook(write_only=True)
    page = neuf.create_sheet("Dossiers")
    for rangee in rangees:
        page.append(rangee)
    neuf.save(dossier / "nu.xlsx")
    return time.perf_counter() - debut, len(rangees) - 1, len(rangees[0])


def tell(lecture: Travail, ecriture: Travail) -> Iterator[str]:
    """What they cost and what the pages cost meanwhile, then the aims that are met and those that are not."""
    yield f"Import de {_cout(lecture)} (worker et enfant), {lecture.part_douce:.0%} de son CPU à nice 10."
    yield from _pages("l’import", lecture.pages)
    yield f"Export de {_cout(ecriture)}, {ecriture.part_douce:.0%} de son CPU à nice 10."
    yield from _pages("l’export", ecriture.pages)
    buts = (
        (f"import en {classeurs.PLAFOND:g} fois openpyxl au plus", lecture.rapport <= classeurs.PLAFOND),
        (f"export en {PLAFOND:g} fois openpyxl nu au plus", ecriture.rapport <= PLAFOND),
        (f"export qui ajoute moins de {MEMOIRE:g} Mio au worker", ecriture.memoire - ecriture.au_repos < MEMOIRE),
        ("pages pendant l’import, 20 % de plus au p95", lecture.pages.rapport <= PAGES_AU_PLUS),
        ("pages pendant l’export, 20 % de plus au p95", ecriture.pages.rapport <= PAGES_AU_PLUS),
    )
    for nom, atteint in buts:
        yield f"{'Atteint' if atteint else 'Non atteint'}\u00a0: {nom}."


def _cout(travail: Travail) -> str:
    return (
        f"{travail.lignes} lignes de {travail.cellules} cellules par le worker\u00a0: openpyxl {travail.openpyxl:.1f} s, "
        f"portail {travail.portail:.1f} s (rapport {travail.rapport:.2f}), {travail.memoire:.0f} Mio "
        f"dont {travail.au_repos:.0f} au repos"
    )


def _pages(nom: str, pages: Pages) -> Iterator[str]:
    yield f"  pages à {PAR_SECONDE} requêtes par seconde, p95 sans {nom}\u00a0: {_fenetres(pages.sans)}"
    yield f"  pages à {PAR_SECONDE} requêtes par seconde, p95 avec {nom}\u00a0: {_fenetres(pages.avec)}"
    yield f"  rapport des médianes\u00a0: {pages.rapport:.2f}"


def _fenetres(p95s: Sequence[float]) -> str:
    return f"{median(p95s):.0f} ms (fenêtres\u00a0: {', '.join(f'{une:.0f}' for une in p95s)})"
