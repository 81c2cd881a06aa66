"""The simulator's faults as a client meets them, on real connections; its administration, its webhooks, its people."""

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx
import pytest

from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE, PREMIER_NUMERO
from integrations.demarches_simplifiees.simulator.depart.preparation import preparer
from integrations.demarches_simplifiees.simulator.gens.agitation import agiter
from integrations.demarches_simplifiees.simulator.http.administration import ENTETE
from integrations.demarches_simplifiees.simulator.serveur import Simulateur, demarrer
from integrations.demarches_simplifiees.simulator.verite.releve import relever

Json = dict[str, Any]
ANCRAGE = datetime(2026, 6, 1, tzinfo=UTC)
EN_CONSTRUCTION = PREMIER_NUMERO
LISTE = """query Liste($after: String, $first: Int!) { demarche(number: 4501) { dossiers(
  first: $first, after: $after, updatedSince: "2020-01-01T00:00:00Z") { nodes { number } pageInfo { endCursor } } } }"""
INSTRUIRE = """mutation M($input: DossierPasserEnInstructionInput!) {
  dossierPasserEnInstruction(input: $input) { dossier { state } errors { message } } }"""
FICHIERS = (
    "query F { dossier(number: 21000001) { champs { ... on PieceJustificativeChamp { files { url checksum } } } } }"
)
SECRET = "whsec_" + base64.b64encode(b"trente-deux octets pour un essai").decode()


@contextmanager
def ouvrir(**options: Any) -> Iterator[Simulateur]:
    with demarrer(dossiers=12, ancrage=ANCRAGE, duree_panne=0.05, **options) as simulateur:
        yield simulateur


def poster(simulateur: Simulateur, texte: str, **variables: object) -> httpx.Response:
    return httpx.post(
        simulateur.url,
        json={"query": texte, "variables": variables},
        headers={"Authorization": f"Bearer {simulateur.jeton}"},
    )


def lister(simulateur: Simulateur, apres: str | None = None, premiers: int = 4) -> tuple[list[int], str]:
    """The numbers of a page, and its end cursor."""
    page = poster(simulateur, LISTE, after=apres, first=premiers).json()["data"]["demarche"]["dossiers"]
    return [un["number"] for un in page["nodes"]], page["pageInfo"]["endCursor"]


def entree(simulateur: Simulateur, number: int = EN_CONSTRUCTION) -> Json:
    contenu = simulateur.donnees.dossiers[number].contenu
    return {"dossierId": contenu["id"], "instructeurId": contenu["groupeInstructeur"]["instructeurs"][0]["id"]}


def etat(simulateur: Simulateur, number: int = EN_CONSTRUCTION) -> str:
    return str(simulateur.donnees.dossiers[number].contenu["state"])


def administrer(simulateur: Simulateur, chemin: str, corps: object = None, jeton: str | None = None) -> httpx.Response:
    entetes = {ENTETE: simulateur.jeton_administration if jeton is None else jeton}
    url = simulateur.administration + chemin
    return httpx.get(url, headers=entetes) if corps is None else httpx.post(url, json=corps, headers=entetes)


# ------------------------------------------------------------------ at the door


@pytest.mark.parametrize(
    ("panne", "statut", "genre"),
    [
        ("trop_de_requetes", 429, "text/plain"),
        ("trop_de_requetes_muet", 429, "text/plain"),
        ("erreur_500", 500, "application/json"),
        ("erreur_502", 502, "text/html"),
        ("jeton_revoque", 403, "application/json"),
        ("erreur_504", 504, "text/html"),
        ("html", 200, "text/html"),
    ],
)
def test_a_fault_answers_in_the_place_of_ds(panne: str, statut: int, genre: str) -> None:
    with ouvrir(pannes={panne: 1}) as simulateur:
        reponse = poster(simulateur, LISTE, first=1)
        assert (reponse.status_code, reponse.headers["Content-Type"].split(";")[0]) == (statut, genre)
        assert simulateur.donnees.pannes.comptes()[panne] == 1


