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
# The fields where a label may stand in the place of a name.
QUI_SE_NOMME = ("association_nom", "beneficiaire_nom", "nomBeneficiaire")
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

    def trouver(self, garnies: Sequence[str], valeurs: Mapping[str, str], *, datee: bool) -> str:
        """The words that show a row to be a total, its first cell when its amounts alone do, "" when it is none.

        `datee`: it bears a day, as payments do.
        """
        dits = next((un for un in garnies if un[:4].lower() in DEBUTS and self._dit(un, garnies, valeurs, datee)), "")
        seuls = not dits and bool(valeurs) and valeurs.keys() <= self.montants and not any(map(_de_mots, garnies))
        trouve = garnies[0] if seuls and self._fait_la_somme(valeurs, 2, 2) else dits
        if trouve:
            self.depuis, self.lignes_depuis = {}, 0
        return trouve

    def ressemble(self, garnies: Sequence[str]) -> bool:
        """Whether a line is called a total, and nothing shows that it is one."""
        return any(
            un[:4].lower() in DEBUTS and bool(COMMENCE.fullmatch(mots_de_recherche(un))) and _seule_de_mots(un, garnies)
            for un in garnies
        )

    def _dit(self, texte: str, garnies: Sequence[str], valeurs: Mapping[str, str], datee: bool) -> bool:
        """Whether a cell says that its row is a total, by itself or with the amounts."""
        mots = mots_de_recherche(texte)
        if SUR.fullmatch(mots) and (
            texte == next(filter(_de_mots, garnies)) or texte in {valeurs.get(nom) for nom in QUI_SE_NOMME}
        ):
            return True
        if DOUTEUX.fullmatch(mots):
            return _seule_de_mots(texte, garnies)
        if datee or not (SUR.fullmatch(mots) or (COMMENCE.fullmatch(mots) and _seule_de_mots(texte, garnies))):
            return False
        return self._fait_la_somme(valeurs, 2, 1 if "tota" in mots else 2)

    def _fait_la_somme(self, valeurs: Mapping[str, str], toutes: int, depuis: int) -> bool:
        """Whether its amounts are the sums of all the lines, or of those since the last total, when there are so many."""
        dits = {nom: Decimal(valeurs[nom]) for nom in self.montants & valeurs.keys()}
        portees = ((self.sommes, self.lignes >= toutes), (self.depuis, self.lignes_depuis >= depuis))
        return any(dits.values()) and any(
            assez and all(sommes.get(nom) == montant for nom, montant in dits.items()) for sommes, assez in portees
        )


def _seule_de_mots(texte: str, garnies: Sequence[str]) -> bool:
    return not any(_de_mots(autre) for autre in garnies if autre != texte) and garnies.count(texte) == 1


def _de_mots(texte: str) -> bool:
    """Whether a cell is no number nor day: it has letters, besides those of the euro."""
    return any(lettre.isalpha() for lettre in UNITES.sub("", texte))
