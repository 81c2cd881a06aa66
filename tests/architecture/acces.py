"""Reads acces.toml: the cells (endpoint, method, addresses) and what each role must get."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.routing import Map, Rule

from tests.architecture.monde import ABSENT, ANONYME, Monde

METHODES = ("GET", "POST", "PUT", "PATCH", "DELETE")
REGLAGES = frozenset({"porte", "interdit", "trace", "sans_saisie", "machine"})
MONTRE = frozenset({200, 303})
FAIT = frozenset({200, 303, 409, 422})
CONNEXION, INTERDIT, INTROUVABLE = 303, frozenset({403}), frozenset({404})


@cache
def table() -> dict[str, Any]:
    """What acces.toml says."""
    return tomllib.loads(Path(__file__).with_name("acces.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Cellule:
    """One endpoint, one method, one choice of objects for its arguments."""

    endpoint: str
    methode: str
    objets: tuple[tuple[str, str], ...]

    @property
    def fiche(self) -> dict[str, Any]:
        """Its line of the table."""
        trouvee: dict[str, Any] = table()["pages"][self.endpoint]
        return trouvee

    def adresse(self, carte: Map, monde: Monde, *, absent: bool = False) -> str:
        """Its address with the world's objects, or with objects that do not exist."""
        valeurs = {
            argument: self._valeur(carte, argument, genre, monde, absent=absent) for argument, genre in self.objets
        }
        return carte.bind("portail.test").build(self.endpoint, valeurs, method=self.methode)

    def _valeur(self, carte: Map, argument: str, genre: str, monde: Monde, *, absent: bool) -> str | int:
        if genre.startswith("="):
            return genre[1:]
        if absent:
            convertisseur = next(carte.iter_rules(self.endpoint))._converters[argument]
            return ABSENT["nombre" if hasattr(convertisseur, "num_convert") else "texte"]
        return monde.objets[genre]

    def entre(self, role: str) -> bool:
        """Whether the gate lets the role in."""
        return role in table()["portes"][self.fiche["porte"]]

    def voit(self, role: str) -> bool:
        """Whether every object of the address exists for the role."""
        listes = (table()["objets"][genre] for _argument, genre in self.objets if not genre.startswith("="))
        return all(liste == "tous" or role in liste for liste in listes)

    def renvoie(self, role: str) -> bool:
        """Whether the gate sends the role to come in. What an expert types once his access has ended is shown to him: 403."""
        if role != ANONYME or self.entre(role):
            return False
        return self.methode == "GET" or self.fiche["porte"] != "may_be_expert"

    def attendu(self, role: str) -> frozenset[int]:
        """The statuses that the role may get. A refused visitor is sent to the login page, a refused account is told 403."""
        if not self.entre(role):
            return frozenset({CONNEXION}) if self.renvoie(role) else INTERDIT
        if not self.voit(role):
            return INTROUVABLE
        if role in self.fiche.get("interdit", ()):
            return INTERDIT
        if self.methode == "GET":
            return MONTRE
        return frozenset({self.fiche["sans_saisie"]}) if "sans_saisie" in self.fiche else FAIT


def rules(app: Flask) -> list[Rule]:
    """Addresses of the application, files apart."""
    return [regle for regle in app.url_map.iter_rules() if regle.endpoint not in table()["ouverts"]]


def cells(app: Flask, *methodes: str) -> Iterator[Cellule]:
    """Every declared cell of those methods (all by default), in the order of the endpoints' names."""
    for regle in sorted(rules(app), key=lambda regle: regle.endpoint):
        fiche = table()["pages"].get(regle.endpoint, {})
        genres = [fiche.get(argument, "") for argument in sorted(regle.arguments)]
        choix = product(*([genre] if isinstance(genre, str) else genre for genre in genres))
        for objets in choix:
            for methode in METHODES:
                if methode in (regle.methods or ()) and methode in (methodes or METHODES):
                    yield Cellule(regle.endpoint, methode, tuple(zip(sorted(regle.arguments), objets, strict=True)))
