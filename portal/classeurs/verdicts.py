"""One line: its cells read by the fields of their columns, what is to be said of each, and the verdict of the whole."""

import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Any

from portal.classeurs.archives import CSV
from portal.classeurs.cellules import Cellule, refusee
from portal.classeurs.champs import Champ, TypeChamp
from portal.classeurs.controles import LIGNE, NUMEROS, controler
from portal.classeurs.coupures import coupees
from portal.classeurs.feuilles import Brut, Rangee, pleine, texte_vu
from portal.classeurs.genres import champs_par_nom
from portal.classeurs.hors_tableau import AUTRES_TITRES, hors_tableau, sont_deplaces
from portal.classeurs.resultats import Constat, LigneLue, Remarque
from portal.classeurs.totaux import Totaux
from portal.classeurs.unites import MONTANTS, reserve_de
from portal.classeurs.valeurs import Lecteur, lecteur
from portal.classeurs.valeurs_ordre import Ordre, ordre
from portal.vocabulaire_imports import VerdictLigne

# Cells that were read already: columns repeat themselves, and each reading costs more than a look.
MEMOIRE = 20_000
# Failures of ours that are kept.
PANNES = 5
EN_PANNE = (
    "Le portail n’a pas su lire cette cellule\u00a0: c’est une erreur de notre part. Écrivez-la autrement, ou signalez-le à "
    "l’équipe du portail."
)
COMME_UN_TOTAL = (
    "Cette ligne s’appelle comme un total, et ses montants ne sont pas la somme de celles du dessus\u00a0: elle est gardée. "
    "Vérifiez-la."
)
COUPEE = (
    "Les lignes {} à {} n’en font qu’une, coupée par un retour à la ligne\u00a0: mettez entre guillemets la cellule où il est, "
    "ou envoyez le classeur d’origine."
)
NUMEROS_LUS = frozenset(NUMEROS)
JOURS = frozenset({TypeChamp.DATE, TypeChamp.PERIODE})
GRAVITE = {VerdictLigne.PRET: 0, VerdictLigne.AVERTISSEMENT: 1, VerdictLigne.REJETE: 2}


@dataclass(slots=True)
class Colonne:
    """A column as lines are read: the name of its field, "" for none, and the cells already read, by class and value.

    `pannes`: what failed while cells were read, for us.
    """

    rang: int
    nom: str
    multiple: bool
    lire: Lecteur
    pannes: list[str]
    textes: dict[Any, Cellule] = field(default_factory=dict)
    autres: dict[Any, Cellule] = field(default_factory=dict)

    def cellule(self, brut: Brut) -> Cellule:
        """The cell, read once. 1, 1.0 and True are equal, and not the same."""
        texte = brut.__class__ is str
        memoire, clef = (self.textes, brut) if texte else (self.autres, (brut.__class__, brut))
        connue = memoire.get(clef)
        if connue is None:
            if len(memoire) >= MEMOIRE:
                memoire.clear()
            connue = memoire[clef] = self._lue(brut)
        return connue

    def _lue(self, brut: Brut) -> Cellule:
        """One cell that we fail to read does not stop the file: it is refused, and the failure kept to be logged."""
        try:
            return self.lire(brut)
        except Exception:  # noqa: BLE001  # whatever it is, it is ours
            if len(self.pannes) < PANNES:
                self.pannes.append(traceback.format_exc(limit=-6))
            return refusee(texte_vu(brut), EN_PANNE)


