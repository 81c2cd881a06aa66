"""What an act owed to DS waits for is told truly, even while nobody can know."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.models.envois import OperationDS
from portal.queries.operations_ds import situation
from portal.vocabulaire import EtatEnvoi

MIDI = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
PLUS_TARD = MIDI + timedelta(minutes=2)
PLUS_TOT = MIDI - timedelta(minutes=2)


@pytest.mark.parametrize(
    ("etat", "prochain", "essais", "attendu"),
    [
        (EtatEnvoi.A_ENVOYER, PLUS_TOT, 0, "Départ imminent"),
        (EtatEnvoi.A_ENVOYER, PLUS_TOT, 2, "En attente d’un nouvel essai. DS est muet."),
        (EtatEnvoi.A_ENVOYER, PLUS_TARD, 2, "Nouvel essai le"),
        (EtatEnvoi.EN_COURS, PLUS_TARD, 1, "Envoi commencé le"),
        (EtatEnvoi.EN_COURS, PLUS_TOT, 1, "Issue inconnue"),
        (EtatEnvoi.A_VERIFIER, PLUS_TARD, 1, "Issue inconnue"),
        (EtatEnvoi.ENVOYE, PLUS_TOT, 1, ""),
    ],
)
def test_each_situation_has_its_words(etat: EtatEnvoi, prochain: datetime, essais: int, attendu: str) -> None:
    erreur = "DS est muet." if essais > 1 else ""
    operation = OperationDS(
        id=1, etat=etat, prochain_essai=prochain, essais=essais, pris_at=PLUS_TOT, erreur=erreur, arguments={}
    )
    dite = situation(operation, instant=MIDI)
    assert dite.startswith(attendu)
    assert bool(dite) == bool(attendu)
    assert not dite.endswith("..")
    assert dite.endswith(".") or not dite


def test_an_act_behind_another_says_so() -> None:
    operation = OperationDS(id=2, etat=EtatEnvoi.A_ENVOYER, prochain_essai=PLUS_TOT, essais=0, erreur="")
    assert situation(operation, instant=MIDI, devancees={2}).startswith("Partira après")
