"""The webhooks of the simulator, as a receiver of them meets them: legacy or signed, twice, in disorder, forged."""

import base64
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest

from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE, PREMIER_NUMERO
from integrations.demarches_simplifiees.simulator.mutations.catalogue import appliquer
from integrations.demarches_simplifiees.simulator.serveur import Simulateur, demarrer

ANCRAGE = datetime(2026, 6, 1, tzinfo=UTC)
EN_CONSTRUCTION = PREMIER_NUMERO
SECRET = "whsec_" + base64.b64encode(b"trente-deux octets pour un essai").decode()


@contextmanager
def ouvrir(**options: Any) -> Iterator[Simulateur]:
    with demarrer(dossiers=12, ancrage=ANCRAGE, **options) as simulateur:
        yield simulateur


def etat(simulateur: Simulateur) -> str:
    return str(simulateur.donnees.dossiers[EN_CONSTRUCTION].contenu["state"])


class Receveur:
    """Takes webhooks in; `attendre` gives those received once there are so many."""

    def __init__(self) -> None:
        self.recus: list[tuple[dict[str, str], bytes]] = []
        self._arrivee = threading.Condition()
        recu = self

        class Requete(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                corps = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(204)
                self.end_headers()
                with recu._arrivee:
                    recu.recus.append(({cle.lower(): une for cle, une in self.headers.items()}, corps))
                    recu._arrivee.notify_all()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._serveur = ThreadingHTTPServer(("127.0.0.1", 0), Requete)
        self.url = f"http://127.0.0.1:{self._serveur.server_port}/crochet"
        self._fil = threading.Thread(target=self._serveur.serve_forever, kwargs={"poll_interval": 0.01})
        self._fil.start()

    def attendre(self, combien: int) -> list[tuple[dict[str, str], bytes]]:
        with self._arrivee:
            assert self._arrivee.wait_for(lambda: len(self.recus) >= combien, timeout=20)
            return list(self.recus)

    def arreter(self) -> None:
        self._serveur.shutdown()
        self._fil.join()
        self._serveur.server_close()


@pytest.fixture
def receveur() -> Iterator[Receveur]:
    un = Receveur()
    yield un
    un.arreter()


def decider(simulateur: Simulateur, *mutations: str, **entree: Any) -> None:
    """Apply mutations to a dossier, as an instructeur of its group."""
    donnees = simulateur.donnees
    for mutation in mutations:
        with donnees.verrou:
            contenu = donnees.dossiers[EN_CONSTRUCTION].contenu
            membre = contenu["groupeInstructeur"]["instructeurs"][0]["id"]
            acteurs = {"dossierId": contenu["id"], "instructeurId": membre}
            charge = appliquer(donnees, mutation, {**acteurs, "motivation": "Oui", "body": "Bonjour", **entree})
        assert not charge["errors"]


def etats(recus: list[tuple[dict[str, str], bytes]]) -> list[str]:
    return [parse_qs(corps.decode())["state"][0] for _, corps in recus]


def test_the_legacy_webhook_tells_changes_of_state_alone_unsigned(receveur: Receveur) -> None:
    with ouvrir(crochets=[receveur.url]) as simulateur:
        decider(simulateur, "dossierEnvoyerMessage", "dossierPasserEnInstruction")
        ((entetes, corps),) = receveur.attendre(1)
    assert entetes["content-type"] == "application/x-www-form-urlencoded"
    assert "webhook-signature" not in entetes
    champs = {cle: une for cle, (une,) in parse_qs(corps.decode()).items()}
    assert champs.keys() == {"procedure_id", "dossier_id", "state", "updated_at"}
    assert (champs["procedure_id"], champs["dossier_id"]) == (str(DEMARCHE), str(EN_CONSTRUCTION))
    assert len(receveur.recus) == 1


def test_a_correction_that_sends_the_dossier_back_is_a_change_of_state(receveur: Receveur) -> None:
    with ouvrir(crochets=[receveur.url]) as simulateur:
        simulateur.donnees.dossiers[EN_CONSTRUCTION].contenu["dateDerniereCorrectionEnAttente"] = None
        decider(simulateur, "dossierPasserEnInstruction")
        decider(simulateur, "dossierEnvoyerMessage", correction="incomplete")
        assert etats(receveur.attendre(2)) == ["en_instruction", "en_construction"]


def test_the_signed_webhook_can_be_checked_by_whoever_has_the_secret(receveur: Receveur) -> None:
    with ouvrir(crochets=[receveur.url], secret_crochet=SECRET) as simulateur:
        decider(simulateur, "dossierEnvoyerMessage", "dossierPasserEnInstruction")
        recus = receveur.attendre(2)
    assert [json.loads(corps)["type"] for _, corps in recus] == ["message_cree", "dossier_en_instruction"]
    entetes, corps = recus[0]
    assert json.loads(corps)["data"] == {"dossier": {"number": EN_CONSTRUCTION}, "demarche": {"number": DEMARCHE}}
    signe = f"{entetes['webhook-id']}.{entetes['webhook-timestamp']}.".encode() + corps
    cle = base64.b64decode(SECRET.removeprefix("whsec_"))
    attendue = base64.b64encode(hmac.digest(cle, signe, "sha256")).decode()
    assert entetes["webhook-signature"] == f"v1,{attendue}"


def test_webhooks_may_come_twice_or_in_disorder(receveur: Receveur) -> None:
    suite = ("dossierPasserEnInstruction", "dossierAccepter", "dossierRepasserEnInstruction")
    with ouvrir(crochets=[receveur.url], pannes={"crochet_double": 1}) as simulateur:
        decider(simulateur, suite[0])
        assert etats(receveur.attendre(2)) == ["en_instruction"] * 2
        simulateur.donnees.pannes.regler({"crochet_desordonne": 1})
        decider(simulateur, *suite[1:])
        assert etats(receveur.attendre(4)[2:]) == ["en_instruction", "accepte"]


@pytest.mark.parametrize("secret", [None, SECRET])
def test_a_forged_webhook_names_a_dossier_that_is_not_there(receveur: Receveur, secret: str | None) -> None:
    with ouvrir(crochets=[receveur.url], secret_crochet=secret, pannes={"crochet_forge": 1}) as simulateur:
        decider(simulateur, "dossierPasserEnInstruction")
        (_, faux), (_, vrai) = receveur.attendre(2)
    assert str(EN_CONSTRUCTION).encode() in vrai
    assert str(EN_CONSTRUCTION).encode() not in faux


def test_nobody_listening_is_no_trouble_for_the_simulator() -> None:
    with ouvrir(crochets=["http://127.0.0.1:9/rien"]) as simulateur:
        decider(simulateur, "dossierPasserEnInstruction")
    assert etat(simulateur) == "en_instruction"


def test_a_secret_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="whsec_"), ouvrir(crochets=["http://127.0.0.1:9/"], secret_crochet="abc"):
        pass
