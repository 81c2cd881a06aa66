"""Rows that sum up those above them: known by their words, or by what their amounts come to."""

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from portal.formats import mots_de_recherche

SUR = re.compile(
    r"(?:(?:sous|grand|montants?|nombre) )*tota(?:l|ux)"
    r"(?: (?:general|generaux|generale|cumule|partiel|intermediaire|ttc|ht|euros?|eur|[0-9]+|lignes?|dossiers?|demandes?|"
    r"subventions?|aides?|versements?|montants?|bop|programme|exercice|annee|page))*(?: (?:de|des|du|d|en|par|pour|au) .*)?"
)
# Words of a total that are names, too: « Somme » is a département.
DOUTEUX = re.compile(r"consolidation|sommes?|cumul|report")
COMMENCE = re.compile(r"(?:(?:sous|grand|montants?) )*tota(?:l|ux)\b.*|(?:sommes?|cumul)\b.*")
# How those words begin: a look at each cell, before it is compared.
DEBUTS = frozenset(("tota", "sous", "gran", "cons", "somm", "cumu", "repo", "mont", "nomb"))
UNITES = re.compile(r"\b(?:eur|euros?)\b", re.IGNORECASE)


class Totaux:
    """What the amounts of the lines come to, by field: since the first line, and since the last total."""

    def __init__(self, montants: Collection[str]) -> None:
        self.montants = frozenset(montants)
        self.sommes: dict[str, Decimal] = {}
        self.depuis: dict[str, Decimal] = {}
        self.lignes, self.lignes_depuis = 0, 0

    def ajouter(self, valeurs: Mapping[str, str]) -> None:
        """A line that is kept."""
        self.lignes, self.lignes_depuis = self.lignes + 1, self.lignes_depuis + 1
        for nom in self.montants & valeurs.keys():
            montant = Decimal(valeurs[nom])
            self.sommes[nom] = self.sommes.get(nom, Decimal(0)) + montant
            self.depuis[nom] = self.depuis.get(nom, Decimal(0)) + montant

    def trouver(self, garnies: Sequence[str], valeurs: Mapping[str, str]) -> str:
        """The words that show a row to be a total, its first cell when its amounts alone do, "" when it is none."""
        dits = next((un for un in garnies if un[:4].lower() in DEBUTS and self._dit(un, garnies, valeurs)), "")
        seuls = not dits and bool(valeurs) and valeurs.keys() <= self.montants and not any(map(_de_mots, garnies))
        trouve = garnies[0] if seuls and self._fait_la_somme(valeurs, 2) else dits
        if trouve:
            self.depuis, self.lignes_depuis = {}, 0
        return trouve

    def _dit(self, texte: str, garnies: Sequence[str], valeurs: Mapping[str, str]) -> bool:
        """Whether a cell says that its row is a total; after other words, it is to be one too."""
        mots = mots_de_recherche(texte)
        if SUR.fullmatch(mots) and texte == next(filter(_de_mots, garnies)):
            return True
        if DOUTEUX.fullmatch(mots):
            return not any(_de_mots(autre) for autre in garnies if autre != texte)
        return bool(SUR.fullmatch(mots) or COMMENCE.fullmatch(mots)) and self._fait_la_somme(valeurs, 1)

    def _fait_la_somme(self, valeurs: Mapping[str, str], lignes: int) -> bool:
        """Whether its amounts are the sums of at least so many lines."""
        dits = {nom: Decimal(valeurs[nom]) for nom in self.montants & valeurs.keys()}
        portees = ((self.sommes, self.lignes), (self.depuis, self.lignes_depuis))
        return any(
            combien >= lignes and all(sommes.get(nom) == montant for nom, montant in dits.items())
            for sommes, combien in portees
            if dits
        )


def _de_mots(texte: str) -> bool:
    """Whether a cell is no number nor day: it has letters, besides those of the euro."""
    return any(lettre.isalpha() for lettre in UNITES.sub("", texte))
