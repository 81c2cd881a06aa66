"""A person at a browser: reads pages, fills fields by their labels, waits as people wait."""

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Locator, Page, expect

PATIENCE_SECONDES = 60
# How often Tab may be pressed without asking where one is: 0 there, else 1 and one for each thing that surely stops it before.
TABULATIONS_SURES = """cible => {
    const ici = document.activeElement;
    if (ici === cible) return 0;
    const choix = "input:not([type=hidden], [type=radio])";
    const arrets = document.querySelectorAll(`a[href], button, textarea, select, summary, ${choix}`);
    const suit = (un, autre) => Boolean(un.compareDocumentPosition(autre) & Node.DOCUMENT_POSITION_FOLLOWING);
    const devant = ici === document.body || suit(ici, cible);
    return 1 + [...arrets].filter(arret => arret !== ici && arret !== cible && !arret.disabled && arret.tabIndex === 0
        && arret.checkVisibility({visibilityProperty: true})
        && (ici === document.body || suit(ici, arret)) && (!devant || suit(arret, cible))).length;
}"""


@dataclass
class Navigateur:
    """A page with the gestures of the story. `axe` is run on each page seen when `verifier` is true."""

    page: Page
    racine: str
    verifier: bool
    fautes: list[str] = field(default_factory=list)
    vues: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Nothing that a page asks for is refused by its own policy."""
        self.page.on("console", self._entendre)

    def _entendre(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.fautes.append(f"{self.page.url} : {message.text} ({message.location})")

    def aller(self, chemin: str) -> None:
        """Open a page by its address, as from a bookmark."""
        self.page.goto(self.racine + chemin)
        self.regarder()

    def suivre(self, nom: str) -> None:
        """Follow the link of that name."""
        with self.page.expect_navigation():
            self.activer(self.page.locator("main").get_by_role("link", name=nom, exact=True).first)
        self.regarder()

    def suivre_dans(self, zone: str) -> None:
        """Follow the first link of that part of the page (CSS selector)."""
        with self.page.expect_navigation():
            self.activer(self.page.locator(zone).first.get_by_role("link").first)
        self.regarder()

    def appuyer(self, nom: str) -> None:
        """Press the button of that name."""
        self._envoyer(self.page.get_by_role("button", name=nom, exact=True).first)

    def confirmer(self, nom: str) -> None:
        """Unfold the confirmation of that name, read it, press its button."""
        repli = self.page.locator("details", has=self.page.locator("summary", has_text=nom))
        self.activer(repli.locator("summary"))
        self._envoyer(repli.get_by_role("button", name=nom, exact=True))

    def remplir(self, **champs: str) -> None:
        """Type into fields, found by their names in the form (`date_debut__jour` for a part of a date)."""
        for nom, valeur in champs.items():
            self.ecrire(self._champ(nom.replace("__", "-")), valeur)

    def ecrire(self, champ: Locator, valeur: str) -> None:
        """Replace what a field holds."""
        champ.fill(valeur)

    def viser(self, cible: Locator) -> None:
        """Come to what one is about to use."""
        expect(cible).to_be_visible()

    def choisir(self, question: str, reponse: str) -> None:
        """Answer a question of radio buttons."""
        groupe = self.page.get_by_role("group", name=question)
        self._opter(groupe.get_by_role("radio"), groupe.get_by_label(reponse, exact=True))

    def lister(self, libelle: str, reponse: str) -> None:
        """Choose, in a drop-down list, the line that begins so."""
        liste = self.page.locator("main").get_by_label(libelle)
        ligne = liste.locator("option", has_text=re.compile(f"^{re.escape(reponse)}"))
        self._lister(liste, ligne.get_attribute("value") or "")

    def cocher(self, libelle: str) -> None:
        """Tick a box that nothing has ticked."""
        self._cocher(self.page.get_by_label(libelle))

    def repondre(self, reponses: Mapping[str, str]) -> None:
        """Answer what nothing answers yet, by the names of inputs: a code for a choice ("": the first), a text for the rest."""
        for nom, valeur in reponses.items():
            champ = self._champ(nom)
            nature, rempli = champ.first.evaluate(
                """un => [un.type, un.type === "radio"
                    ? [...un.form.elements].some(autre => autre.name === un.name && autre.checked)
                    : un.value !== ""]"""
            )
            if rempli:
                continue
            if nature == "radio":
                self._opter(champ, champ.and_(self.page.locator(f'[value="{valeur}"]')) if valeur else champ.first)
            elif nature.startswith("select"):
                self._lister(champ, valeur)
            else:
                self.remplir(**{nom: valeur})

    def cocher_tout(self) -> None:
        """Tick every box of the page, of which none is ticked in advance."""
        for case in self.page.locator("main").get_by_role("checkbox").all():
            self._cocher(case)

    def joindre(self, selecteur: str, chemin: Path) -> None:
        """Choose a file."""
        self.page.locator(selecteur).first.set_input_files(chemin)

    def envoyer(self, zone: str, nom: str) -> None:
        """Press the button of that name in the first part of the page that is so (CSS selector)."""
        self._envoyer(self.page.locator(zone).first.get_by_role("button", name=nom, exact=True).first)

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
        self.patienter_pour(self.page.locator("body", has_text=texte))

    def patienter_pour(self, cible: Locator) -> None:
        """Reload until that is on the page."""
        limite = time.monotonic() + PATIENCE_SECONDES
        while not cible.count():
            assert time.monotonic() < limite, f"{cible} never came on {self.page.url}"
            self.page.wait_for_timeout(500)
            self.page.reload()
        self.regarder()

    def telecharger(self, nom: str) -> bytes:
        """Download what the link of that name gives."""
        with self.page.expect_download() as telechargement:
            self.activer(self.page.get_by_role("link", name=re.compile(nom)).first)
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
        # what the page saves by itself meanwhile is not the answer to the button
        with self.page.expect_response(
            lambda reponse: reponse.request.method == "POST" and not reponse.url.endswith("/brouillon")
        ) as reponse:
            self.activer(bouton)
        if "hx-redirect" in reponse.value.headers:
            self.page.locator("html:not([data-avant])").wait_for(state="attached")
        self.regarder()

    def _champ(self, nom: str) -> Locator:
        return self.page.locator("main").locator(f'[name="{nom}"]')

    def _opter(self, _boutons: Locator, cible: Locator) -> None:
        cible.check()

    def _lister(self, liste: Locator, valeur: str) -> None:
        liste.select_option(value=valeur)

    def _cocher(self, case: Locator) -> None:
        assert not case.is_checked()
        case.check()

    def activer(self, cible: Locator) -> None:
        """Follow or press it, as a mouse does."""
        cible.click()


class NavigateurAuClavier(Navigateur):
    """The same without a mouse: what is used is reached by tabulations alone."""

    TABULATIONS = 250
    TOUCHES = 6

    def atteindre(self, cible: Locator) -> None:
        """Go to an element. Raises AssertionError when no tabulation leads there."""
        pressees = 0
        while pressees < self.TABULATIONS:
            restantes = cible.evaluate(TABULATIONS_SURES)
            if not restantes:
                return
            for _ in range(restantes):
                self.page.keyboard.press("Tab")
            pressees += restantes
        raise AssertionError(f"{cible} is not reached by keyboard on {self.page.url}")

    def taper(self, touches: str) -> None:
        """Press these keys one by one: a frequent act takes few. A page that opens is waited for."""
        assert len(touches) <= self.TOUCHES, touches
        for touche in touches:
            avant = self.page.url
            self.page.keyboard.press(touche)
            if touche == "c":
                expect(self.page.locator("main .alert-success")).to_be_visible()
            elif touche in "oadmnp":
                self.page.wait_for_url(lambda adresse, avant=avant: adresse != avant)
        self.regarder()

    def ecrire(self, champ: Locator, valeur: str) -> None:
        """Select all that the field holds, and type over it."""
        self.atteindre(champ)
        champ.press("Control+a")
        champ.press("Delete")
        self.page.keyboard.type(valeur)

    def viser(self, cible: Locator) -> None:
        """By tabulations."""
        self.atteindre(cible)

    def joindre(self, selecteur: str, chemin: Path) -> None:
        """Space opens the window where files are chosen; pressed again when a busy browser has not opened it."""
        champ = self.page.locator(selecteur).first
        self.page.once("filechooser", lambda fenetre: fenetre.set_files(chemin))
        self.atteindre(champ)
        for _ in range(5):
            self.page.keyboard.press("Space")
            with suppress(AssertionError):
                expect(champ).not_to_have_value("", timeout=5_000)
                return
        raise AssertionError(f"{selecteur} opens no window on {self.page.url}")

    def _opter(self, boutons: Locator, cible: Locator) -> None:
        """The group is one stop of the tabulation; arrows choose within it."""
        coche = boutons.and_(self.page.locator(":checked"))
        self.atteindre(coche if coche.count() else boutons.first)
        self.page.keyboard.press("Space")
        for _ in range(boutons.count()):
            if cible.is_checked():
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{cible} is not chosen by keyboard on {self.page.url}")

    def _lister(self, liste: Locator, valeur: str) -> None:
        """Arrows go through a drop-down list without opening it."""
        self.atteindre(liste)
        for _ in range(liste.locator("option").count()):
            if liste.input_value() == valeur:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{valeur!r} is not chosen by keyboard on {self.page.url}")

    def _cocher(self, case: Locator) -> None:
        assert not case.is_checked()
        self.atteindre(case)
        self.page.keyboard.press("Space")
        assert case.is_checked()

    def activer(self, cible: Locator) -> None:
        """Reach it, and press Enter."""
        self.atteindre(cible)
        self.page.keyboard.press("Enter")
