"""The simulator keeps what it served as text: a change is served all the same, and errors keep their path."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE, PREMIER_NUMERO
from integrations.demarches_simplifiees.simulator.serveur import Simulateur, demarrer

ANCRAGE = datetime(2026, 6, 1, tzinfo=UTC)
LIE = PREMIER_NUMERO + 9
LIE_HORS_DE_PORTEE = PREMIER_NUMERO + 7
PAGE = """query Page($demarche: Int!, $since: ISO8601DateTime) { demarche(number: $demarche) { title
  dossiers(first: 100, updatedSince: $since) { nodes { number state demarche { title } labels { name }
    groupeInstructeur { label } champs { __typename label stringValue
      ... on DossierLinkChamp { dossier { state } } ... on PieceJustificativeChamp { files { filename url } } } } } } }"""


@pytest.fixture
def simulateur() -> Iterator[Simulateur]:
    with demarrer(dossiers=12, ancrage=ANCRAGE) as un:
        yield un


def demander(simulateur: Simulateur, texte: str = PAGE, **variables: object) -> dict[str, Any]:
    """The whole body of an answer."""
    corps = {"query": texte, "variables": {"demarche": DEMARCHE, "since": "2020-01-01T00:00:00Z", **variables}}
    lu: dict[str, Any] = httpx.post(
        simulateur.url, json=corps, headers={"Authorization": f"Bearer {simulateur.jeton}"}
    ).json()
    return lu


def dossiers(simulateur: Simulateur) -> dict[int, dict[str, Any]]:
    """The page by number, asked twice so that the second answer comes from memory."""
    demander(simulateur)
    return {un["number"]: un for un in demander(simulateur)["data"]["demarche"]["dossiers"]["nodes"]}


def test_a_dossier_changed_in_place_without_a_word_is_served_changed(simulateur: Simulateur) -> None:
    assert dossiers(simulateur)[PREMIER_NUMERO]["labels"] == [{"name": "À relancer"}]
    contenu = simulateur.donnees.dossiers[PREMIER_NUMERO].contenu
    contenu["labels"].append({"id": "x", "name": "Urgent", "color": "red_marianne"})
    contenu["champs"][3]["stringValue"] = "Les Amis du « Lac »"
    lu = dossiers(simulateur)[PREMIER_NUMERO]
    assert [un["name"] for un in lu["labels"]] == ["À relancer", "Urgent"]
    assert lu["champs"][3]["stringValue"] == "Les Amis du « Lac »"


def test_a_renamed_demarche_and_a_linked_dossier_that_changes_are_served_changed(simulateur: Simulateur) -> None:
    def lien() -> object:
        champs = dossiers(simulateur)[LIE]["champs"]
        return next(un["dossier"] for un in champs if un["__typename"] == "DossierLinkChamp")

    assert lien() == {"state": "en_construction"}
    simulateur.donnees.dossiers[PREMIER_NUMERO].contenu["state"] = "en_instruction"
    simulateur.donnees.demarches[DEMARCHE]["title"] = "Autre titre"
    assert lien() == {"state": "en_instruction"}
    assert dossiers(simulateur)[LIE]["demarche"] == {"title": "Autre titre"}


def test_a_touched_dossier_goes_to_the_end_and_one_in_the_bin_leaves(simulateur: Simulateur) -> None:
    premier, second = list(dossiers(simulateur))[:2]
    simulateur.donnees.toucher(simulateur.donnees.dossiers[premier])
    assert list(dossiers(simulateur))[-1] == premier
    simulateur.donnees.mettre_a_la_corbeille(second)
    assert second not in dossiers(simulateur)
    simulateur.donnees.restaurer(second)
    assert list(dossiers(simulateur))[-1] == second


def test_file_addresses_are_signed_anew_at_each_answer(simulateur: Simulateur) -> None:
    def adresse() -> str:
        champs = dossiers(simulateur)[PREMIER_NUMERO]["champs"]
        return str(next(un["files"][0]["url"] for un in champs if un["__typename"] == "PieceJustificativeChamp"))

    simulateur.donnees.horloge = lambda: ANCRAGE
    avant = adresse()
    simulateur.donnees.horloge = lambda: datetime(2026, 6, 2, tzinfo=UTC)
    assert adresse() != avant
    assert httpx.get(avant).status_code == 403
    assert httpx.get(adresse()).status_code == 200


def test_a_link_out_of_reach_is_an_error_at_its_place_and_hides_nothing(simulateur: Simulateur) -> None:
    for _ in range(2):
        corps = demander(simulateur)
        noeuds = corps["data"]["demarche"]["dossiers"]["nodes"]
        (erreur,) = corps["errors"]
        assert len(noeuds) == 12
        *debut, rang, champs, place, feuille = erreur["path"]
        assert (debut, champs, feuille) == (["demarche", "dossiers", "nodes"], "champs", "dossier")
        assert noeuds[rang]["number"] == LIE_HORS_DE_PORTEE
        assert noeuds[rang]["champs"][place]["dossier"] is None
        assert erreur["extensions"] == {"code": "unauthorized"}


def test_a_missing_value_takes_its_dossier_away_with_a_code(simulateur: Simulateur) -> None:
    assert len(dossiers(simulateur)) == 12
    simulateur.donnees.dossiers[PREMIER_NUMERO].contenu["groupeInstructeur"]["label"] = None
    corps = demander(simulateur)
    codes = {tuple(un["path"][-2:]): un["extensions"]["code"] for un in corps["errors"]}
    assert codes["groupeInstructeur", "label"] == "invalid_null"


def test_directives_are_obeyed(simulateur: Simulateur) -> None:
    texte = """query Page($demarche: Int!, $avec: Boolean!) {
      demarche(number: $demarche) { dossiers { nodes { number state @include(if: $avec) } } } }"""
    for avec in (True, False, True):
        noeuds = demander(simulateur, texte, avec=avec)["data"]["demarche"]["dossiers"]["nodes"]
        assert all(("state" in un) is avec for un in noeuds)


def test_long_integers_are_sent_as_text(simulateur: Simulateur) -> None:
    texte = (
        f"{{ dossier(number: {PREMIER_NUMERO}) {{ champs {{ ... on IntegerNumberChamp {{ value stringValue }} }} }} }}"
    )
    champs = [un for un in demander(simulateur, texte)["data"]["dossier"]["champs"] if un]
    assert champs
    assert all(un["value"] == un["stringValue"] for un in champs)
