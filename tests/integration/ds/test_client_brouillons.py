"""A draft opened by the client is followed until its usager files it, and what DS dropped in silence can then be seen."""

from datetime import UTC, datetime, timedelta

import pytest

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.errors import Introuvable
from integrations.demarches_simplifiees.parsing import lire
from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE
from integrations.demarches_simplifiees.simulator.gens.brouillons import deposer
from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from integrations.demarches_simplifiees.types import Descripteur


def questions(ds: ClientDS) -> tuple[Descripteur, Descripteur]:
    """A question that takes a text, one that takes a number."""
    champs = ds.lire_demarche(DEMARCHE).revision.champs
    texte = next(un for un in champs if un.type == "TextChampDescriptor")
    return texte, next(un for un in champs if un.type.endswith("NumberChampDescriptor"))


def test_a_draft_becomes_a_dossier_whose_prefilled_answers_are_known(ds: ClientDS, simulateur: Simulateur) -> None:
    texte, nombre = questions(ds)
    brouillon = ds.preremplir(
        DEMARCHE, {f"champ_{texte.id}": "Un projet de quartier", f"champ_{nombre.id}": "pas un nombre"}
    )
    (attente,) = ds.suivre_preremplis(DEMARCHE, [brouillon.jeton])
    assert (attente.number, attente.state, attente.submitted_at) == (brouillon.number, "prefilled", None)
    with pytest.raises(Introuvable):
        ds.lire_dossier(brouillon.number)

    deposer(simulateur.donnees, brouillon.jeton)
    (depose,) = ds.suivre_preremplis(DEMARCHE, [brouillon.jeton])
    assert (depose.state, depose.submitted_at is None) == ("en_construction", False)
    dossier = lire(ds.lire_dossier(brouillon.number))
    reponses = {un.descriptor_id: un.brut for un in dossier.champs}
    assert dossier.prefilled
    assert (reponses[texte.id], reponses[nombre.id]) == ("Un projet de quartier", "")


def test_a_draft_that_nobody_took_is_left_out_after_five_days(ds: ClientDS, simulateur: Simulateur) -> None:
    brouillon = ds.preremplir(DEMARCHE, {})
    simulateur.donnees.horloge = lambda: datetime.now(UTC) + timedelta(days=6)
    assert ds.suivre_preremplis(DEMARCHE, [brouillon.jeton, "inconnu"]) == ()


def test_a_demarche_that_is_not_open_takes_no_draft(ds: ClientDS) -> None:
    with pytest.raises(Introuvable):
        ds.preremplir(99, {})
