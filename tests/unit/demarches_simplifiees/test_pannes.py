"""Every failure is told apart, because each calls for something else: repeat, wait, read back, or tell people."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.errors import (
    AccesRefuse,
    DelaiDepasse,
    DSIndisponible,
    DSInjoignable,
    ErreurDS,
    Introuvable,
    RefusDS,
    ReponseAmbigue,
    ReponseInvalide,
    TropDeRequetes,
)
from tests.unit.demarches_simplifiees.conftest import http

Ouvrir = Callable[[bytes], Any]
TENTATIVES = 3


def racine(code: str, *, data: Any = None, path: list[Any] | None = None) -> str:
    return json.dumps({"data": data, "errors": [{"message": "…", "path": path, "extensions": {"code": code}}]})


def client(url: str) -> ClientDS:
    return ClientDS(url, "secret", tentatives=TENTATIVES, attente=0)


COUPE = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{"data": {'
INTELLIGIBLES = [
    pytest.param(COUPE, DSIndisponible, id="connexion coupée au milieu de la réponse"),
    pytest.param(b"", DSIndisponible, id="connexion fermée sans réponse"),
    pytest.param(http("200 OK", '{"data": {'), DSIndisponible, id="JSON tronqué"),
    pytest.param(http("200 OK", "[]"), DSIndisponible, id="JSON qui n'est pas un objet"),
    pytest.param(http("200 OK", "<html>", genre="text/html"), DSIndisponible, id="HTML avec un 200"),
    pytest.param(http("502 Bad Gateway", "<html>", genre="text/html"), DSIndisponible, id="502"),
    pytest.param(http("500 Error", racine("internal_server_error")), DSIndisponible, id="500"),
    pytest.param(http("200 OK", racine("timeout")), DelaiDepasse, id="délai de DS"),
]


@pytest.mark.parametrize(("reponse", "attendue"), INTELLIGIBLES)
def test_a_read_without_intelligible_answer_may_be_repeated(
    serveur_muet: Ouvrir, reponse: bytes, attendue: type[ErreurDS]
) -> None:
    with client(serveur_muet(reponse).url) as ds, pytest.raises(attendue):
        ds.lire_dossier(1)


@pytest.mark.parametrize(("reponse", "_attendue"), INTELLIGIBLES)
def test_a_mutation_without_intelligible_answer_is_ambiguous_and_sent_once(
    serveur_muet: Ouvrir, reponse: bytes, _attendue: type[ErreurDS]
) -> None:
    serveur = serveur_muet(reponse)
    with client(serveur.url) as ds, pytest.raises(ReponseAmbigue):
        ds.accepter("d", "i", motivation="oui")
    assert serveur.requetes == 1


def test_an_interrupted_read_is_tried_again_but_one_out_of_time_is_not(serveur_muet: Ouvrir) -> None:
    panne, lent = serveur_muet(http("503 Unavailable", "")), serveur_muet(http("200 OK", racine("timeout")))
    with client(panne.url) as ds, pytest.raises(DSIndisponible):
        ds.lire_dossier(1)
    with client(lent.url) as ds, pytest.raises(DelaiDepasse):
        ds.lire_dossier(1)
    assert (panne.requetes, lent.requetes) == (TENTATIVES, 1)


def test_a_mutation_that_never_left_is_not_ambiguous(serveur_muet: Ouvrir) -> None:
    serveur = serveur_muet(b"")
    serveur.arreter()
    with client(serveur.url) as ds, pytest.raises(DSInjoignable):
        ds.envoyer_message("d", "i", texte="Bonjour")


@pytest.mark.parametrize(
    ("entete", "reprise"),
    [
        ("RateLimit-Reset: 1767225600\r\n", datetime(2026, 1, 1, tzinfo=UTC)),
        ("", None),
        ("RateLimit-Reset: x\r\n", None),
    ],
)
def test_throttling_says_when_to_come_back_and_is_not_insisted_upon(
    serveur_muet: Ouvrir, entete: str, reprise: datetime | None
) -> None:
    serveur = serveur_muet(http("429 Too Many Requests", "Calme toi, cowboy", genre="text/plain", entetes=entete))
    with client(serveur.url) as ds, pytest.raises(TropDeRequetes) as refus:
        ds.lire_dossier(1)
    assert refus.value.reprise == reprise
    assert serveur.requetes == 1


@pytest.mark.parametrize(
    ("reponse", "attendue"),
    [
        (http("401 Unauthorized", racine("unauthorized")), AccesRefuse),
        (http("403 Forbidden", "forbidden network", genre="text/plain"), AccesRefuse),
        (http("200 OK", racine("unauthorized")), AccesRefuse),
        (http("200 OK", racine("not_found")), Introuvable),
        (http("400 Bad Request", racine("graphql_parse_failed")), ReponseInvalide),
        (http("301 Moved", "", entetes="Location: https://ailleurs.example/\r\n"), ReponseInvalide),
        (http("200 OK", '{"errors": [{"message": "x", "extensions": {"code": "undefinedField"}}]}'), ReponseInvalide),
    ],
)
def test_a_refusal_is_no_outage_for_reads_and_no_doubt_for_mutations(
    serveur_muet: Ouvrir, reponse: bytes, attendue: type[ErreurDS]
) -> None:
    serveur = serveur_muet(reponse)
    with client(serveur.url) as ds:
        with pytest.raises(attendue):
            ds.lire_dossier(1)
        with pytest.raises(attendue):
            ds.passer_en_instruction("d", "i")
    assert serveur.requetes == 2


def test_invalid_null_is_told_with_its_code_and_leaves_a_mutation_ambiguous(serveur_muet: Ouvrir) -> None:
    serveur = serveur_muet(http("200 OK", racine("invalid_null")))
    with client(serveur.url) as ds:
        with pytest.raises(ReponseInvalide) as invalide:
            ds.lire_dossier(1)
        with pytest.raises(ReponseAmbigue):
            ds.accepter("d", "i")
    assert invalide.value.code == "invalid_null"


def test_payload_errors_are_kept_word_for_word(serveur_muet: Ouvrir) -> None:
    corps = {"data": {"dossierRefuser": {"dossier": None, "errors": [{"message": "Le dossier est déjà refusé"}]}}}
    with client(serveur_muet(http("200 OK", json.dumps(corps))).url) as ds, pytest.raises(RefusDS) as refus:
        ds.refuser("d", "i", motivation="non")
    assert refus.value.messages == ("Le dossier est déjà refusé",)


def test_a_linked_dossier_out_of_reach_does_not_hide_the_page(serveur_muet: Ouvrir) -> None:
    chemin = ["dossier", "champs", 3, "dossier"]
    corps = racine("unauthorized", data={"dossier": {"number": 7}}, path=chemin)
    with client(serveur_muet(http("200 OK", corps)).url) as ds:
        assert ds.lire_dossier(7) == {"number": 7}


def test_the_dossier_itself_out_of_reach_is_a_refusal(serveur_muet: Ouvrir) -> None:
    corps = racine("unauthorized", path=["dossier"])
    with client(serveur_muet(http("200 OK", corps)).url) as ds, pytest.raises(AccesRefuse):
        ds.lire_dossier(7)


def test_no_error_quotes_the_token_or_the_answer(serveur_muet: Ouvrir) -> None:
    secret = "Madame Untel"
    with client(serveur_muet(http("200 OK", secret)).url) as ds, pytest.raises(DSIndisponible) as panne:
        ds.lire_dossier(7)
    assert secret not in repr(panne.value)
    assert panne.value.__cause__ is None
    assert panne.value.__suppress_context__
