"""The whole story in one go: an association, two services, DS. With JavaScript (axe on each page), then without."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.e2e import histoire
from tests.e2e.conftest import Portail
from tests.e2e.histoire import Association
from tests.e2e.navigateur import Navigateur

pytestmark = pytest.mark.e2e

AVEC = Association("999 900 178", "Les Amis du Canal", "claire.avec@exemple.org", "Claire", "Vasseur-Canari")
SANS = Association("W691000244", "Lire ensemble", "denis.sans@exemple.org", "Denis", "Lormeau-Canari")


@contextmanager
def personne(
    browser: Browser, portail: Portail, *, javascript: bool, largeur: int = 1280, genre: type[Navigateur] = Navigateur
) -> Iterator[Navigateur]:
    """A new browser profile."""
    contexte = browser.new_context(
        java_script_enabled=javascript,
        viewport={"width": largeur, "height": 900},
        locale="fr-FR",
        reduced_motion="reduce",
    )
    nav = genre(contexte.new_page(), portail.url, verifier=javascript)
    try:
        yield nav
    except BaseException as faute:
        faute.add_note(f"The page was {nav.page.url}:\n{nav.page.locator('body').inner_text()[:3000]}")
        raise
    contexte.close()
    assert not nav.fautes, "\n".join(nav.fautes)


@pytest.mark.parametrize(
    ("qui", "javascript"), [(AVEC, True), (SANS, False)], ids=["avec_javascript", "sans_javascript"]
)
def test_the_whole_story(
    browser: Browser, portail: Portail, tmp_path: Path, qui: Association, javascript: bool
) -> None:
    intitule = f"Ateliers du canal, {qui.prenom}"
    avis = f"Partenaire connu et sérieux, canari {qui.prenom}."
    with personne(browser, portail, javascript=javascript, largeur=360) as usager:
        histoire.se_connecter(usager, qui)
        histoire.rattacher(usager, qui)
        code = histoire.signer(usager, qui)
        with personne(browser, portail, javascript=javascript) as passant:
            histoire.verifier_en_public(passant, code, qui)
        reference = histoire.demander(usager, tmp_path, qui, intitule)
        with personne(browser, portail, javascript=javascript) as instructrice:
            histoire.devenir(instructrice, "Camille")
            histoire.chercher(instructrice, intitule, "Portail")
            histoire.exporter(instructrice, reference)
            histoire.prendre_en_charge(instructrice, reference)
            histoire.demander_avis(instructrice, "DRAJES ARA", "Connaissez-vous cette association ?")
            histoire.devenir(instructrice, "Paul")
            histoire.donner_avis(instructrice, reference, avis, "1 000")
            histoire.devenir(instructrice, "Nadia")
            instructrice.aller(f"/instruction/dossiers/{reference}/avis")
            instructrice.lire(avis, "1 000,00 €")
            histoire.decider(instructrice, reference, "1 000,50 €")
            usager.aller(f"/dossiers/{reference}")
            usager.ne_lit_pas("Accordé", "1 000,50", avis)
            histoire.devenir(instructrice, "Nadia")
            instructrice.aller(f"/instruction/dossiers/{reference}")
            histoire.notifier(instructrice)
            instructrice.lire("accordé")
            histoire.resumer(instructrice, reference, "Projet utile au quartier")
        usager.aller(f"/dossiers/{reference}")
        usager.lire("Accordé", "1 000,50 €", "Projet utile au quartier", "tribunal administratif")
        usager.ne_lit_pas(avis)
    _traiter_un_dossier_de_ds(browser, portail, javascript=javascript)


def _traiter_un_dossier_de_ds(browser: Browser, portail: Portail, *, javascript: bool) -> None:
    """A dossier of DS is dealt with here: each act is done there, and then seen here."""
    numero = _a_prendre_en_charge(portail)
    reference = f"DS-{numero}"
    message = f"Merci de nous envoyer votre bilan, canari {numero}."
    with personne(browser, portail, javascript=javascript) as nav:
        histoire.devenir(nav, "Nadia")
        histoire.chercher(nav, str(numero), "Démarches Simplifiées")
        histoire.prendre_en_charge(nav, reference)
        _attendre_etat(portail, numero, "en_instruction")
        nav.patienter("en instruction")
        histoire.devenir(nav, "Camille")
        histoire.ecrire_par_ds(nav, reference, message)
        recus = [un["body"] for un in portail.ds.donnees.dossiers[numero].contenu["messages"]]
        assert sum(message in recu for recu in recus) == 1
        histoire.devenir(nav, "Nadia")
        histoire.decider(nav, reference, "500")
        histoire.notifier(nav)
        _attendre_etat(portail, numero, "accepte")
        nav.aller(f"/instruction/dossiers/{reference}")
        nav.patienter("accordé")
        histoire.devenir(nav, "Hélène")
        histoire.surveiller_les_echanges(nav, message)


def _a_prendre_en_charge(portail: Portail) -> int:
    """A dossier of the DDETS that waits for nothing."""
    return next(
        numero
        for numero, dossier in portail.ds.donnees.dossiers.items()
        if dossier.contenu["state"] == "en_construction"
        and dossier.contenu["groupeInstructeur"]["label"] == "DDETS"
        and not dossier.contenu["dateDerniereCorrectionEnAttente"]
    )


def _attendre_etat(portail: Portail, numero: int, etat: str) -> None:
    limite = time.monotonic() + 60
    while portail.ds.donnees.dossiers[numero].contenu["state"] != etat:
        assert time.monotonic() < limite, f"{numero} never became {etat}"
        time.sleep(0.2)
