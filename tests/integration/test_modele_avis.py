"""A seeded part of `make campagne-avis`: the portal and the reference model say the same of who asks, answers and reads."""

from collections import Counter

from sqlalchemy.orm import Session

from tests.campagnes.avis.lieu import lieu
from tests.campagnes.avis.machine import jouer
from tests.factories import Fabriques

GRAINE = 20261123
PAS = 600


def test_whatever_happens_to_requests_of_avis_the_portal_and_the_reference_agree(
    session: Session, creer: Fabriques
) -> None:
    comptes = Counter[tuple[str, bool]]()
    assert jouer(lieu(session, creer), pas=PAS, graine=GRAINE, comptes=comptes) == ""
    assert sum(comptes.values()) > PAS * 0.9
    faits = {acte for acte, fait in comptes if fait}
    refuses = {acte for acte, fait in comptes if not fait}
    assert {
        "demander",
        "donner",
        "lever",
        "retirer",
        "prolonger",
        "transmettre",
        "décliner",
        "récuser",
    } <= faits & refuses
