"""Whatever a register answers, the portal gets a record, « unknown » or « unavailable »: no crash, no long wait."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from integrations.annuaire.api import AnnuaireIndisponible
from integrations.annuaire.api_association import ApiAssociation
from integrations.annuaire.appel import Appel
from integrations.annuaire.disjoncteur import Disjoncteur
from integrations.annuaire.recherche_entreprises import RechercheEntreprises

UNITE = {
    "siren": "999900178",
    "nom_complet": "LES AMIS DU CANAL",
    "siege": {"siret": "99990017800016", "etat_administratif": "A"},
    "nature_juridique": "9220",
}


def repond(contenu: object, statut: int = 200) -> httpx.MockTransport:
    """A transport that always gives this JSON, or this raw text."""

    def reponse(_: httpx.Request) -> httpx.Response:
        if isinstance(contenu, str):
            return httpx.Response(statut, text=contenu)
        return httpx.Response(statut, json=contenu)

    return httpx.MockTransport(reponse)


@pytest.mark.parametrize(
    "contenu",
    [
        "<html>maintenance</html>",
        "",
        '{"results": [',
        [],
        None,
        {},
        {"results": None},
        {"results": {}},
        {"results": ["999900178"]},
        {"results": [UNITE | {"siege": None}]},
        {"results": [UNITE | {"siege": []}]},
        {"results": [UNITE | {"siren": 999900178}]},
        {"results": [UNITE | {"nom_complet": None}]},
        {"results": [UNITE | {"date_creation": "le 3 mai"}]},
        {"results": [UNITE | {"complements": "aucun"}]},
        {"results": [UNITE | {"matching_etablissements": [{"siret": None}]}]},
    ],
)
def test_a_malformed_answer_of_the_search_is_unavailable(contenu: object) -> None:
    with pytest.raises(AnnuaireIndisponible):
        RechercheEntreprises("http://annuaire.example", transport=repond(contenu)).par_siren("999900178")


@pytest.mark.parametrize("contenu", ["", [], {}, {"data": None}, {"data": {"nom": None}}, {"data": {"nom": 3}}])
def test_a_malformed_answer_of_api_association_is_unavailable(contenu: object) -> None:
    with pytest.raises(AnnuaireIndisponible):
        ApiAssociation("http://annuaire.example", "jeton", transport=repond(contenu)).par_rna("W691000178")


@pytest.mark.parametrize("statut", [301, 400, 401, 403, 429, 500, 502, 503])
def test_any_status_but_200_and_404_is_unavailable(statut: int) -> None:
    with pytest.raises(AnnuaireIndisponible):
        RechercheEntreprises("http://annuaire.example", transport=repond({}, statut)).par_siren("999900178")


def test_a_record_with_the_least_that_the_register_gives_is_read() -> None:
    fiche = RechercheEntreprises("http://a.example", transport=repond({"results": [UNITE]})).par_siren("999900178")

    assert fiche is not None
    assert (fiche.denomination, fiche.rna, fiche.date_creation) == ("LES AMIS DU CANAL", None, None)
    assert (fiche.est_association, fiche.active) == (True, True)


def test_a_result_that_only_resembles_the_number_is_no_answer() -> None:
    voisin = UNITE | {"complements": {"identifiant_association": "W691000179"}}
    annuaire = RechercheEntreprises("http://annuaire.example", transport=repond({"results": [voisin]}))

    assert annuaire.par_rna("W691000178") is None
    assert annuaire.par_siren("999900179") is None


def test_after_three_failures_the_register_is_left_alone() -> None:
    demandes: list[httpx.Request] = []

    def panne(demande: httpx.Request) -> httpx.Response:
        demandes.append(demande)
        raise httpx.ConnectError("refused", request=demande)

    annuaire = RechercheEntreprises(
        "http://annuaire.example",
        transport=httpx.MockTransport(panne),
        disjoncteur=Disjoncteur(echecs=3, repos=30, horloge=lambda: 0.0),
    )
    for _ in range(5):
        with pytest.raises(AnnuaireIndisponible):
            annuaire.par_siren("999900178")

    assert len(demandes) == 3


def test_a_404_is_an_answer_and_opens_no_breaker() -> None:
    annuaire = ApiAssociation("http://annuaire.example", "jeton", transport=repond({}, 404))

    assert [annuaire.par_rna("W691000178") for _ in range(5)] == [None] * 5


@dataclass
class GoutteAGoutte:
    """A server that sends one byte of its headers at a time: no single read is ever late. It gives up in the end."""

    url: str
    fini: threading.Event = field(default_factory=threading.Event)
    epuise: bool = False

    def servir(self, ecoute: socket.socket) -> None:
        connexion, _ = ecoute.accept()
        with connexion:
            for _ in range(400):
                if self.fini.wait(0.05):
                    return
                connexion.sendall(b"H")
            self.epuise = True


@pytest.fixture
def serveur_lent() -> Iterator[GoutteAGoutte]:
    with socket.create_server(("127.0.0.1", 0)) as ecoute:
        lent = GoutteAGoutte(f"http://127.0.0.1:{ecoute.getsockname()[1]}")
        fil = threading.Thread(target=lent.servir, args=(ecoute,))
        fil.start()
        yield lent
        lent.fini.set()
        fil.join()


def test_the_delay_covers_the_whole_call_even_when_bytes_keep_coming(serveur_lent: GoutteAGoutte) -> None:
    with pytest.raises(AnnuaireIndisponible):
        Appel(serveur_lent.url, delai=0.3).fiche("/search", {}, lambda _: None)

    assert not serveur_lent.epuise
