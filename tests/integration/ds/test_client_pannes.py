"""What the client makes of each fault of DS, met on real connections: repeat, wait, read back, or tell people."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.errors import (
    AccesRefuse,
    DelaiDepasse,
    DSIndisponible,
    ErreurDS,
    LienExpire,
    MotifRefus,
    ReponseAmbigue,
    ReponseInvalide,
    TropDeRequetes,
)
from integrations.demarches_simplifiees.parsing import lire
from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE, PREMIER_NUMERO
from integrations.demarches_simplifiees.simulator.serveur import Simulateur, demarrer

EN_CONSTRUCTION = PREMIER_NUMERO


@contextmanager
def en_panne(*pannes: str, duree: float = 0.05, delai: float = 5.0) -> Iterator[tuple[ClientDS, Simulateur]]:
    """A simulator whose every answer suffers these faults, and its client, which tries once."""
    with (
        demarrer(dossiers=12, pannes=dict.fromkeys(pannes, 1.0), duree_panne=duree) as simulateur,
        ClientDS(simulateur.url, simulateur.jeton, delai_lecture=delai, tentatives=1) as ds,
    ):
        yield ds, simulateur


def instruire(ds: ClientDS, simulateur: Simulateur) -> None:
    """Order a change, with ids known beforehand: nothing is read through the fault."""
    contenu = simulateur.donnees.dossiers[EN_CONSTRUCTION].contenu
    ds.passer_en_instruction(contenu["id"], contenu["groupeInstructeur"]["instructeurs"][0]["id"])


def appliquees(simulateur: Simulateur) -> int:
    return len(simulateur.donnees.effets)


ININTELLIGIBLES = ("erreur_500", "erreur_502", "erreur_504", "html", "json_tronque", "json_malforme", "coupure")


@pytest.mark.parametrize("panne", ININTELLIGIBLES)
def test_an_unintelligible_answer_to_a_read_is_an_outage(panne: str) -> None:
    with en_panne(panne) as (ds, _), pytest.raises(DSIndisponible):
        ds.lire_dossier(EN_CONSTRUCTION)


@pytest.mark.parametrize("panne", ININTELLIGIBLES)
def test_an_unintelligible_answer_to_a_mutation_is_ambiguous_and_it_is_sent_once(panne: str) -> None:
    with en_panne(panne) as (ds, simulateur):
        with pytest.raises(ReponseAmbigue):
            instruire(ds, simulateur)
        assert appliquees(simulateur) <= 1
        assert simulateur.donnees.pannes.comptes()[panne] == 1


@pytest.mark.parametrize(("panne", "fois"), [("delai_avant", 0), ("delai_apres", 1)])
@pytest.mark.parametrize(("duree", "delai"), [(0.05, 5.0), (2.0, 0.2)])
def test_a_mutation_that_hangs_is_ambiguous_whether_it_was_applied_or_not(
    panne: str, fois: int, duree: float, delai: float
) -> None:
    with en_panne(panne, duree=duree, delai=delai) as (ds, simulateur):
        with pytest.raises(ReponseAmbigue):
            instruire(ds, simulateur)
        assert appliquees(simulateur) == fois


@pytest.mark.parametrize(("panne", "dite"), [("trop_de_requetes", True), ("trop_de_requetes_muet", False)])
def test_throttling_says_when_to_come_back_if_ds_does_and_nothing_is_applied(panne: str, dite: bool) -> None:
    with en_panne(panne) as (ds, simulateur):
        with pytest.raises(TropDeRequetes) as frein:
            instruire(ds, simulateur)
        assert (frein.value.reprise is not None) is dite
        assert appliquees(simulateur) == 0


@pytest.mark.parametrize(
    ("panne", "attendue"),
    [("delai_partiel", DelaiDepasse), ("champ_nul", ReponseInvalide), ("jeton_revoque", AccesRefuse)],
)
def test_root_errors_are_told_apart_even_beside_data(panne: str, attendue: type[ErreurDS]) -> None:
    with en_panne(panne) as (ds, _), pytest.raises(attendue):
        ds.page_dossiers(DEMARCHE, apres=None, depuis=None)


def test_a_revoked_token_is_told_from_a_right_that_lacks() -> None:
    with en_panne("jeton_revoque") as (ds, _), pytest.raises(AccesRefuse) as refus:
        ds.lire_demarche(DEMARCHE)
    assert refus.value.motif is MotifRefus.JETON_INVALIDE


def test_a_dossier_that_ds_cannot_tell_is_known_by_its_code() -> None:
    with en_panne("champ_nul") as (ds, _), pytest.raises(ReponseInvalide) as invalide:
        ds.lire_dossier(EN_CONSTRUCTION)
    assert invalide.value.code == "invalid_null"


def test_a_refused_cursor_is_known_by_its_code() -> None:
    with en_panne("curseur_refuse") as (ds, _), pytest.raises(ReponseInvalide) as invalide:
        ds.lister_dossiers(
            DEMARCHE, apres=ds.lister_dossiers(DEMARCHE, apres=None, depuis=None).curseur_fin, depuis=None
        )
    assert invalide.value.code == "bad_request"


def test_types_and_values_of_the_future_are_read_all_the_same() -> None:
    with en_panne("type_inconnu", "valeur_inconnue") as (ds, simulateur):
        page = ds.page_dossiers(DEMARCHE, apres=None, depuis=None)
        assert {lire(un).number for un in page.elements} == set(simulateur.donnees.dossiers)


def test_an_address_that_died_early_is_told_as_such() -> None:
    with en_panne("url_expiree") as (ds, simulateur):
        url = next(un.url for number in simulateur.donnees.dossiers for un in ds.lire_fichiers(number))
        with pytest.raises(LienExpire):
            ds.telecharger(url, maximum=10_000_000)