def test_throttling_says_when_to_come_back_or_nothing_at_all() -> None:
    with ouvrir(pannes={"trop_de_requetes": 1}) as simulateur:
        entetes = poster(simulateur, LISTE, first=1).headers
        assert entetes["RateLimit-Remaining"] == "0"
        assert 0 <= int(entetes["RateLimit-Reset"]) - datetime.now(UTC).timestamp() + 1 <= 2
        simulateur.donnees.pannes.regler({"trop_de_requetes_muet": 1})
        assert not {"ratelimit-reset", "retry-after"} & set(poster(simulateur, LISTE, first=1).headers)


# --------------------------------------------------------------- on the connection


@pytest.mark.parametrize("panne", ["json_tronque", "json_malforme"])
def test_a_broken_json_is_a_complete_answer_that_cannot_be_read(panne: str) -> None:
    with ouvrir(pannes={panne: 1}) as simulateur:
        reponse = poster(simulateur, LISTE, first=1)
        assert reponse.status_code == 200
        with pytest.raises(json.JSONDecodeError):
            reponse.json()


def test_a_cut_answer_resets_the_connection_after_its_headers_and_the_server_says_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with ouvrir(pannes={"coupure": 1}) as simulateur:
        for _ in range(3):
            with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
                poster(simulateur, LISTE, first=100)
        simulateur.donnees.pannes.regler({})
        assert len(lister(simulateur, premiers=100)[0]) == 12
    assert [un for un in caplog.records if un.name == "werkzeug"] == []


@pytest.mark.parametrize(("panne", "applique"), [("delai_avant", False), ("delai_apres", True)])
def test_a_mutation_that_hangs_was_applied_or_not(panne: str, applique: bool) -> None:
    with ouvrir(pannes={panne: 1}) as simulateur:
        assert len(lister(simulateur)[0]) == 4, "reads never hang"
        with pytest.raises(httpx.RemoteProtocolError):
            poster(simulateur, INSTRUIRE, input=entree(simulateur))
        assert etat(simulateur) == ("en_instruction" if applique else "en_construction")
        assert [un.mutation for un in simulateur.donnees.effets] == ["dossierPasserEnInstruction"] * applique


def test_a_mutation_that_hangs_longer_than_the_client_waits_is_a_time_out() -> None:
    with ouvrir(pannes={"delai_apres": 1}) as simulateur:
        simulateur.donnees.pannes.duree = 1.0
        corps = {"query": INSTRUIRE, "variables": {"input": entree(simulateur)}}
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(simulateur.url, json=corps, headers={"Authorization": f"Bearer {simulateur.jeton}"}, timeout=0.2)
        assert etat(simulateur) == "en_instruction"


@pytest.mark.parametrize("panne", ["erreur_504", "html", "coupure", "json_tronque"])
def test_a_mutation_whose_answer_is_lost_on_the_way_back_was_applied(panne: str) -> None:
    with ouvrir(pannes={panne: 1}) as simulateur:
        try:
            poster(simulateur, INSTRUIRE, input=entree(simulateur))
        except httpx.TransportError:
            assert panne == "coupure"
        assert etat(simulateur) == "en_instruction"


@pytest.mark.parametrize("panne", ["erreur_500", "erreur_502", "trop_de_requetes", "jeton_revoque"])
def test_a_mutation_refused_at_the_door_was_not(panne: str) -> None:
    with ouvrir(pannes={panne: 1}) as simulateur:
        poster(simulateur, INSTRUIRE, input=entree(simulateur))
        assert etat(simulateur) == "en_construction"


# ------------------------------------------------------------------- in the pages


def test_a_page_may_come_again_in_the_place_of_the_next() -> None:
    with ouvrir() as simulateur:
        premiere, curseur = lister(simulateur)
        simulateur.donnees.pannes.regler({"page_repetee": 1})
        assert lister(simulateur, curseur) == (premiere, curseur)
        simulateur.donnees.pannes.regler({})
        assert not set(lister(simulateur, curseur)[0]) & set(premiere)


def test_a_cursor_that_ds_gave_may_be_refused() -> None:
    with ouvrir() as simulateur:
        _, curseur = lister(simulateur)
        simulateur.donnees.pannes.regler({"curseur_refuse": 1})
        refus = poster(simulateur, LISTE, after=curseur, first=4).json()
        assert refus["errors"][0]["extensions"] == {"code": "bad_request"}
        assert len(lister(simulateur)[0]) == 4, "the first page has no cursor to refuse"


