"""What pages are given of each dossier of the simulator: all that is said and done around it, as DS tells it."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import fields
from random import Random
from typing import Any

import pytest

from integrations.demarches_simplifiees.apercu import Apercu, apercevoir, forme
from integrations.demarches_simplifiees.ordres import MotifCorrection
from integrations.demarches_simplifiees.parsing import lire
from integrations.demarches_simplifiees.simulator.depart.generation import CONTACT
from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from portal.queries import contenus_ds
from portal.queries.elements_ds import contenu
from tests.integration.ds.conftest import ClientCompteur

Json = dict[str, Any]


def parties(ds: ClientCompteur, number: int) -> dict[str, list[Json]]:
    return contenus_ds.par_partie(contenu(lire(ds.lire_dossier(number))))


def test_every_dossier_is_mirrored_whole(simulateur: Simulateur, ds: ClientCompteur) -> None:
    for number, fiche in simulateur.donnees.dossiers.items():
        verite, lues = fiche.contenu, parties(ds, number)
        for nom, cle in (
            ("champs", "champs"),
            ("annotations", "annotations"),
            ("messages", "messages"),
            ("avis", "avis"),
        ):
            assert [un["id"] for un in lues[nom]] == [un["id"] for un in verite[cle]]
        assert [un["libelle"] for un in lues["labels"]] == [un["name"] for un in verite["labels"]]
        assert [un["libelle"] for un in lues["suiveurs"]] == [un["email"] for un in verite["instructeurs"]]
        assert [un["evenement"] for un in lues["traitements"]] == [un["event"] for un in verite["traitements"]]
        assert [un["libelle"] for un in lues["groupe"]] == [verite["groupeInstructeur"]["label"]]
        assert [un["valeur"] for un in lues["motivation"]] == ([verite["motivation"]] if verite["motivation"] else [])
        roles = {un["auteur"]: un["role"] for un in lues["messages"]}
        assert roles.get(CONTACT, "systeme") == "systeme"
        assert roles.get(verite["usager"]["email"], "usager") == "usager"


def test_a_pull_sees_of_every_dossier_what_its_reading_says(simulateur: Simulateur, ds: ClientCompteur) -> None:
    for number in simulateur.donnees.dossiers:
        raw = ds.lire_dossier(number)
        vu, lu = apercevoir(raw), lire(raw)
        for nom in {champ.name for champ in fields(Apercu)} - {"champs", "annotations"}:
            assert getattr(vu, nom) == getattr(lu, nom)
        for vus, lus in ((vu.champs, lu.champs), (vu.annotations, lu.annotations)):
            assert tuple(vus) == lus
            assert tuple(vus[1:]) == lus[1:]
            assert forme(vus) == forme(lus)


def test_every_event_of_the_simulator_reads_in_french(simulateur: Simulateur, ds: ClientCompteur) -> None:
    evenements = {
        un["evenement"] for number in simulateur.donnees.dossiers for un in parties(ds, number)["traitements"]
    }
    assert evenements
    assert evenements <= contenus_ds.EVENEMENTS.keys()


@pytest.fixture
def depose(simulateur: Simulateur) -> tuple[int, str, str]:
    """A dossier en construction without a correction: its number, its id, and one of its instructeurs."""
    fiche = next(
        un
        for un in simulateur.donnees.dossiers.values()
        if un.contenu["state"] == "en_construction" and not un.contenu["dateDerniereCorrectionEnAttente"]
    )
    instructeur = fiche.contenu["groupeInstructeur"]["instructeurs"][0]["id"]
    return fiche.number, fiche.contenu["id"], instructeur


def test_a_correction_is_followed_until_it_comes_back(ds: ClientCompteur, depose: tuple[int, str, str]) -> None:
    number, dossier_id, instructeur_id = depose
    ds.envoyer_message(dossier_id, instructeur_id, texte="Il manque le RIB.", correction=MotifCorrection.INCOMPLETE)
    demandee = contenus_ds.messages(parties(ds, number)["messages"])[-1]
    assert (demandee.texte, demandee.correction, demandee.resolue_at) == (
        "Il manque le RIB.",
        "dossier incomplet",
        None,
    )
    ds.passer_en_instruction(dossier_id, instructeur_id)
    relue = next(un for un in contenus_ds.messages(parties(ds, number)["messages"]) if un.correction)
    assert relue.resolue_at is not None


def test_a_deleted_message_stays_told(ds: ClientCompteur, depose: tuple[int, str, str]) -> None:
    number, dossier_id, instructeur_id = depose
    envoye = ds.envoyer_message(dossier_id, instructeur_id, texte="Envoyé par erreur.")
    assert envoye.message_id is not None
    ds.supprimer_message(envoye.message_id, instructeur_id)
    supprime = next(un for un in contenus_ds.messages(parties(ds, number)["messages"]) if un.supprime)
    assert supprime.texte == ""


def _places(noeud: Any, chemin: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value of a JSON tree."""
    enfants = noeud.items() if isinstance(noeud, dict) else enumerate(noeud) if isinstance(noeud, list) else ()
    for cle, enfant in enfants:
        yield (*chemin, cle)
        yield from _places(enfant, (*chemin, cle))


def test_no_value_of_another_shape_makes_reading_trip(simulateur: Simulateur, ds: ClientCompteur) -> None:
    tirage = Random(7)
    raws = [dict(ds.lire_dossier(number)) for number in simulateur.donnees.dossiers]
    valeurs = (None, "x", 3, True, [], {}, [None], ["x"], [3], {"a": 1}, "2026-99-99T00:00:00+01:00", [[]], [{}])
    for _ in range(1_000):
        raw = deepcopy(tirage.choice(raws))
        *chemin, dernier = tirage.choice([une for une in _places(raw) if une != ("number",)])
        porteur: Any = raw
        for cle in chemin:
            porteur = porteur[cle]
        porteur[dernier] = tirage.choice(valeurs)
        contenu(lire(raw))
        assert len(apercevoir(raw).champs.forme.questions) == len(lire(raw).champs)
