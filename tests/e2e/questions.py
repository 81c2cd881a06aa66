"""Counts the questions that a request puts to somebody: what a page shows empty when it is opened."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Page

from portal.forms.plan_budget import PLAN
from portal.vocabulaire_demandes import SensBudget

LIGNES_DE_BUDGET = {poste.slug for tableau in PLAN for sens in SensBudget for poste in tableau.postes(sens)}
PARTIES_DE_DATE = ("-jour", "-mois", "-annee")
# one amount for each campaign of another service that is open that day
AUTRES_SERVICES = "destinataire-"
# name of each input that is seen, whether it is empty; a box or a button that is not ticked says nothing yet
VISIBLES = """() => [...document.querySelectorAll("main form :is(input, select, textarea)")]
    .filter(un => !["hidden", "submit", "button"].includes(un.type) && un.checkVisibility())
    .map(un => [
        un.type === "file" ? un.id : un.name,
        ["radio", "checkbox"].includes(un.type) ? !un.checked : un.value === "",
    ])"""


def posees(champs: Iterable[tuple[str, bool]]) -> set[str]:
    """The questions left open, from (name of an input, is it empty): a date is one, so are buttons, and whom else one asks."""
    vides: dict[str, bool] = {}
    for nom, vide in champs:
        question = AUTRES_SERVICES if nom.startswith(AUTRES_SERVICES) else nom
        for partie in PARTIES_DE_DATE:
            question = question.removesuffix(partie)
        vides[question] = vides.get(question, True) and vide
    return {question for question, vide in vides.items() if vide}


@dataclass
class Questions:
    """What one request asked, page by page; a page counts as it was first opened."""

    par_page: dict[str, set[str]] = field(default_factory=dict)

    def poser(self, page: Page) -> None:
        """Count a page that has just been opened."""
        self.par_page.setdefault(urlsplit(page.url).path, posees(page.evaluate(VISIBLES)))

    @property
    def nombre(self) -> int:
        """All of them."""
        return sum(map(len, self.par_page.values()))

    @property
    def hors_budgets(self) -> int:
        """Without the lines of the budgets, most of which stay empty."""
        return sum(len(questions - LIGNES_DE_BUDGET) for questions in self.par_page.values())
