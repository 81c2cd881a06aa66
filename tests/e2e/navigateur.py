"""A person at a browser: reads pages, fills fields by their labels, waits as people wait."""

import re
import time
from dataclasses import dataclass, field

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

PATIENCE_SECONDES = 60


@dataclass
class Navigateur:
    """A page with the gestures of the story. `axe` is run on each page seen when `verifier` is true."""

    page: Page
    racine: str
    verifier: bool
    fautes: list[str] = field(default_factory=list)
    vues: set[str] = field(default_factory=set)

    def aller(self, chemin: str) -> None:
        """Open a page by its address, as from a bookmark."""
        self.page.goto(self.racine + chemin)
        self.regarder()

    def suivre(self, nom: str) -> None:
        """Follow the link of that name."""
        with self.page.expect_navigation():
            self._activer(self.page.locator("main").get_by_role("link", name=nom, exact=True).first)
        self.regarder()

    def suivre_dans(self, zone: str) -> None:
        """Follow the first link of that part of the page (CSS selector)."""
        with self.page.expect_navigation():
            self._activer(self.page.locator(zone).first.get_by_role("link").first)
        self.regarder()

    def appuyer(self, nom: str) -> None:
        """Press the button of that name."""
        self._envoyer(self.page.get_by_role("button", name=nom, exact=True).first)

    def confirmer(self, nom: str) -> None:
        """Unfold the confirmation of that name, read it, press its button."""
        repli = self.page.locator("details", has=self.page.locator("summary", has_text=nom))
        repli.locator("summary").click()
        self._envoyer(repli.get_by_role("button", name=nom, exact=True))

    def remplir(self, **champs: str) -> None:
        """Type into fields, found by their names in the form (`date_debut__jour` for a part of a date)."""
        for nom, valeur in champs.items():
            self._champ(nom.replace("__", "-")).fill(valeur)

    def choisir(self, question: str, reponse: str) -> None:
        """Answer a question of radio buttons."""
        self.page.get_by_role("group", name=question).get_by_label(reponse, exact=True).check()

    def lister(self, libelle: str, reponse: str) -> None:
        """Choose, in a drop-down list, the line that begins so."""
        liste = self.page.locator("main").get_by_label(libelle)
        ligne = liste.locator("option", has_text=re.compile(f"^{re.escape(reponse)}"))
        liste.select_option(value=ligne.get_attribute("value"))

    def cocher(self, libelle: str) -> None:
        """Tick a box."""
        self.page.get_by_label(libelle).check()

    def lire(self, *textes: str) -> None:
        """See these texts on the page (spaces of every kind are alike)."""
        for texte in textes:
            expect(self.page.locator("body")).to_contain_text(re.compile(r"\s+".join(map(re.escape, texte.split()))))

    def lire_une_erreur(self, texte: str) -> None:
        """The page says that something is to be corrected, in its title and in these words."""
        self.lire(texte)
        expect(self.page).to_have_title(re.compile(r"^Erreur\s:"))

    def ne_lit_pas(self, *textes: str) -> None:
        """These texts are nowhere on the page."""
        contenu = " ".join(self.page.locator("body").inner_text().split())
        for texte in textes:
            assert texte not in contenu, f"{texte!r} on {self.page.url}"

    def patienter(self, texte: str) -> None:
        """Reload until the text is there, as a person does without JavaScript."""
        limite = time.monotonic() + PATIENCE_SECONDES
        while texte not in self.page.locator("body").inner_text():
            assert time.monotonic() < limite, f"{texte!r} never came on {self.page.url}"
            self.page.wait_for_timeout(500)
            self.page.reload()
        self.regarder()

    def telecharger(self, nom: str) -> bytes:
        """Download what the link of that name gives."""
        with self.page.expect_download() as telechargement:
            self.page.get_by_role("link", name=re.compile(nom)).first.click()
        return telechargement.value.path().read_bytes()

    def regarder(self) -> None:
        """What every page owes: it is served, it is titled, and axe finds nothing."""
        self.page.wait_for_load_state()
        expect(self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)
        expect(self.page.locator("h1")).to_have_count(1)
        titre = self.page.locator("h1").inner_text()
        expect(self.page).to_have_title(re.compile(r"\s+".join(map(re.escape, titre.split()))))
        if self.verifier and (titre, self.page.url) not in self.vues:
            self.vues.add((titre, self.page.url))
            resultat = Axe().run(self.page)
            if resultat.violations_count:
                self.fautes.append(f"{self.page.url}\n{resultat.generate_report()}")

    def _envoyer(self, bouton: Locator) -> None:
        """Press, and wait for what the server answers: a new page, a redirection followed by htmx, or a fragment."""
        if self.verifier:
            self.page.locator("html").evaluate("page => { page.dataset.avant = '' }")
        with self.page.expect_response(lambda reponse: reponse.request.method == "POST") as reponse:
            self._activer(bouton)
        if "hx-redirect" in reponse.value.headers:
            self.page.locator("html:not([data-avant])").wait_for(state="attached")
        self.regarder()

    def _champ(self, nom: str) -> Locator:
        return self.page.locator("main").locator(f'[name="{nom}"]')

    def _activer(self, cible: Locator) -> None:
        """As a mouse does."""
        cible.click()


class NavigateurAuClavier(Navigateur):
    """The same without a mouse: what is used is reached by tabulations alone."""

    TABULATIONS = 120

    def atteindre(self, cible: Locator) -> None:
        """Go to an element. Raises AssertionError when no tabulation leads there."""
        for _ in range(self.TABULATIONS):
            if cible.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{cible} is not reached by keyboard on {self.page.url}")

    def remplir(self, **champs: str) -> None:
        """Replace what a field holds."""
        for nom, valeur in champs.items():
            champ = self._champ(nom.replace("__", "-"))
            self.atteindre(champ)
            champ.press("Control+a")
            self.page.keyboard.type(valeur)

    def choisir(self, question: str, reponse: str) -> None:
        """The group is one stop of the tabulation; arrows choose within it."""
        groupe = self.page.get_by_role("group", name=question)
        coche, cible = groupe.locator("input:checked"), groupe.get_by_label(reponse, exact=True)
        self.atteindre(coche if coche.count() else groupe.get_by_role("radio").first)
        self.page.keyboard.press("Space")
        for _ in range(groupe.get_by_role("radio").count()):
            if cible.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{reponse!r} is not chosen by keyboard on {self.page.url}")

    def cocher(self, libelle: str) -> None:
        """Tick a box that nothing has ticked."""
        case = self.page.get_by_label(libelle)
        assert not case.is_checked()
        self.atteindre(case)
        self.page.keyboard.press("Space")
        assert case.is_checked()

    def _activer(self, cible: Locator) -> None:
        self.atteindre(cible)
        self.page.keyboard.press("Enter")
