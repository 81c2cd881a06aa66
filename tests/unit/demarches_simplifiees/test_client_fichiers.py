"""Files come and go by their own addresses: without our token, within limits, and dead links are told from outages."""

import json
import logging
import traceback
from collections.abc import Callable

import pytest

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.errors import (
    DSIndisponible,
    DSInjoignable,
    ErreurDS,
    LienExpire,
    ReponseInvalide,
)
from tests.unit.demarches_simplifiees.conftest import ServeurMuet, http

Ouvrir = Callable[..., ServeurMuet]
COUPE = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nle d"


def client(url: str = "http://127.0.0.1:1/graphql") -> ClientDS:
    return ClientDS(url, "secret", tentatives=2, attente=0)


def test_a_file_is_fetched_without_our_token(serveur_muet: Ouvrir) -> None:
    serveur = serveur_muet(http("200 OK", "le devis", genre="text/plain"))
    with client() as ds:
        assert ds.telecharger(serveur.url, maximum=8) == b"le devis"
    assert b"authorization" not in serveur.recues[0].lower()


@pytest.mark.parametrize(
    ("reponse", "attendue"),
    [
        (http("401 Unauthorized"), LienExpire),
        (http("403 Forbidden"), LienExpire),
        (http("404 Not Found"), LienExpire),
        (http("410 Gone"), LienExpire),
        (http("503 Unavailable"), DSIndisponible),
        (http("302 Found", entetes="Location: file:///etc/passwd\r\n"), ReponseInvalide),
        (COUPE, DSIndisponible),
        (http("200 OK", "neuf mots"), ReponseInvalide),
    ],
)
def test_a_file_that_does_not_come_says_why(serveur_muet: Ouvrir, reponse: bytes, attendue: type[ErreurDS]) -> None:
    with client() as ds, pytest.raises(attendue):
        ds.telecharger(serveur_muet(reponse).url, maximum=8)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://ds.example/f", "", "http://[::1", "/relatif"])
def test_only_web_addresses_are_followed(url: str) -> None:
    with client() as ds, pytest.raises(ReponseInvalide):
        ds.telecharger(url, maximum=8)


def test_a_redirection_is_followed_a_few_times(serveur_muet: Ouvrir) -> None:
    stockage, sans_fin = serveur_muet(http("200 OK", "le devis")), serveur_muet(b"")
    sans_fin.reponses = [http("302 Found", entetes=f"Location: {sans_fin.url}\r\n")]
    serveur = serveur_muet(http("302 Found", entetes=f"Location: {stockage.url}\r\n"))
    with client() as ds:
        assert ds.telecharger(serveur.url, maximum=8) == b"le devis"
        with pytest.raises(DSIndisponible):
            ds.telecharger(sans_fin.url, maximum=8)
    assert sans_fin.requetes == 4


def test_nothing_is_fetched_in_clear_but_on_this_machine_when_ds_is_there(serveur_muet: Ouvrir) -> None:
    stockage = serveur_muet(http("200 OK", "le devis"))
    serveur = serveur_muet(http("302 Found", entetes="Location: http://stockage.ds.example/devis\r\n"))
    with client() as ici, client("https://ds.example/graphql") as la_bas:
        with pytest.raises(ReponseInvalide):
            ici.telecharger(serveur.url, maximum=8)
        with pytest.raises(ReponseInvalide):
            la_bas.telecharger(stockage.url, maximum=8)
    assert stockage.requetes == 0


def test_no_traceback_nor_log_tells_where_a_file_is_or_what_it_holds(
    serveur_muet: Ouvrir, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    coupe = b"HTTP/1.1 200 OK\r\nMadame Untel\r\n\r\n"
    serveur = serveur_muet(http("302 Found", entetes="Location: /f?signature=xyz\r\n"), coupe)
    with client() as ds, pytest.raises(DSIndisponible) as panne:
        ds.telecharger(serveur.url, maximum=8)
    dit = caplog.text + "".join(traceback.format_exception(panne.value))
    assert "Untel" not in dit
    assert "xyz" not in dit


def depot(serveur: ServeurMuet, *, headers: str) -> bytes:
    charge = {"url": serveur.url + "/depot", "headers": headers, "signedBlobId": "signé"}
    return http("200 OK", json.dumps({"data": {"createDirectUpload": {"directUpload": charge}}}))


ENTETES = json.dumps({"Content-Type": "application/pdf", "Content-MD5": "CY9rzUYh03PK3k6DJie09g=="})


def test_a_deposit_bears_the_very_headers_that_ds_gave_and_no_token(serveur_muet: Ouvrir) -> None:
    serveur = serveur_muet(b"")
    serveur.reponses = [depot(serveur, headers=ENTETES), http("204 No Content")]
    with client(serveur.url) as ds:
        recu = ds.televerser("d", nom="cer.pdf", type_mime="application/pdf", octets=b"test")
    demande, envoi = serveur.recues
    assert recu == "signé"
    variables = json.loads(demande.partition(b"\r\n\r\n")[2])["variables"]
    assert variables == {
        "dossier": "d",
        "nom": "cer.pdf",
        "typeMime": "application/pdf",
        "taille": 4,
        "checksum": "CY9rzUYh03PK3k6DJie09g==",
    }
    entete, _, corps = envoi.partition(b"\r\n\r\n")
    assert entete.startswith(b"PUT /graphql/depot ")
    assert corps == b"test"
    assert b"content-md5: cy9rzuyh03pk3k6djie09g==" in entete.lower()
    assert b"content-type: application/pdf" in entete.lower()
    assert b"authorization" not in entete.lower()


@pytest.mark.parametrize(
    ("headers", "reponse", "attendue"),
    [
        (ENTETES, http("503 Unavailable"), DSIndisponible),
        (ENTETES, http("422 Unprocessable"), ReponseInvalide),
        ("pas du JSON", http("204 No Content"), ReponseInvalide),
        ('{"Content-Type": "é"}', http("204 No Content"), ReponseInvalide),
    ],
)
def test_a_deposit_that_fails_leaves_no_doubt(
    serveur_muet: Ouvrir, headers: str, reponse: bytes, attendue: type[ErreurDS]
) -> None:
    serveur = serveur_muet(b"")
    serveur.reponses = [depot(serveur, headers=headers), reponse]
    with client(serveur.url) as ds, pytest.raises(attendue):
        ds.televerser("d", nom="cer.pdf", type_mime="application/pdf", octets=b"test")


def test_a_deposit_is_asked_for_again_after_an_outage(serveur_muet: Ouvrir) -> None:
    serveur = serveur_muet(b"")
    serveur.reponses = [http("502 Bad Gateway"), depot(serveur, headers=ENTETES), http("204 No Content")]
    with client(serveur.url) as ds:
        assert ds.televerser("d", nom="a", type_mime="b", octets=b"test") == "signé"


def test_nobody_there_is_told_as_such(serveur_muet: Ouvrir) -> None:
    serveur = serveur_muet(b"")
    serveur.arreter()
    with client() as ds, pytest.raises(DSInjoignable):
        ds.telecharger(serveur.url, maximum=8)
