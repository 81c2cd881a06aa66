"""The generated dossiers hold what real ones hold and what trips those who read them."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.demarches_simplifiees.simulator.demarche.formulaire import QUESTIONS
from integrations.demarches_simplifiees.simulator.depart.preparation import preparer

Json = dict[str, Any]


@pytest.fixture(scope="module")
def contenus() -> list[Json]:
    donnees = preparer(dossiers=60, ancrage=datetime(2026, 6, 1, tzinfo=UTC)).donnees
    return [une.contenu for une in donnees.dossiers.values()]


def champ(contenu: Json, label: str) -> Json:
    return next(un for un in contenu["champs"] if un["label"] == label)


def test_some_associations_ask_twice_under_one_siret_and_one_account(contenus: list[Json]) -> None:
    sirets = Counter(un["demandeur"]["siret"] for un in contenus if "siret" in un["demandeur"])
    (double, *_), combien = [siret for siret, fois in sirets.items() if fois > 1], sirets.total()
    assert (max(sirets.values()), combien > len(sirets)) == (2, True)
    assert len({un["usager"]["id"] for un in contenus if un["demandeur"].get("siret") == double}) == 1


def test_some_associations_are_known_of_the_rna_alone(contenus: list[Json]) -> None:
    sans_siret = [un for un in contenus if not champ(un, "Numéro SIRET de l’association")["stringValue"]]
    assert sans_siret
    for un in sans_siret:
        assert un["demandeur"]["__typename"] == "PersonnePhysique"
        assert champ(un, "Numéro RNA de l’association")["stringValue"].startswith("W")


def test_files_are_sound_or_still_pending_and_some_messages_are_html(contenus: list[Json]) -> None:
    verdicts = {
        piece["virusScanResult"] for un in contenus for champ in un["champs"] for piece in champ.get("files", ())
    }
    assert verdicts == {"safe", "pending"}
    assert all("<p>" in un["messages"][0]["body"] for un in contenus)


def test_what_the_portal_looks_for_is_asked_in_a_type_of_its_own() -> None:
    genres = {une.label: une.genre for une in QUESTIONS}
    assert genres["60 - Achats"] == "DecimalNumber"
    assert genres["Date de souscription du contrat d’engagement républicain"] == "Date"
    assert genres["L’association a souscrit au contrat d’engagement républicain"] == "Checkbox"
    assert genres["Pièce d’identité du représentant légal"] == "TitreIdentite"


def test_dossiers_are_plain_json_so_that_they_can_be_kept(contenus: list[Json]) -> None:
    assert json.loads(json.dumps(contenus)) == contenus
