"""What DS answers beside, or instead of, what was asked."""

import json
import logging
import traceback
from collections.abc import Callable
from typing import Any

import pytest

from integrations.demarches_simplifiees import limites
from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.errors import (
    AccesRefuse,
    DelaiDepasse,
    DSIndisponible,
    ErreurDS,
    MotifRefus,
    RefusDS,
    ReponseAmbigue,
    ReponseInvalide,
)
from integrations.demarches_simplifiees.ordres import GenreAnnotation, ValeurAnnotation
from tests.unit.demarches_simplifiees.conftest import ServeurMuet, http

Ouvrir = Callable[..., ServeurMuet]
LIEN = ("unauthorized", ["demarche", "dossiers", "nodes", 4, "champs", 3, "dossier"])
LIEN_EN_LIGNE = ("unauthorized", ["dossier", "annotations", 1, "rows", 0, "champs", 2, "dossier"])
DELAI = ("timeout", ["dossier", "messages"])
NUL = ("invalid_null", ["dossier", "champs", 3, "label"])
HORS_PORTEE = ("unauthorized", ["dossier"])


def client(url: str) -> ClientDS:
    return ClientDS(url, "secret", tentatives=1)


def reponse(*erreurs: tuple[str, list[Any]], data: Any) -> bytes:
    dites = [{"message": "…", "path": chemin, "extensions": {"code": code}} for code, chemin in erreurs]
    return http("200 OK", json.dumps({"data": data, "errors": dites}))


def test_links_out_of_reach_hide_nothing_however_many(serveur_muet: Ouvrir) -> None:
    with client(serveur_muet(reponse(LIEN, LIEN_EN_LIGNE, data={"dossier": {"number": 7}})).url) as ds:
        assert ds.lire_dossier(7) == {"number": 7}


@pytest.mark.parametrize(
    ("erreurs", "attendue"),
    [
        ((LIEN, HORS_PORTEE), AccesRefuse),
        ((LIEN, NUL), ReponseInvalide),
        ((NUL, DELAI), DelaiDepasse),
        ((DELAI,), DelaiDepasse),
    ],
)
def test_the_gravest_error_decides_even_when_some_data_came(
    serveur_muet: Ouvrir, erreurs: tuple[Any, ...], attendue: type[ErreurDS]
) -> None:
    corps = reponse(*erreurs, data={"dossier": {"number": 7, "messages": None}})
    with client(serveur_muet(corps).url) as ds, pytest.raises(attendue):
        ds.lire_dossier(7)


@pytest.mark.parametrize("corps", ['{"data": [1]}', '{"errors": "non"}', '{"errors": ["non"]}', '{"errors": [null]}'])
def test_an_answer_of_another_shape_is_no_answer(serveur_muet: Ouvrir, corps: str) -> None:
    serveur = serveur_muet(http("200 OK", corps))
    with client(serveur.url) as ds:
        with pytest.raises(DSIndisponible):
            ds.lire_dossier(7)
        with pytest.raises(ReponseAmbigue):
            ds.archiver("d", "i")


@pytest.mark.parametrize(
    ("statut", "message", "code", "motif"),
    [
        (
            "403 Forbidden",
            "Without a token, only persisted queries are allowed",
            "forbidden",
            MotifRefus.JETON_INVALIDE,
        ),
        ("401 Unauthorized", "Token expired", "unauthorized", MotifRefus.JETON_EXPIRE),
        ("403 Forbidden", "Request issued from a forbidden network", "forbidden", MotifRefus.RESEAU_INTERDIT),
        (
            "200 OK",
            "An object of type Demarche was hidden due to permissions",
            "unauthorized",
            MotifRefus.HORS_PORTEE,
        ),
        ("200 OK", "Autre chose", "deprecated_token", MotifRefus.INCONNU),
    ],
)
def test_each_refusal_says_what_an_operator_must_mend(
    serveur_muet: Ouvrir, statut: str, message: str, code: str, motif: MotifRefus
) -> None:
    corps = json.dumps({"errors": [{"message": message, "extensions": {"code": code}}]})
    with client(serveur_muet(http(statut, corps)).url) as ds, pytest.raises(AccesRefuse) as refus:
        ds.lire_dossier(7)
    assert refus.value.motif is motif
    assert message in str(refus.value)


