"""Coming in by the code and managing one's account, on a small screen without a mouse: with JavaScript, then without."""

import pytest
from playwright.sync_api import Browser

from tests.e2e import histoire
from tests.e2e.conftest import Portail
from tests.e2e.histoire import Association
from tests.e2e.navigateur import NavigateurAuClavier
from tests.e2e.test_engagement import tient
from tests.e2e.test_histoire import personne

pytestmark = pytest.mark.e2e

AVEC = Association("", "", "lise.avec@exemple.org", "Lise", "Moreau-Canari")
SANS = Association("", "", "yann.sans@exemple.org", "Yann", "Le Goff-Canari")


@pytest.mark.parametrize(
    ("qui", "javascript"), [(AVEC, True), (SANS, False)], ids=["avec_javascript", "sans_javascript"]
)
def test_one_comes_in_by_the_code_and_changes_ones_address_by_keyboard_on_a_small_screen(
    browser: Browser, portail: Portail, qui: Association, javascript: bool
) -> None:
    with personne(browser, portail, javascript=javascript, largeur=360, genre=NavigateurAuClavier) as nav:
        nav.aller("/connexion")
        nav.remplir(email=qui.email)
        nav.appuyer("Recevoir un lien de connexion")
        nav.lire("Cela peut prendre quelques minutes", qui.email)
        tient(nav)
        code = histoire.lire_le_code_de_connexion(nav, qui)
        nav.remplir(code="12345")
        nav.appuyer("Se connecter")
        nav.lire_une_erreur("Le code compte six chiffres")
        nav.remplir(code=code)
        nav.cocher("Cet appareil est à moi")
        nav.appuyer("Se connecter")
        nav.remplir(prenom=qui.prenom, nom=qui.nom_personne)
        nav.appuyer("Enregistrer")
        nav.aller("/compte")
        nav.suivre("Voir vos sessions ouvertes")
        nav.lire("celui-ci", "30 jours")
        tient(nav)
        nav.aller("/compte")
        nav.suivre("Changer d’adresse de connexion")
        nouvelle = f"nouvelle.{qui.email}"
        nav.remplir(email=nouvelle)
        nav.appuyer("Envoyer le lien de confirmation")
        nav.lire("Un changement attend d’être confirmé")
        tient(nav)
        nav.suivre("lisez-le ici")
        nav.patienter(nouvelle)
        nav.suivre_dans(f'section:has-text("{nouvelle}"):has-text("Confirmez votre nouvelle adresse")')
        tient(nav)
        nav.appuyer("Confirmer cette adresse")
        nav.lire("Votre adresse est changée", nouvelle)
