"""The home page: what a visitor may do, and what is open."""

from datetime import datetime, timedelta

from portal.formats import PARIS, maintenant
from tests import html
from tests.client import ClientStrict
from tests.factories import Fabriques


def test_a_visitor_reads_which_campaigns_are_open_and_until_when(client: ClientStrict, creer: Fabriques) -> None:
    service = creer.service("DDETS 69")
    creer.demarche(service, titre="Ouverte", cloture=datetime(2099, 1, 31, 23, 59, tzinfo=PARIS))
    creer.demarche(service, titre="Sans fin", cloture=None)
    creer.demarche(service, titre="Close hier", cloture=maintenant() - timedelta(days=1))
    creer.demarche(service, titre="À venir", ouverture=maintenant() + timedelta(days=1))
    client.get("/")
    texte = client.texte()
    assert "31 janvier 2099 à 23 h 59" in texte
    assert "sans date limite" in texte
    assert service.nom in texte
    assert "Close hier" not in texte
    assert "À venir" not in texte


def test_without_an_open_campaign_a_visitor_reads_what_can_be_done_meanwhile(client: ClientStrict) -> None:
    client.get("/")
    assert "Aucune campagne n’est ouverte" in client.texte()
    liens = {html.texte(lien): lien.get("href") for lien in client.arbre.iter("a")}
    assert liens["Ouvrir l’espace association"] == "/connexion"
    assert liens["Ouvrir l’espace agent"] == "/agents/connexion"
    assert liens["Vérifiez qu’il est authentique"] == "/verifier"