def test_a_dossier_moves_to_the_end_between_two_pages() -> None:
    with ouvrir() as simulateur:
        avant = lister(simulateur, premiers=100)[0]
        simulateur.donnees.pannes.regler({"rangs_mouvants": 1})
        apres = lister(simulateur, premiers=100)[0]
        assert sorted(apres) == sorted(avant)
        assert [un for un in apres if un != apres[-1]] == [un for un in avant if un != apres[-1]]


def test_a_late_writing_lands_behind_a_cursor_already_given() -> None:
    with ouvrir() as simulateur:
        donnees = simulateur.donnees
        donnees.toucher(donnees.dossiers[EN_CONSTRUCTION])
        _, curseur = lister(simulateur, premiers=100)
        modele = {**donnees.dossiers[EN_CONSTRUCTION].contenu, "number": 21_000_999, "id": "tard"}
        donnees.ajouter_tardivement(modele, DEMARCHE, timedelta(minutes=5))
        assert lister(simulateur, curseur)[0] == []
        assert lister(simulateur, premiers=100)[0][-2:] == [21_000_999, EN_CONSTRUCTION]


def test_the_fault_of_late_writings_dates_them_minutes_ago() -> None:
    with ouvrir(pannes={"ecriture_tardive": 1}) as simulateur:
        lister(simulateur)
        dernier = max(simulateur.donnees.dossiers.values(), key=lambda une: une.updated_at)
        retard = datetime.now(UTC) - dernier.updated_at
        assert timedelta(minutes=1) <= retard <= timedelta(minutes=9)


def test_a_dossier_leaves_for_the_bin_and_comes_back_soon() -> None:
    with ouvrir(pannes={"suppression_retablie": 1}) as simulateur:
        tous = set(simulateur.donnees.dossiers)
        lister(simulateur)
        simulateur.donnees.pannes.regler({})
        (jete,) = simulateur.donnees.corbeille
        assert set(lister(simulateur, premiers=100)[0]) == tous - {jete}
        for _ in range(4):
            lister(simulateur)
        assert set(lister(simulateur, premiers=100)[0]) == tous


def test_the_clock_jumps_but_never_far_from_the_time() -> None:
    with ouvrir(pannes={"horloge_derivee": 1}) as simulateur:
        for _ in range(10):
            lister(simulateur)
            assert abs(simulateur.donnees.horloge() - datetime.now(UTC)) < timedelta(minutes=6)


# -------------------------------------------------------------------- in the files


def test_a_file_may_have_expired_or_hold_other_bytes() -> None:
    with ouvrir() as simulateur:
        champs = poster(simulateur, FICHIERS).json()["data"]["dossier"]["champs"]
        fichier = next(un["files"][0] for un in champs if un.get("files"))

        def somme() -> str:
            octets = httpx.get(fichier["url"]).raise_for_status().content
            return base64.b64encode(hashlib.md5(octets, usedforsecurity=False).digest()).decode()

        assert somme() == fichier["checksum"]
        simulateur.donnees.pannes.regler({"somme_fausse": 1})
        assert somme() != fichier["checksum"]
        simulateur.donnees.pannes.regler({"url_expiree": 1})
        assert httpx.get(fichier["url"]).status_code == 403


# ------------------------------------------------------------------ administration


@pytest.mark.parametrize("chemin", ["/pannes", "/effets", "/verite"])
def test_the_administration_wants_its_own_token(chemin: str) -> None:
    with ouvrir() as simulateur:
        for jeton in ("", simulateur.jeton):
            assert administrer(simulateur, chemin, jeton=jeton).status_code == 403
        assert administrer(simulateur, chemin).status_code == 200


def test_faults_are_set_shown_and_counted_over_http() -> None:
    with ouvrir() as simulateur:
        administrer(simulateur, "/pannes", {"pannes": {"erreur_502": 1}, "graine": 9, "duree": 0.5})
        assert poster(simulateur, LISTE, first=1).status_code == 502
        lues = administrer(simulateur, "/pannes").json()
        assert (lues["graine"], lues["duree"]) == (9, 0.5)
        assert (lues["pannes"]["erreur_502"]["taux"], lues["pannes"]["erreur_502"]["compte"]) == (1, 1)
        assert lues["pannes"]["html"]["taux"] == 0


