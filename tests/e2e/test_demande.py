"""A whole request, from the login to the récépissé: by keyboard alone on a small screen, then again by the same association;
and without JavaScript."""

import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import demandes, histoire
from tests.e2e.conftest import Portail
from tests.e2e.demandes import Projet, Recit
from tests.e2e.histoire import Association
from tests.e2e.navigateur import NavigateurAuClavier
from tests.e2e.questions import Questions, posees
from tests.e2e.test_engagement import tient
from tests.e2e.test_histoire import personne

pytestmark = pytest.mark.e2e

AVEC = Association("999 900 939", "Ciné-club du Vercors", "awa.avec@exemple.org", "Awa", "Diallo-Canari")
SANS = Association("W423001176", "Mémoire du Forez", "rosa.sans@exemple.org", "Rosa", "Fabre-Canari")
PROJETS = (
    Projet(
        "Ateliers du canal",
        "1 000",
        {"remuneration_personnels": "1 500,50", "deplacements_missions": "499,5"},
        {"subventions_etat": "1000", "subventions_commune": "600", "cotisations": "400"},
    ),
    Projet("Fête du fleuve", "500", {"locations": "900"}, {"subventions_etat": "500", "dons_mecenat": "400"}),
)


def test_a_request_is_written_and_filed_by_keyboard_alone_and_the_next_one_asks_less(
    browser: Browser, portail: Portail, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    premiere, suivante = Questions(), Questions()
    with personne(browser, portail, javascript=True, largeur=360, genre=NavigateurAuClavier) as nav:
        histoire.se_connecter_par_code(nav, AVEC)
        histoire.rattacher(nav, AVEC)
        _demander(nav, Recit(demandes.VILLE, "1 500", PROJETS), tmp_path, premiere)
        demande = _demander(nav, Recit(demandes.VIE_ASSOCIATIVE, "1 500", PROJETS), tmp_path, suivante)
        nav.aller(demande)
        expect(nav.page.get_by_text("n’ont pas eu à être retapées")).to_be_visible()
    with capsys.disabled():
        sys.stdout.write(
            f"\nQuestions posées : première demande {premiere.nombre}, demande suivante {suivante.nombre}"
            f" (sans les lignes des budgets : {premiere.hors_budgets}, puis {suivante.hors_budgets})\n"
        )
    assert suivante.nombre < premiere.nombre
    assert suivante.hors_budgets < premiere.hors_budgets


def test_a_request_is_written_and_filed_without_javascript(browser: Browser, portail: Portail, tmp_path: Path) -> None:
    with personne(browser, portail, javascript=False, largeur=360) as nav:
        histoire.se_connecter(nav, SANS)
        histoire.rattacher(nav, SANS)
        _demander(nav, Recit(demandes.VILLE, "1 500", PROJETS), tmp_path, Questions(), SANS)


def test_a_date_a_group_of_buttons_and_whom_else_one_asks_are_one_question_each() -> None:
    champs = [("debut-jour", False), ("debut-mois", True), ("fin-jour", True), ("fin-mois", True)]
    boutons = [("forme", True), ("forme", False), ("qpv", True), ("qpv", True), ("age", True)]
    autres = [("destinataire-2", True), ("destinataire-7", True)]
    assert posees([*champs, *boutons, *autres]) == {"fin", "qpv", "age", "destinataire-"}


def _demander(
    nav: histoire.Navigateur, recit: Recit, dossier: Path, questions: Questions, qui: Association = AVEC
) -> str:
    """The whole of a request; its address."""
    adresse = demandes.commencer(nav, recit.campagne)
    tient(nav)
    demandes.remplir(nav, recit, questions)
    demandes.joindre_les_pieces(nav, dossier, qui.nom, questions)
    demandes.repondre_au_service(nav, questions)
    demandes.attester(nav, questions)
    tient(nav)
    reference = demandes.deposer(nav, "1 500,00 €", "Ateliers du canal", "Fête du fleuve", "Ville de Lyon", "rib.pdf")
    histoire.lire_le_recepisse(nav, reference, "1 500,00", "comptes.pdf")
    return adresse
