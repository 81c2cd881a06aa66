"""Measures the longest document, the cahier of 500 dossiers: its query, then its pages, made by a child as a worker's is."""

import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO

import pypdfium2

from integrations.postgresql.ephemere import grappe_ephemere
from portal.db import make_engine, make_fabrique
from portal.documents.atelier import Atelier
from portal.jobs.documents import DELAI_CAHIER, MEMOIRE_CAHIER
from portal.models.connexion import User
from portal.queries.connexion import acteur_of
from portal.queries.filtres_dossiers import FiltreDossiers
from portal.services import cahiers
from portal.services.connexion import open_session
from tests.bench.campagne import AGENT, prepare

BASE = 2_000
MIO = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Cahier:
    """Seconds, mebibytes. `cpu`: of the child that lays the pages out; `secondes`: of the clock, neighbours included."""

    requete: float
    secondes: float
    cpu: float
    memoire: float
    taille: float
    pages: int


def measure(dire: Callable[[str], None], *, base: int = BASE) -> Cahier:
    """The cahier of the first dossiers of a queue of a base of that size, made as the job makes it."""
    with grappe_ephemere() as grappe:
        moteur = make_engine(prepare(grappe, base, dire), reserve=1)
        dire("Mise en page du cahier…")
        debut = time.perf_counter()
        with make_fabrique(moteur)() as session:
            acteur = acteur_of(session, open_session(session, session.get_one(User, AGENT)))
            assert acteur is not None
            document = cahiers.order(session, by=acteur, filtre=FiltreDossiers())
            page, _ = cahiers.page(session, document)
        moteur.dispose()
        lu = time.perf_counter()
        avant = _cpu()
        with Atelier(delai=DELAI_CAHIER, memoire=MEMOIRE_CAHIER) as atelier:
            pdf = atelier.pdf(page, suivre=lambda _page: None)
        return Cahier(
            requete=lu - debut,
            secondes=time.perf_counter() - lu,
            cpu=_cpu() - avant,
            memoire=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
            taille=len(pdf) / MIO,
            pages=len(pypdfium2.PdfDocument(BytesIO(pdf))),
        )


def tell(cahier: Cahier) -> Iterator[str]:
    """What it costs, beside what the job allows."""
    yield (
        f"Cahier de {cahier.pages} pages ({cahier.taille:.1f} Mio) : lecture {cahier.requete:.1f} s, mise en page "
        f"{cahier.secondes:.0f} s ({cahier.cpu:.0f} s de CPU), {cahier.memoire:.0f} Mio au plus."
    )
    yield f"Permis : {DELAI_CAHIER:.0f} s, {MEMOIRE_CAHIER // MIO} Mio."


def _cpu() -> float:
    """Seconds of the children that have ended."""
    finis = resource.getrusage(resource.RUSAGE_CHILDREN)
    return finis.ru_utime + finis.ru_stime
