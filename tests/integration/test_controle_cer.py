"""Whatever happens to a signature behind the portal's back is named by `portal cer verifier`."""

import pytest
from sqlalchemy.orm import Session

from portal.services.moyens import Moyens
from tests.campagnes.cer import campagne
from tests.campagnes.cer.monde import Monde, batir


@pytest.fixture
def monde(session: Session, moyens: Moyens) -> Monde:
    """Twelve signatures of five days."""
    return batir(session, moyens)


def test_nothing_that_happens_to_a_signature_goes_unseen(monde: Monde) -> None:
    assert not campagne.faults(monde.session)
    bilan = campagne.run(monde, part=10)
    assert bilan.inapercues == []
    assert bilan.faites.total() >= 130
    assert not campagne.faults(monde.session)