class Lignes:
    """Reads the lines of one sheet, in order: it remembers those that it has seen, to say which are identical."""

    def __init__(self, constat: Constat, entete: Sequence[str], pannes: list[str]) -> None:
        self.genre = constat.genre
        self.entete = entete
        self.titres = frozenset(filter(None, entete))
        self.colonnes = _colonnes(constat, pannes)
        self.champs = champs_par_nom(constat.genre)
        self.obligatoires = tuple(champ for champ in self.champs.values() if champ.obligatoire)
        self.rangs = {colonne.nom: colonne.rang for colonne in reversed(self.colonnes) if colonne.nom}
        self.largeur = _largeur(constat)
        self.totaux = Totaux([nom for nom, champ in self.champs.items() if champ.type in MONTANTS])
        # Whether the row before is a header.
        self.sous_titres = True
        # The row where another table begins, 0 for none.
        self.autre_tableau = 0
        # Why a row is a piece of another, by its number.
        self.coupees: dict[int, str] = {}
        self.vues: dict[int, int] = {}
        self.attribuants: dict[str, int] = {}

    def prevenir(self, rangees: Sequence[Rangee], debut: int) -> None:
        """Look at the rows after `debut` together: a day written month first tells of its column, a row of a CSV cut in two of
        both halves."""
        for premier, dernier in coupees(rangees, debut, self.largeur):
            if self._est_coupee(rangees[premier - 1], rangees[dernier - 1]):
                raison = COUPEE.format(premier, dernier)
                self.coupees.update(dict.fromkeys(range(premier, dernier + 1), raison))
        for colonne in self.colonnes:
            rang, champ = colonne.rang, self.champs.get(colonne.nom)
            if champ is None or champ.type not in JOURS:
                continue
            trouve = ordre(
                (numero, rangee[rang])
                for numero, rangee in enumerate(islice(rangees, debut, None), start=debut + 1)
                if len(rangee) > rang
            )
            if trouve:
                colonne.lire = partial(_jugee, trouve, colonne.lire)

    def _est_coupee(self, debut: Rangee, fin: Rangee) -> bool:
        """Whether a text goes on from one piece to the other, of which the last cannot be a line."""
        jointe = self.colonnes[len(debut) - 1] if len(debut) <= len(self.colonnes) else None
        champ = self.champs.get(jointe.nom) if jointe else None
        if (champ and champ.type != TypeChamp.TEXTE) or not (pleine(debut[-1:]) and pleine(fin[:1])):
            return False
        _, valeurs, remarques = self._cellules(fin)
        refuse = any(remarque.verdict == VerdictLigne.REJETE for remarque in remarques)
        return refuse or any(champ.nom not in valeurs for champ in self.obligatoires)

    def lire(self, numero: int, rangee: Rangee) -> LigneLue | None:
        """The line of that row, None when it is empty."""
        lu, valeurs, remarques = self._cellules(rangee)
        if not any(lu):
            return None
        if numero in self.coupees:
            return _rejetee(numero, tuple(lu), "coupure", self.coupees[numero])
        if self.largeur and pleine(rangee[self.largeur :]):
            remarques.append(self._debordee(rangee[self.largeur :]))
        return self._jugee(numero, tuple(lu), valeurs, remarques)

    def _cellules(self, rangee: Rangee) -> tuple[list[str], dict[str, str], list[Remarque]]:
        """What is seen of its cells, what they give, and what is to be said of them."""
        lu: list[str] = []
        valeurs: dict[str, str] = {}
        remarques: list[Remarque] = []
        for colonne, brut in zip(self.colonnes, rangee, strict=False):
            if brut is None or brut == "":
                lu.append("")
                continue
            cellule = colonne.cellule(brut)
            lu.append(cellule.vu)
            if colonne.nom:
                if cellule.valeur:
                    _ranger(valeurs, colonne, cellule)
                if cellule.raison:
                    remarques.append(Remarque(colonne.rang, colonne.nom, cellule.vu, cellule.verdict, cellule.raison))
        return lu, valeurs, remarques

    def _jugee(self, numero: int, lu: tuple[str, ...], valeurs: dict[str, str], remarques: list[Remarque]) -> LigneLue:
        dehors = hors_tableau(self, lu, valeurs, bool(remarques))
        self.sous_titres = dehors is not None and dehors.titres
        if dehors:
            if dehors.titres:
                self.autre_tableau = numero if sont_deplaces(self, lu) else 0
            return _rejetee(numero, lu, "hors_tableau", dehors.raison, dehors.lu)
        if self.autre_tableau:
            return _rejetee(numero, lu, "autre_tableau", AUTRES_TITRES.format(self.autre_tableau))
        if NUMEROS_LUS.isdisjoint(valeurs) and self.totaux.ressemble([texte for texte in lu if texte]):
            remarques.append(Remarque(LIGNE, "total", "", VerdictLigne.AVERTISSEMENT, COMME_UN_TOTAL))
        self.totaux.ajouter(valeurs)
        remarques.extend(controler(self, valeurs, remarques))
        if remarques:
            remarques = [_adoucie(remarque, valeurs, self.champs) for remarque in remarques]
        remarques.extend(self._deja_vue(numero, lu))
        verdict = max((remarque.verdict for remarque in remarques), key=GRAVITE.__getitem__, default=VerdictLigne.PRET)
        return LigneLue(numero, lu, valeurs, tuple(remarques), verdict)

    def _debordee(self, surplus: Rangee) -> Remarque:
        """A row of a CSV that goes beyond its header: its cells may all be one place off."""
        vus = [texte_vu(brut) for brut in surplus]
        cellules = self.largeur + max(rang for rang, vu in enumerate(vus, start=1) if vu)
        raison = (
            f"Cette ligne a {cellules}\u00a0cellules, l’en-tête\u00a0{self.largeur}\u00a0: une virgule ou un séparateur est-il "
            "écrit sans guillemets, ou un titre manque-t-il\u00a0?"
        )
        return Remarque(
            LIGNE, "debordement", ", ".join(filter(None, vus)), VerdictLigne.REJETE, f"{raison} Corrigez-la."
        )

    def _deja_vue(self, numero: int, lu: tuple[str, ...]) -> Iterator[Remarque]:
        """Identical lines may be two grants: a person is asked, none is taken away."""
        premiere = self.vues.setdefault(hash(lu), numero)
        if premiere != numero:
            raison = (
                f"Ligne identique à la ligne {premiere}. Elle est gardée\u00a0: deux aides peuvent être semblables."
            )
            yield Remarque(LIGNE, "identique", str(premiere), VerdictLigne.AVERTISSEMENT, raison)


