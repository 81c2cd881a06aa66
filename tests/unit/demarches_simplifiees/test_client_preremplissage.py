"""A draft is opened by REST, followed by its token, and what DS answers is told apart."""

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.errors import DSIndisponible, ErreurDS, Introuvable, RefusDS, TropDeRequetes
from tests.unit.demarches_simplifiees.conftest import ServeurMuet, http

Ouvrir = Callable[..., ServeurMuet]
CREE = {
    "dossier_url": "https://ds.example/dossiers/9?prefill_token=secret",
    "state": "prefilled",
    "dossier_id": "RG9zc2llci05",
    "dossier_number": 9,
    "dossier_prefill_token": "jeton-du-brouillon",
}


def client(url: str) -> ClientDS:
    return ClientDS(url.replace("/graphql", "/api/v2/graphql"), "secret", tentatives=1)


def test_a_draft_is_opened_at_the_root_of_ds_without_our_token(serveur_muet: Ouvrir) -> None:
    serveur = serveur_muet(http("201 Created", json.dumps(CREE)))
    with client(serveur.url) as ds:
        brouillon = ds.preremplir(4501, {"champ_Q2hhbXAtMQ": "Judo club"})
    assert (brouillon.number, brouillon.dossier_id, brouillon.jeton) == (9, "RG9zc2llci05", "jeton-du-brouillon")
    assert brouillon.url == CREE["dossier_url"]
    entete, _, corps = serveur.recues[0].partition(b"\r\n\r\n")
    assert entete.startswith(b"POST /api/public/v1/demarches/4501/dossiers ")
    assert json.loads(corps) == {"champ_Q2hhbXAtMQ": "Judo club"}
    assert b"authorization" not in entete.lower()


def test_a_draft_never_shows_its_token_by_accident(serveur_muet: Ouvrir) -> None:
    with client(serveur_muet(http("201 Created", json.dumps(CREE))).url) as ds:
        dit = repr(ds.preremplir(4501, {}))
    assert "jeton-du-brouillon" not in dit
    assert "prefill_token" not in dit


@pytest.mark.parametrize(
    ("reponse", "attendue"),
    [
        (http("404 Not Found"), Introuvable),
        (http("400 Bad Request", '{"error": "Le champ est inconnu"}'), RefusDS),
        (http("429 Too Many Requests"), TropDeRequetes),
        (http("500 Error"), DSIndisponible),
        (http("201 Created", "<html>"), DSIndisponible),
        (http("201 Created", "{}"), DSIndisponible),
        (b"", DSIndisponible),
    ],
)
def test_a_draft_that_is_not_opened_says_why(serveur_muet: Ouvrir, reponse: bytes, attendue: type[ErreurDS]) -> None:
    with client(serveur_muet(reponse).url) as ds, pytest.raises(attendue):
        ds.preremplir(4501, {})


def test_drafts_are_followed_together_and_those_that_are_gone_are_left_out(serveur_muet: Ouvrir) -> None:
    etat = {**CREE, "state": "en_construction", "submitted_at": "2026-03-02T10:00:00+01:00"}
    serveur = serveur_muet(http("200 OK", json.dumps([etat])))
    with client(serveur.url) as ds:
        (suivi,) = ds.suivre_preremplis(4501, ["a", "b"])
    assert serveur.recues[0].startswith(b"GET /api/public/v1/demarches/4501/dossiers?prefill_token=a%2Cb ")
    assert (suivi.number, suivi.state, suivi.processed_at) == (9, "en_construction", None)
    assert suivi.submitted_at == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_no_token_no_request(serveur_muet: Ouvrir) -> None:
    serveur = serveur_muet(http("200 OK", "[]"))
    with client(serveur.url) as ds:
        assert ds.suivre_preremplis(4501, []) == ()
    assert serveur.requetes == 0
