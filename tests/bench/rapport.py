"""Tells the measures as one table, and which aims are met."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.bench.campagne import Resultat
from tests.bench.mesure import Mesure
from tests.bench.pages import FICHE

TITRES = ("page", "dossiers", "ms CPU", "dont PG", "requêtes", "ko", "× nue", "× SQL", "× petit")
LIGNE = "{:<28} {:>8} {:>7} {:>8} {:>9} {:>6} {:>6} {:>6} {:>8}"


@dataclass(frozen=True)
class But:
    """An aim: a page reaches it when `lire(page, same page at the smallest size)` is at most `plafond`.

    `fiche`: the most of the sheet of an association, when it is not the same.
    """

    nom: str
    plafond: float
    lire: Callable[[Mesure, Mesure], float]
    fiche: float | None = None

    def bar(self, mesure: Mesure) -> float:
        """The most of that page."""
        return self.fiche if self.fiche is not None and mesure.page == FICHE else self.plafond


BUTS_DES_PAGES = (
    But("12 requêtes SQL au plus", 12, lambda mesure, _petit: mesure.requetes),
    But("100 ko de HTML au plus, 150 ko pour une association", 100_000, lambda mesure, _petit: mesure.octets, 150_000),
)
BUTS = (
    But(
        "25 ms de CPU au plus, PostgreSQL compris, 30 ms pour une association",
        25.0,
        lambda mesure, _petit: mesure.ms,
        30.0,
    ),
    *BUTS_DES_PAGES,
    But("pas plus de 1,3 fois la plus petite base", 1.3, lambda mesure, petit: mesure.ms / petit.ms),
)


def lines(resultats: list[Resultat]) -> Iterator[str]:
    """The table, page by page and size by size, then the verdict on each aim."""
    yield LIGNE.format(*TITRES)
    for paires in zip(*(resultat.pages for resultat in resultats), strict=True):
        for resultat, mesure in zip(resultats, paires, strict=True):
            yield _ligne(resultat, mesure, paires[0])
    yield ""
    for resultat in resultats:
        yield f"Vue Flask nue (100 ko de texte), base de {resultat.dossiers} dossiers : {resultat.nue:.2f} ms."
    yield "« × nue » : contre cette vue. « × SQL » : contre ses ordres par psycopg. « × petit » : contre la plus petite base."
    yield ""
    for but in BUTS:
        manques = misses(resultats, but)
        yield f"Non atteint : {but.nom} ({' ; '.join(manques)})." if manques else f"Atteint : {but.nom}."


def _ligne(resultat: Resultat, mesure: Mesure, petit: Mesure) -> str:
    return LIGNE.format(
        mesure.page,
        resultat.dossiers,
        f"{mesure.ms:.1f}",
        f"{mesure.ms_postgresql:.1f}",
        mesure.requetes,
        f"{mesure.octets / 1000:.0f}",
        f"{mesure.ms / resultat.nue:.0f}",
        f"{mesure.ms / mesure.ms_sql:.1f}",
        f"{mesure.ms / petit.ms:.2f}",
    )


def misses(resultats: list[Resultat], but: But) -> list[str]:
    """The pages that miss an aim, with their size and figure."""
    return [
        f"{mesure.page}, {resultat.dossiers} : {but.lire(mesure, petit):.4g}"
        for resultat in resultats
        for mesure, petit in zip(resultat.pages, resultats[0].pages, strict=True)
        if but.lire(mesure, petit) > but.bar(mesure)
    ]
