"""Campaigns and territories at a browser: found without an account, prepared by a service; axe on every page, 360 px wide."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import histoire
from tests.e2e.conftest import Portail
from tests.e2e.test_histoire import personne
from tests.e2e.test_sections import commencer

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "sans_javascript"])
def test_a_visitor_finds_a_campaign_and_reads_all_of_it(browser: Browser, portail: Portail, javascript: bool) -> None:
    with personne(browser, portail, javascript=javascript, largeur=360) as nav:
        nav.aller("/campagnes")
        nav.lire("Politique de la ville", "Fonds pour le développement de la vie associative")
        nav.remplir(q="développement VIE")
        nav.page.get_by_role("button", name="Appliquer").click()
        expect(nav.page.locator("#campagnes")).not_to_contain_text("Politique de la ville")
        nav.regarder()
        nav.page.locator("#campagnes").get_by_role("link").first.click()
        nav.regarder()
        nav.lire(
            "Pour qui", "Combien", "heure de Paris", "Pièces à joindre", "Questions du service", "Qui peut vous aider"
        )
        nav.suivre("Commencer une demande")
        nav.lire("Connectez-vous pour continuer")


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "sans_javascript"])
def test_a_responsable_prepares_publishes_and_puts_off_a_campaign(
    browser: Browser, portail: Portail, javascript: bool
) -> None:
    titre = f"Lire au soleil {'avec' if javascript else 'sans'}"
    with personne(browser, portail, javascript=javascript, largeur=360) as nav:
        histoire.devenir(nav, "Nadia")
        nav.aller("/instruction/campagnes")
        nav.suivre("Préparer une campagne")
        nav.remplir(titre=titre, exercice="2099", cloture_heure="midi")
        nav.appuyer("Enregistrer la campagne")
        nav.lire_une_erreur("L’heure « midi » n’est pas lisible")
        nav.remplir(
            cloture_heure="12 h", dispositif="FDVA 2", description="Lire.", public="Toutes.", montants="1 000 €."
        )
        nav.remplir(ouverture__jour="1", ouverture__mois="1", ouverture__annee="2020")
        nav.remplir(cloture__jour="31", cloture__mois="1", cloture__annee="2099")
        nav.lister("Heure locale à montrer aussi", "L’heure à La Réunion")
        nav.appuyer("Enregistrer la campagne")
        nav.suivre("Poser une question")
        nav.remplir(libelle="Votre numéro SIRET ?")
        nav.choisir("Réponse attendue", "Un texte")
        nav.appuyer("Enregistrer")
        nav.lire_une_erreur("Le portail a déjà cela")
        nav.remplir(libelle="Avec qui lisez-vous ?")
        nav.appuyer("Enregistrer")
        nav.lire("Avec qui lisez-vous ?")
        nav.suivre("Demander une pièce")
        nav.choisir("Nature", "Rapport d’activité")
        nav.appuyer("Enregistrer")
        nav.appuyer("Publier la campagne")
        nav.suivre("Repousser la clôture")
        nav.remplir(cloture__jour="15", cloture__mois="2", cloture__annee="2099", motif="Une panne.")
        nav.appuyer("Repousser la clôture")
        nav.suivre("Voir la page que tout le monde lit")
        nav.lire("31 janvier 2099 à 12 h 00 à Paris, 15 h 00 à La Réunion", "Une panne.")


def test_names_of_territories_are_proposed_while_they_are_typed(browser: Browser, portail: Portail) -> None:
    with personne(browser, portail, javascript=True, largeur=360) as nav:
        demande = commencer(nav)
        nav.aller(f"{demande}/projet")
        nav.page.locator("[name=territoires-0-genre]").select_option("commune")
        nav.page.locator("[name=territoires-0-lieu]").press_sequentially("veniss")
        expect(nav.page.locator("#lieux-proposes option")).to_have_text(re.compile("Vénissieux, Commune, 69259"))
        nav.remplir(**{"territoires-0-lieu": "69259", "intitule": "Lire"})
        nav.regarder()
        nav.appuyer("Enregistrer la section")
        nav.aller(f"{demande}/relecture")
        nav.lire("Vénissieux, Commune, 69259")
        nav.aller("/territoires?q=saint-denis")
        nav.lire("93066", "97411")
