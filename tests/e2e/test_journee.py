"""The whole day of an instructor, from the home to the decision that the association reads: by keyboard alone, axe on every
page, half of it on a phone; and without JavaScript.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e import histoire, journee
from tests.e2e.conftest import Portail
from tests.e2e.navigateur import Navigateur, NavigateurAuClavier
from tests.e2e.test_histoire import personne

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize(
    ("genre", "javascript", "mot"),
    [(NavigateurAuClavier, True, "clavier"), (Navigateur, False, "souris")],
    ids=["clavier", "sans_javascript"],
)
def test_the_day_of_an_instructor(
    browser: Browser, portail: Portail, tmp_path: Path, genre: type[Navigateur], javascript: bool, mot: str
) -> None:
    message, mention = f"Votre projet nous intéresse, {mot}.", f"À regarder avec moi, {mot}, @nadia.benali."
    etiquette = f"Comité, {mot}"
    scan = tmp_path / "demande.pdf"
    scan.write_bytes(journee.PDF)
    journee.deposer(portail, mot)
    with personne(browser, portail, javascript=javascript, genre=genre) as nav:
        journee.regarder_l_accueil(nav)
        journee.chercher(nav, mot)
        reference = journee.prendre_en_charge(nav)
        journee.lire_le_dossier(nav, mot)
        journee.verifier_les_points(nav, mot)
        journee.ecrire_une_note(nav)
        journee.etiqueter(nav, etiquette)
        journee.demander_un_complement(nav)
        journee.ecrire(nav, mot, message, mention)
        journee.demander_un_avis(nav)
        journee.corriger(nav, reference, message)
        nav.page.set_viewport_size({"width": 360, "height": 900})
        journee.voir_ce_qui_a_change(nav, reference)
        journee.traiter_par_lot(nav, mot, etiquette)
        papier = journee.saisir(nav, scan, f"Jardin partagé, {mot}")
        journee.reorienter(nav, papier, f"Jardin partagé, {mot}", etiquette)
        histoire.devenir(nav, "Camille")
        journee.proposer(nav, reference)
        journee.repondre_a_la_mention(nav, reference, mention)
        journee.decider_et_notifier(nav, reference)
        journee.remplacer_une_absente(nav)
        journee.lire_la_decision(nav, reference)
        journee.eteindre_les_raccourcis(nav)
