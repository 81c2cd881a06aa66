"""Three services and somebody outside, each on a phone: asked together under a seal, answered, revealed."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from integrations.postgresql.grappe import Grappe
from tests.e2e import histoire
from tests.e2e.conftest import Portail, demarrer
from tests.e2e.navigateur import Navigateur
from tests.e2e.test_histoire import personne

pytestmark = pytest.mark.e2e
TELEPHONE = 360
EXPERTE = "Noé Lafarge, Université de Lyon"


@dataclass(frozen=True)
class Projet:
    """A dossier of the demonstration that nobody has taken in charge yet, and the address of the expert asked about it."""

    intitule: str
    email: str
    javascript: bool

    def dit(self, qui: str) -> str:
        """What that party writes, found nowhere else."""
        return f"Avis de {qui} sur ce projet, canari {self.email[:4]}{qui[:3]}."


AVEC = Projet("Ateliers de lecture à voix haute aux Buers", "avec.expert@universite.example", javascript=True)
SANS = Projet("Vacances sportives aux Minguettes", "sans.experte@universite.example", javascript=False)


@pytest.fixture(scope="module")
def portail(grappe: Grappe, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portail]:
    """A portal of this story alone: it takes dossiers that other stories look for untouched."""
    with demarrer(grappe, tmp_path_factory.mktemp("avis"), "avis_croises") as portail:
        yield portail


@pytest.mark.parametrize("projet", [AVEC, SANS], ids=["avec_javascript", "sans_javascript"])
def test_three_services_and_an_expert_answer_under_a_seal(browser: Browser, portail: Portail, projet: Projet) -> None:
    with personne(browser, portail, javascript=projet.javascript, largeur=TELEPHONE) as agent:
        histoire.devenir(agent, "Camille")
        reference = _demander_sous_scelle(agent, projet)
        _repondre(agent, "Paul", reference, "Favorable", projet.dit("DRAJES"))
        with personne(browser, portail, javascript=projet.javascript, largeur=TELEPHONE) as expert:
            _repondre_sans_compte(expert, projet)
        for prenom in ("Camille", "Paul"):
            histoire.devenir(agent, prenom)
            agent.aller(f"/instruction/dossiers/{reference}/avis")
            agent.lire("sous scellé")
            agent.ne_lit_pas(projet.dit("expert"))
        agent.lire(projet.dit("DRAJES"))
        _repondre(agent, "Sophie", reference, "Favorable avec réserves", projet.dit("préfecture"))
        for prenom in ("Sophie", "Paul", "Camille"):
            histoire.devenir(agent, prenom)
            agent.aller(f"/instruction/dossiers/{reference}/avis")
            agent.lire(*(projet.dit(qui) for qui in ("DRAJES", "expert", "préfecture")))


def _demander_sous_scelle(nav: Navigateur, projet: Projet) -> str:
    """Two services and an address, in one go; the reference of the dossier."""
    nav.aller(f"/instruction/dossiers?q={projet.intitule}")
    nav.suivre_dans("main tbody")
    reference = nav.page.url.rsplit("/", 1)[1].partition("?")[0]
    histoire.prendre_en_charge(nav, reference)
    nav.suivre("Demander un avis")
    nav.appuyer("Demander l’avis")
    nav.lire_une_erreur("Écrivez votre question.")
    nav.lister("Service à saisir", "DRAJES ARA")
    nav.lister("Deuxième service", "Préfecture 69")
    nav.remplir(adresses=f"{projet.email}, {EXPERTE}", question="Ce projet répond-il à un besoin ?")
    nav.page.get_by_label("Sous scellé").check()
    nav.appuyer("Demander l’avis")
    nav.lire("sous scellé", EXPERTE)
    return reference


def _repondre(nav: Navigateur, prenom: str, reference: str, sens: str, texte: str) -> None:
    """As an agent of a service that was asked, who sees nothing of the others."""
    histoire.devenir(nav, prenom)
    nav.aller(f"/instruction/dossiers/{reference}")
    nav.suivre("Donner un avis")
    nav.page.get_by_label(sens, exact=True).check()
    nav.remplir(texte=texte)
    if nav.verifier:  # kept by itself while it is written
        nav.lire("Brouillon gardé à")
    nav.page.get_by_label("Les services saisis", exact=True).check()
    nav.appuyer("Enregistrer l’avis")
    nav.lire(texte)


def _repondre_sans_compte(nav: Navigateur, projet: Projet) -> None:
    """Open the link of the letter, read the demande, answer it; the same link opens nothing else."""
    nav.aller("/demo/courriels")
    nav.patienter(projet.email)
    nav.suivre_dans(f'section:has-text("{projet.email}")')
    nav.lire("Aucun compte n’est nécessaire")
    nav.appuyer("Lire la demande")
    nav.suivre_dans("main ul")
    nav.lire("Ce projet répond-il à un besoin ?")
    nav.appuyer("Envoyer l’avis")
    nav.lire_une_erreur("Choisissez le sens de votre avis.")
    nav.page.get_by_label("Défavorable", exact=True).check()
    nav.remplir(texte=projet.dit("expert"))
    nav.page.locator("main [name=audience][value=services_saisis]").check()
    nav.appuyer("Envoyer l’avis")
    nav.lire("Votre avis est envoyé.", projet.dit("expert"))
    nav.ne_lit_pas(projet.dit("DRAJES"))
    nav.page.goto(f"{nav.racine}/instruction/dossiers")
    nav.lire("Action non autorisée")