def _rejetee(numero: int, lu: tuple[str, ...], champ: str, raison: str, vu: str = "") -> LigneLue:
    """A row of which nothing is read."""
    return LigneLue(numero, lu, {}, (Remarque(LIGNE, champ, vu, VerdictLigne.REJETE, raison),), VerdictLigne.REJETE)


def _jugee(ordre_lu: Ordre, lire: Lecteur, brut: Brut) -> Cellule:
    return ordre_lu.juger(brut, lire(brut))


def _reservee(raison: str, lire: Lecteur, brut: Brut) -> Cellule:
    """A number that the title of its column says to be no euros."""
    lue = lire(brut)
    return refusee(lue.vu, raison) if lue.valeur else lue


def _ranger(valeurs: dict[str, str], colonne: Colonne, cellule: Cellule) -> None:
    nom = cellule.vers or colonne.nom
    if colonne.multiple and nom in valeurs:
        valeurs[nom] = f"{valeurs[nom]}/{cellule.valeur}"
    elif not cellule.vers or nom not in valeurs:
        valeurs[nom] = cellule.valeur


def _adoucie(remarque: Remarque, valeurs: Mapping[str, str], champs: Mapping[str, Champ]) -> Remarque:
    """A wrong RNA or RIDET beside a SIRET or a SIREN that was read: the line is known without it."""
    champ = champs.get(remarque.champ)
    secondaire = champ is not None and champ.type in {TypeChamp.RNA, TypeChamp.RIDET}
    if not secondaire or not any(nom in valeurs for nom in ("siret", "siren", "idBeneficiaire")):
        return remarque
    return replace(remarque, verdict=VerdictLigne.AVERTISSEMENT, raison=f"{remarque.raison} Il est laissé de côté.")


def _largeur(constat: Constat) -> int:
    """How many columns the header of a CSV has, those that a person named included; 0 when it has none."""
    if constat.format != CSV or not constat.entete:
        return 0
    return max((vue.rang + 1 for vue in constat.colonnes if vue.titre or vue.champ), default=0)


def _colonnes(constat: Constat, pannes: list[str]) -> list[Colonne]:
    champs, vues = champs_par_nom(constat.genre), {vue.rang: vue for vue in constat.colonnes}
    garde = constat.format == CSV
    pretes = []
    for rang in range(max(vues, default=-1) + 1):
        vue = vues.get(rang)
        champ = champs.get(vue.champ) if vue else None
        genre_lu, vers = (champ.type, champ.siren) if champ else (TypeChamp.TEXTE, "")
        maximum = champ.maximum if champ else 0
        lire = lecteur(genre_lu, vers=vers, base_1904=constat.base_1904, garde=garde, maximum=maximum)
        raison = reserve_de(vue, champ)
        if raison:
            lire = partial(_reservee, raison, lire)
        pretes.append(Colonne(rang, champ.nom if champ else "", bool(champ and champ.multiple), lire, pannes))
    return pretes
