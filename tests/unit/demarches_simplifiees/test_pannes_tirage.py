"""The faults of the simulator: how they are named, drawn and counted, and what they do to an answer."""

import json
from typing import Any

import pytest

from integrations.demarches_simplifiees.simulator.pannes.catalogue import PANNES, Pannes, lire_panne
from integrations.demarches_simplifiees.simulator.pannes.deformations import deformer

NUMEROS = range(1, 21)


def page(**autres: object) -> str:
    """The JSON of a page of dossiers."""
    champ = {
        "__typename": "DateChamp",
        "id": "c",
        "label": "Début",
        "stringValue": "01 juin 2026",
        "date": "2026-06-01",
    }
    noeuds = [
        {"number": un, "connectionUsager": "password", "champs": [dict(champ)], "traitements": [{"event": "depose"}]}
        for un in NUMEROS
    ]
    return json.dumps({"data": {"demarche": {"dossiers": {"nodes": noeuds}}}, **autres})


def deforme(nom: str, texte: str, taux: float = 1, graine: int = 1) -> dict[str, Any]:
    lu: dict[str, Any] = json.loads(deformer(texte, Pannes({nom: taux}, graine=graine)))
    return lu


def noeuds(corps: dict[str, Any]) -> list[dict[str, Any]]:
    lus: list[dict[str, Any]] = corps["data"]["demarche"]["dossiers"]["nodes"]
    return lus


@pytest.mark.parametrize(
    ("texte", "lue"), [("html=0.3", ("html", 0.3)), ("html=0,3", ("html", 0.3)), ("html", ("html", 1.0))]
)
def test_a_fault_is_named_with_its_rate(texte: str, lue: tuple[str, float]) -> None:
    assert lire_panne(texte) == lue


@pytest.mark.parametrize("texte", ["html=beaucoup", "html=2", "html=-0.1", "html=nan", "inconnue=0.1", "=0.1"])
def test_a_fault_that_makes_no_sense_is_refused_in_french(texte: str) -> None:
    with pytest.raises(ValueError, match=r"nombre entre 0 et 1|Pannes possibles"):
        lire_panne(texte)


def test_the_same_seed_strikes_at_the_same_moments_whatever_other_faults_do() -> None:
    def coups(**autres: float) -> list[bool]:
        pannes = Pannes({"html": 0.3, **autres}, graine=7)
        tours = [{nom: pannes.frappe(nom) for nom in ("html", *autres)} for _ in range(60)]
        return [un["html"] for un in tours]

    assert coups() == coups(erreur_502=0.5, coupure=0.9)
    assert 5 < sum(coups()) < 35


def test_strikes_are_counted_and_a_fault_that_is_lifted_strikes_no_more() -> None:
    pannes = Pannes({"html": 1})
    assert [pannes.frappe("html"), pannes.frappe("coupure")] == [True, False]
    pannes.regler({})
    assert not pannes.frappe("html")
    assert pannes.comptes() == {**dict.fromkeys(PANNES, 0), "html": 1}


def test_a_null_is_always_that_of_the_same_dossiers_alone_or_in_a_page() -> None:
    corps = deforme("champ_nul", page(), taux=0.4, graine=3)
    assert corps["data"] is None
    assert corps["errors"][0]["extensions"] == {"code": "invalid_null"}

    def seul(number: int) -> bool:
        texte = json.dumps({"data": {"dossier": {"number": number, "champs": []}}})
        return deforme("champ_nul", texte, taux=0.4, graine=3)["data"] is None

    touches = [un for un in NUMEROS if seul(un)]
    assert 0 < len(touches) < len(NUMEROS)
    assert touches == [un for un in NUMEROS if seul(un)]


def test_a_list_of_numbers_and_dates_never_holds_the_null() -> None:
    texte = json.dumps({"data": {"demarche": {"dossiers": {"edges": [{"node": {"number": 1, "state": "accepte"}}]}}}})
    assert deforme("champ_nul", texte) == json.loads(texte)


def test_a_slow_page_keeps_its_first_dossiers_and_says_so() -> None:
    corps = deforme("delai_partiel", page())
    rang = corps["errors"][0]["path"][-1]
    assert corps["errors"][0]["extensions"] == {"code": "timeout"}
    assert [un is None for un in noeuds(corps)] == [place >= rang for place in range(len(NUMEROS))]


def test_a_slow_single_dossier_is_all_null() -> None:
    corps = deforme("delai_partiel", json.dumps({"data": {"dossier": {"number": 1}}}))
    assert corps["data"] is None
    assert corps["errors"][0]["path"] == ["dossier"]


def test_errors_that_were_there_stay() -> None:
    autre = {"message": "hidden", "path": ["x"], "extensions": {"code": "unauthorized"}}
    corps = deforme("delai_partiel", page(errors=[autre]))
    assert [un["extensions"]["code"] for un in corps["errors"]] == ["unauthorized", "timeout"]


def test_an_unknown_type_of_champ_still_has_its_label_and_text() -> None:
    champs = [champ for un in noeuds(deforme("type_inconnu", page())) for champ in un["champs"]]
    (inconnu,) = [un for un in champs if un["__typename"] == "ChampVenuDuFutur"]
    assert inconnu.keys() == {"__typename", "id", "label", "stringValue"}


def test_an_unknown_value_is_never_a_state() -> None:
    texte = deformer(page(), Pannes({"valeur_inconnue": 1}))
    assert texte.count("valeur_venue_du_futur") == 1
    assert '"state": "valeur_venue_du_futur"' not in texte