@pytest.mark.parametrize(
    ("chemin", "corps"),
    [
        ("/pannes", {"pannes": {"inconnue": 1}}),
        ("/pannes", {}),
        ("/pannes", []),
        ("/horloge", {"decalage": "hier"}),
        ("/agitation", {"combien": "x"}),
    ],
)
def test_an_administration_that_makes_no_sense_is_refused_and_changes_nothing(chemin: str, corps: object) -> None:
    with ouvrir(pannes={"html": 1}) as simulateur:
        reponse = administrer(simulateur, chemin, corps)
        assert (reponse.status_code, "Demande incomprise" in reponse.text) == (400, True)
        assert simulateur.donnees.pannes.taux() == {"html": 1}


def test_the_clock_can_be_put_wrong_and_right() -> None:
    with ouvrir() as simulateur:
        for decalage in (-300, 300, 0):
            administrer(simulateur, "/horloge", {"decalage": decalage})
            ecart = simulateur.donnees.horloge() - datetime.now(UTC)
            assert abs(ecart - timedelta(seconds=decalage)) < timedelta(seconds=20)


def test_the_token_can_be_revoked_and_given_back() -> None:
    with ouvrir() as simulateur:
        administrer(simulateur, "/jeton", {"revoque": True})
        assert poster(simulateur, LISTE, first=1).status_code == 403
        administrer(simulateur, "/jeton", {"revoque": False})
        assert poster(simulateur, LISTE, first=1).status_code == 200


def test_effects_and_truth_are_served_whole() -> None:
    with ouvrir() as simulateur:
        poster(simulateur, INSTRUIRE, input=entree(simulateur))
        simulateur.donnees.mettre_a_la_corbeille(EN_CONSTRUCTION + 1)
        (effet,) = administrer(simulateur, "/effets").json()
        assert (effet["mutation"], effet["number"], effet["origine"]) == (
            "dossierPasserEnInstruction",
            EN_CONSTRUCTION,
            "api",
        )
        verite = {un["number"]: un for un in administrer(simulateur, "/verite").json()}
        assert list(verite.values()) == relever(simulateur.donnees)
        assert verite[EN_CONSTRUCTION]["state"] == "en_instruction"
        assert verite[EN_CONSTRUCTION + 1]["visibilite"] == "corbeille"
        assert len(verite[EN_CONSTRUCTION]["champs"]) == len(
            simulateur.donnees.dossiers[EN_CONSTRUCTION].contenu["champs"]
        )


# -------------------------------------------------------------------- people at work


def test_people_change_dossiers_in_every_way_and_the_simulator_can_still_serve_them() -> None:
    with ouvrir() as simulateur:
        gestes = administrer(simulateur, "/agitation", {"combien": 600, "graine": 5}).json()["gestes"]
        assert set(gestes) >= {
            "deposer",
            "repondre",
            "ecrire",
            "message",
            "correction",
            "avis",
            "etiqueter",
            "changer_de_groupe",
            "changer_d_etat",
            "annoter",
            "jeter",
            "restaurer",
            "supprimer",
        }
        assert {un.origine for un in simulateur.donnees.effets} == {"agitation"}
        corps = poster(simulateur, LISTE.replace("{ number }", "{ ...D }") + _TOUT, first=100).json()
        assert {un["extensions"]["code"] for un in corps.get("errors", [])} <= {"unauthorized"}
        visibles = list(simulateur.donnees.visibles(DEMARCHE))
        assert len(corps["data"]["demarche"]["dossiers"]["nodes"]) == min(100, len(visibles))


_TOUT = """ fragment D on Dossier { number state dateDepot dateDerniereModification usager { email }
  messages { id email body createdAt } traitements { id event dateTraitement } labels { id name } avis { id question reponse
  dateReponse } champs { __typename id label stringValue ... on DossierLinkChamp { dossier { number } } }
  annotations { id stringValue } groupeInstructeur { number label } instructeurs { id email } }"""


def test_the_same_seed_makes_the_same_people() -> None:
    def histoire() -> list[str]:
        donnees = preparer(dossiers=12, ancrage=ANCRAGE).donnees
        donnees.horloge = lambda: ANCRAGE
        tirage = Random(4)
        return [*(agiter(donnees, tirage) for _ in range(120)), json.dumps(relever(donnees))]

    assert histoire() == histoire()
