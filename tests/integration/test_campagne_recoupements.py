"""A tenth of the campaign of cross-checks, with its bars."""

from sqlalchemy.orm import Session

from tests.campagnes.recoupements.campagne import Bilan, run


def test_planted_duplicates_are_found_and_cofundings_are_not_taken_for_them(session: Session) -> None:
    bilan = run(session, Bilan(), graine=201, associations=60)
    assert bilan.manques == [], bilan.exemples
    assert all(signales == 0 for _, signales in bilan.pieges.values()), bilan.pieges
