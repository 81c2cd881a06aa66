"""Whether two requests are for the same action: readable points for and against, from facts alone. Pure.

No name of a person is looked at. The points belong to the pair: nothing is ever added up for an association.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from portal.queries.ressemblances import other_edition, similarity, without_places
from portal.vocabulaire_demandes import GenreTerritoire
from portal.vocabulaire_recoupements import RaisonAction

# What each fact is worth at most. What one side does not say is not counted, for nor against.
TITRE, PERIODE, EXERCICE, TERRITOIRE, MONTANT, COUT = 50, 20, 15, 15, 10, 10
AUTRE_EDITION, AUTRE_PERIODE, AUTRE_EXERCICE, AUTRE_TERRITOIRE = -30, -45, -45, -45
# Titles that share less say nothing of the same action, whatever else agrees; from there their points grow to TITRE.
TITRE_MINIMAL = 0.4
# The share of the points that could be had, from which a pair is shown.
SEUIL = Decimal("0.55")
PROCHE = Decimal("0.02")
VOISIN = Decimal("0.12")
# Communes cut into arrondissements: (first code, last code, the whole).
ARRONDISSEMENTS = (("69381", "69389", "69123"), ("75101", "75120", "75056"), ("13201", "13216", "13055"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What one request is for; euros. `territoires`: codes by kind; `noms`: normalised names of places that its title may bear.

    What is not said is None or empty.
    """

    titre: str
    exercice: int | None = None
    debut: date | None = None
    fin: date | None = None
    territoires: frozenset[tuple[GenreTerritoire, str]] = frozenset()
    noms: frozenset[str] = frozenset()
    montant: Decimal | None = None
    cout: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Raison:
    """A fact that speaks for or against: its points of `sur`, and what to say it with."""

    code: RaisonAction
    points: int
    sur: int
    valeurs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rapprochement:
    """A pair and its reasons."""

    raisons: tuple[Raison, ...]

    @cached_property
    def dites(self) -> list[dict[str, Any]]:
        """The reasons as they are kept with each of the two: made once, they are many where everything looks alike."""
        return [
            {"code": une.code, "points": une.points, "sur": une.sur, "valeurs": une.valeurs} for une in self.raisons
        ]

    @property
    def points(self) -> int:
        """The sum of the reasons."""
        return sum(raison.points for raison in self.raisons)

    @property
    def sur(self) -> int:
        """What they could have been worth, of what both sides say."""
        return sum(raison.sur for raison in self.raisons)

    @property
    def contredit(self) -> bool:
        """A fact speaks against it."""
        return any(raison.points < 0 for raison in self.raisons)

    @property
    def retenu(self) -> bool:
        """Near enough to be shown to a person."""
        return self.points >= SEUIL * self.sur


def compare(ici: Action, la: Action) -> Rapprochement | None:
    """The reasons why two actions may be the same; None when their titles alone say that they are not."""
    noms = ici.noms if ici.noms is la.noms else ici.noms | la.noms
    (titre, lieux), (autre, ailleurs) = without_places(ici.titre, noms), without_places(la.titre, noms)
    proximite = similarity(titre, autre)
    if proximite < TITRE_MINIMAL:
        return None
    points = round(TITRE * (proximite - TITRE_MINIMAL) / (1 - TITRE_MINIMAL))
    raisons = [Raison(RaisonAction.TITRE, points, TITRE, {"proximite": proximite})]
    if other_edition(ici.titre, la.titre):
        raisons.append(Raison(RaisonAction.EDITION, AUTRE_EDITION, 0))
    raisons += _when(ici, la)
    raisons += _where(ici, la, lieux, ailleurs)
    raisons += _how_much(RaisonAction.MONTANT, MONTANT, ici.montant, la.montant)
    raisons += _how_much(RaisonAction.COUT, COUT, ici.cout, la.cout)
    return Rapprochement(tuple(raisons))


def nearest(ici: Iterable[Action], la: Iterable[Action]) -> Rapprochement | None:
    """Of all pairs of actions of two requests, the one with the largest share of its points."""
    autres = list(la)
    pairs = [paire for une in ici for autre in autres if (paire := compare(une, autre))]
    return max(pairs, key=lambda paire: (paire.points / paire.sur, paire.points), default=None)


def _when(ici: Action, la: Action) -> list[Raison]:
    """By the dates of the actions; by their exercices when one of them has no dates."""
    if ici.debut and ici.fin and la.debut and la.fin:
        debut, fin = max(ici.debut, la.debut), min(ici.fin, la.fin)
        if fin < debut:
            return [Raison(RaisonAction.AUTRE_PERIODE, AUTRE_PERIODE, PERIODE)]
        commun = (fin - debut).days + 1
        court = max(1, min((ici.fin - ici.debut).days, (la.fin - la.debut).days) + 1)
        points = round(PERIODE * min(1, commun / court))
        return [Raison(RaisonAction.PERIODE, points, PERIODE, {"debut": str(debut), "fin": str(fin)})]
    if ici.exercice is None or la.exercice is None:
        return []
    if ici.exercice != la.exercice:
        return [Raison(RaisonAction.AUTRE_EXERCICE, AUTRE_EXERCICE, EXERCICE)]
    return [Raison(RaisonAction.EXERCICE, EXERCICE, EXERCICE, {"exercice": ici.exercice})]


def _where(ici: Action, la: Action, dits: frozenset[str], dits_la: frozenset[str]) -> list[Raison]:
    """A territory in common; or places that cannot be the same ones. A commune and a quartier of it say nothing.

    Where one side names no territory, the places that the titles bear (`dits`) are read.
    """
    ailleurs = [Raison(RaisonAction.AUTRE_TERRITOIRE, AUTRE_TERRITOIRE, TERRITOIRE)]
    un, autre = _entiers(ici.territoires), _entiers(la.territoires)
    if not un or not autre:
        return ailleurs if dits and dits_la and not dits & dits_la else []
    communs = sorted(code for _genre, code in un & autre)
    if communs:
        return [Raison(RaisonAction.TERRITOIRE, TERRITOIRE, TERRITOIRE, {"codes": communs})]
    return ailleurs if {genre for genre, _code in un} & {genre for genre, _code in autre} else []


def _entiers(territoires: Iterable[tuple[GenreTerritoire, str]]) -> frozenset[tuple[GenreTerritoire, str]]:
    """An arrondissement stands for its commune."""
    return frozenset(
        (genre, next((tout for premier, dernier, tout in ARRONDISSEMENTS if premier <= code <= dernier), code))
        if genre == GenreTerritoire.COMMUNE
        else (genre, code)
        for genre, code in territoires
    )


def _how_much(code: RaisonAction, poids: int, ici: Decimal | None, la: Decimal | None) -> list[Raison]:
    """Equal or near amounts speak for; others say nothing, since each service is asked for what it gives."""
    if not ici or not la:
        return []
    ecart = abs(ici - la) / max(ici, la)
    if ecart <= PROCHE:
        return [Raison(code, poids, poids, {"egal": True})]
    return [Raison(code, poids // 2, poids // 2, {"egal": False})] if ecart <= VOISIN else []
