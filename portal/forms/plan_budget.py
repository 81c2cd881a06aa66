"""The plan of accounts of the cerfa, as data: lines keyed by our own slug, which never changes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from portal.vocabulaire_demandes import SensBudget


@dataclass(frozen=True, slots=True)
class Poste:
    """A line of the plan. `slug` is ours and never changes; account number and label are what people read."""

    slug: str
    compte: str
    libelle: str


@dataclass(frozen=True, slots=True)
class Chapitre:
    """A heading of the plan and its lines; some concern a project alone, never the whole association."""

    compte: str
    titre: str
    postes: tuple[Poste, ...]
    projet_seul: bool = False


@dataclass(frozen=True, slots=True)
class Tableau:
    """Two columns that must balance: the budget itself, and the contributions volontaires (86 and 87)."""

    id: str
    titre: str
    desequilibre: str
    chapitres: Mapping[SensBudget, tuple[Chapitre, ...]]

    def postes(self, sens: SensBudget) -> tuple[Poste, ...]:
        """The lines of one column."""
        return tuple(poste for chapitre in self.chapitres[sens] for poste in chapitre.postes)


def _charger() -> tuple[Tableau, ...]:
    def chapitre(brut: dict[str, Any]) -> Chapitre:
        postes = tuple(Poste(**ligne) for ligne in brut["lignes"])
        return Chapitre(brut["compte"], brut["titre"], postes, brut.get("projet_seul", False))

    bruts = json.loads(Path(__file__).with_name("plan_budget.json").read_text(encoding="utf-8"))
    return tuple(
        Tableau(
            brut["id"],
            brut["titre"],
            brut["desequilibre"],
            {sens: tuple(map(chapitre, brut[sens])) for sens in SensBudget},
        )
        for brut in bruts
    )


def _sans_le_projet(tableau: Tableau) -> Tableau:
    chapitres = {sens: tuple(c for c in tableau.chapitres[sens] if not c.projet_seul) for sens in SensBudget}
    return replace(tableau, chapitres=chapitres)


# In place of the number of a project.
ASSOCIATION = 0
PLAN = BUDGET, CONTRIBUTIONS = _charger()
PLAN_ASSOCIATION = tuple(map(_sans_le_projet, PLAN))