@pytest.mark.parametrize("code", ["unauthorized", "not_found", "bad_request"])
def test_an_error_below_a_mutation_does_not_tell_that_nothing_was_applied(serveur_muet: Ouvrir, code: str) -> None:
    refusee = reponse((code, ["dossierArchiver"]), data={"dossierArchiver": None})
    appliquee = reponse((code, ["dossierArchiver", "dossier"]), data={"dossierArchiver": {"dossier": None}})
    with client(serveur_muet(refusee).url) as ds, pytest.raises(ErreurDS) as refus:
        ds.archiver("d", "i")
    with client(serveur_muet(appliquee).url) as ds, pytest.raises(ReponseAmbigue):
        ds.archiver("d", "i")
    assert not isinstance(refus.value, ReponseAmbigue)


def test_an_endless_answer_is_given_up(serveur_muet: Ouvrir, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limites, "TAILLE_MAXIMALE", 30)
    serveur = serveur_muet(http("200 OK", json.dumps({"data": {"dossier": {"number": 7}}})))
    with client(serveur.url) as ds:
        with pytest.raises(DelaiDepasse):
            ds.lire_dossier(7)
        with pytest.raises(ReponseAmbigue):
            ds.archiver("d", "i")
        with pytest.raises(DelaiDepasse):
            ds.preremplir(4501, {})


def test_neither_traceback_nor_log_quotes_what_came(serveur_muet: Ouvrir, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    serveur = serveur_muet(b"HTTP/1.1 200 OK\r\nMadame Untel\r\n\r\n")
    with ClientDS(serveur.url, "jeton-secret", tentatives=1) as ds, pytest.raises(DSIndisponible) as panne:
        ds.lire_dossier(7)
    dit = caplog.text + "".join(traceback.format_exception(panne.value))
    assert "Untel" not in dit
    assert "jeton-secret" not in dit


VALEURS = [
    ValeurAnnotation("a1", GenreAnnotation.TEXT, "avis favorable"),
    ValeurAnnotation("a2", GenreAnnotation.CHECKBOX, True),
]


def annotations(ecrites: list[dict[str, str]] | None, *erreurs: str) -> bytes:
    charge = {"annotations": ecrites, "errors": [{"message": une} for une in erreurs] or None}
    return http("200 OK", json.dumps({"data": {"dossierModifierAnnotations": charge}}))


def test_annotations_are_sent_under_the_key_of_their_type(serveur_muet: Ouvrir) -> None:
    serveur = serveur_muet(annotations([{"id": "a1"}]))
    with client(serveur.url) as ds:
        assert ds.modifier_annotations("d", "i", annotations=VALEURS).erreurs == ()
    envoye = json.loads(serveur.recues[0].partition(b"\r\n\r\n")[2])["variables"]
    assert envoye["annotations"] == [
        {"id": "a1", "value": {"text": "avis favorable"}},
        {"id": "a2", "value": {"checkbox": True}},
    ]


def test_annotations_half_written_tell_the_other_half(serveur_muet: Ouvrir) -> None:
    with client(serveur_muet(annotations([{"id": "a1"}], "a2 n’est pas de type attendu")).url) as ds:
        assert ds.modifier_annotations("d", "i", annotations=VALEURS).erreurs == ("a2 n’est pas de type attendu",)


def test_annotations_all_refused_are_a_refusal(serveur_muet: Ouvrir) -> None:
    with client(serveur_muet(annotations(None, "Le jeton est en lecture")).url) as ds, pytest.raises(RefusDS) as refus:
        ds.modifier_annotations("d", "i", annotations=VALEURS)
    assert refus.value.messages == ("Le jeton est en lecture",)


def test_a_mutation_that_tells_neither_effect_nor_error_is_ambiguous(serveur_muet: Ouvrir) -> None:
    corps = json.dumps({"data": {"dossierAjouterLabel": {"dossier": None, "errors": None}}})
    with client(serveur_muet(http("200 OK", corps)).url) as ds, pytest.raises(ReponseAmbigue):
        ds.ajouter_label("d", "l")
