"""The pages of an agent keep the aims that no machine changes: few statements, small pages."""

import pytest

from tests.bench import travaux
from tests.bench.campagne import Resultat, run
from tests.bench.rapport import BUTS_DES_PAGES, But, lines, misses


@pytest.fixture(scope="module")
def resultats() -> list[Resultat]:
    """The bench on a small base, one request a page."""
    return run((2_000,), tours=1, essais=1, dire=lambda _phrase: None)


@pytest.mark.parametrize("but", BUTS_DES_PAGES, ids=lambda but: but.nom)
def test_pages_of_an_agent_reach_the_aim(resultats: list[Resultat], but: But) -> None:
    assert not misses(resultats, but)


def test_the_report_tells_each_page_and_each_aim(resultats: list[Resultat]) -> None:
    rapport = "\n".join(lines(resultats))
    assert all(mesure.page in rapport for mesure in resultats[0].pages)
    assert "Atteint : 12 requêtes SQL au plus." in rapport


def test_the_jobs_of_workbooks_are_measured_beside_the_pages_that_a_real_portal_serves() -> None:
    lecture, ecriture = travaux.measure(lambda _phrase: None, *travaux.PETIT)
    rapport = "\n".join(travaux.tell(lecture, ecriture)).replace("\u00a0", " ")
    assert (lecture.lignes, ecriture.lignes) == (2_000, 514)
    assert ecriture.part_douce > 0  # what writes the rows gives way to the pages
    assert "p95 sans l’import : " in rapport
    assert "p95 avec l’export : " in rapport
