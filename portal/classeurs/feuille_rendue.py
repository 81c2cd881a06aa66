"""Reads a working sheet that came back: whatever was sorted, moved, filtered, added, deleted or renamed. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from portal.classeurs.feuilles import Brut, texte_vu
from portal.classeurs.resultats import ClasseurRefuse
from portal.classeurs.trois_voies import comparable, en_une_ligne, meme_nom
from portal.classeurs.valeurs import ERREURS
from portal.formats import MONTANT_MAXIMAL, ValeurIllisible, mots_de_recherche, parse_montant
from portal.vocabulaire import LIBELLES_ETAT_AGENT, LIBELLES_SENS, Etat
from portal.vocabulaire_imports import (
    COLONNE_ASSOCIATION,
    COLONNE_DEMANDE,
    COLONNE_PROJET,
    COLONNE_REFERENCE,
    COLONNE_SIRET,
    LIBELLES_CHAMP_FEUILLE,
    MONTANTS_FEUILLE,
    ONGLET_JETON,
    ChampFeuille,
)

Code = TypeVar("Code", bound=StrEnum)
JETON = re.compile(r"FT(?:-[0-9A-Z]{4}){5}")
LIGNES_D_ENTETE = 30
# Where it stands, and where a sheet may take it.
ETATS_OFFERTS = (Etat.EN_CONSTRUCTION, Etat.EN_INSTRUCTION)
MONTREES = 50
# Read, never changed; the first two tell whose row it is.
IDENTITES = (COLONNE_ASSOCIATION, COLONNE_SIRET)
GRISES = (*IDENTITES, COLONNE_PROJET, COLONNE_DEMANDE)
# What a spreadsheet cannot hold, and never gives back.
INTERDITS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
SANS_JETON = (
    "Ce fichier n’est pas une feuille de travail du portail, ou son onglet «\u00a0Ne pas modifier\u00a0» a été effacé\u00a0: "
    "rien n’est changé. Rendez le fichier tel que le portail l’a préparé, ou demandez une autre feuille."
)
SANS_TABLEAU = (
    "Aucun onglet de ce fichier n’a la colonne «\u00a0Référence\u00a0» de la feuille de travail\u00a0: rien n’est changé. "
    "Remettez le titre de cette colonne, puis rendez le fichier de nouveau."
)
UN_SEUL = (
    "\u00a0: rien n’est changé, car le portail ne devine pas lequel suivre. Gardez-en un seul, puis rendez le fichier."
)


class Onglet(Protocol):
    """A sheet as a reader gives it."""

    @property
    def nom(self) -> str: ...

    @property
    def lignes(self) -> Sequence[Sequence[Brut]]: ...


@dataclass(frozen=True, slots=True)
class Rendue:
    """What came back. `valeurs`: by reference then field, in canonical text; `illisibles`: why a cell cannot be read.

    `melees`: references whose association or SIRET is another's: part of the rows were sorted without the rest. `doubles`:
    references that stand twice with different cells. `grises`: titles of the cells to read that were changed, by reference.
    `absentes`, `inconnues`: rows of the base that did not come back, rows that never left. `colonnes_absentes`: fields without
    a column; `colonnes_en_plus`: titles that are none of ours.
    """

    valeurs: dict[str, dict[str, str]] = field(default_factory=dict)
    illisibles: dict[tuple[str, str], str] = field(default_factory=dict)
    melees: frozenset[str] = frozenset()
    doubles: frozenset[str] = frozenset()
    grises: dict[str, list[str]] = field(default_factory=dict)
    absentes: tuple[str, ...] = ()
    inconnues: tuple[str, ...] = ()
    colonnes_absentes: tuple[ChampFeuille, ...] = ()
    colonnes_en_plus: tuple[str, ...] = ()

    def resume(self) -> dict[str, Any]:
        """What is to be said of it as a whole."""
        return {
            "lignes": len(self.valeurs),
            "absentes": len(self.absentes),
            "inconnues": len(self.inconnues),
            "references_inconnues": [une[:40] for une in self.inconnues[:MONTREES]],
            "doubles": sorted(self.doubles)[:MONTREES],
            "grises": [f"{une} ({', '.join(titres)})" for une, titres in self.grises.items()][:MONTREES],
            "colonnes_absentes": [champ.value for champ in self.colonnes_absentes],
            "colonnes_en_plus": list(self.colonnes_en_plus[:MONTREES]),
        }


def trouver_jeton(onglets: Sequence[Onglet]) -> str:
    """The token of the sheet, in its own tab or wherever it was moved to. Raises ClasseurRefuse."""
    ranges = sorted(onglets, key=lambda un: un.nom != ONGLET_JETON)
    for onglet in ranges:
        for ligne in onglet.lignes:
            for brut in ligne:
                trouve = JETON.search(brut) if isinstance(brut, str) else None
                if trouve:
                    return trouve[0]
    raise ClasseurRefuse(SANS_JETON)


def lire(onglets: Sequence[Onglet], cles: Mapping[str, Mapping[str, str]]) -> Rendue:
    """The rows of the sheet. `cles`: what grey cells left with, by reference then title. Raises ClasseurRefuse."""
    lignes, colonnes, en_plus = _tableau(onglets)
    connues: dict[str, list[Sequence[Brut]]] = {}
    inconnues = []
    for ligne in lignes:
        reference = texte_de(_case(ligne, colonnes[COLONNE_REFERENCE]))
        if reference in cles:
            connues.setdefault(reference, []).append(ligne)
        elif any(texte_de(brut) for brut in ligne):
            inconnues.append(reference or "(sans référence)")
    champs = {champ: colonnes[titre] for champ, titre in LIBELLES_CHAMP_FEUILLE.items() if titre in colonnes}
    valeurs, illisibles, doubles = _cellules(connues, champs)
    grises = dict(_grises(connues, colonnes, cles))
    return Rendue(
        valeurs=valeurs,
        illisibles=illisibles,
        melees=frozenset(une for une, titres in grises.items() if not set(titres).isdisjoint(IDENTITES)),
        doubles=doubles,
        grises=grises,
        absentes=tuple(reference for reference in cles if reference not in connues),
        inconnues=tuple(inconnues),
        colonnes_absentes=tuple(champ for champ in ChampFeuille if champ not in champs),
        colonnes_en_plus=en_plus,
    )


def canonique(champ: ChampFeuille, brut: Brut) -> str:
    """What a cell means, in the text that the base keeps. Raises ValeurIllisible with the French reason."""
    texte = texte_de(brut)
    if texte.upper() in ERREURS:
        raise ValeurIllisible(
            f"La cellule contient une formule qui ne donne pas de valeur ({texte})\u00a0: écrivez la valeur."
        )
    if champ in MONTANTS_FEUILLE:
        return _montant(brut)
    if champ == ChampFeuille.ETAT:
        return _parmi(texte, LIBELLES_ETAT_AGENT, "un état", ETATS_OFFERTS)
    if champ == ChampFeuille.AVIS_SENS:
        return _parmi(texte, LIBELLES_SENS, "un avis", tuple(LIBELLES_SENS))
    if champ == ChampFeuille.ETIQUETTES:
        return etiquettes(re.split(r"[;\n]", texte))
    return texte


def etiquettes(noms: Collection[str]) -> str:
    """Several labels in one text: each once, in one order."""
    propres = {meme_nom(nom): en_une_ligne(nom) for nom in noms if nom.strip()}
    return " ; ".join(propres[cle] for cle in sorted(propres))


def texte_de(brut: Brut) -> str:
    """A cell as a person reads it, without the blanks around; lines end by a line feed alone.

    A tabulation is a space: some spreadsheets lose it when they save the file.
    """
    vu = texte_vu(brut).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return INTERDITS.sub("", vu).strip()


def _montant(brut: Brut) -> str:
    if isinstance(brut, int | float) and not isinstance(brut, bool):
        return _nombre(brut)
    texte = texte_de(brut)
    return f"{parse_montant(texte):.2f}" if texte else ""


def _nombre(brut: float) -> str:
    """A number of a spreadsheet, whose cents may have come out of a calculation. Raises ValeurIllisible."""
    try:
        montant = Decimal(repr(brut))
        arrondi = montant.quantize(Decimal("0.01"))
    except InvalidOperation as faute:
        raise ValeurIllisible(f"«\u00a0{brut}\u00a0» n’est pas un montant. Écrivez par exemple 1500,50.") from faute
    if abs(montant - arrondi) > Decimal("1e-7"):
        raise ValeurIllisible(
            f"«\u00a0{texte_de(brut)}\u00a0» a plus de deux décimales\u00a0: écrivez le montant au centime."
        )
    if not 0 <= arrondi <= MONTANT_MAXIMAL:
        raise ValeurIllisible(
            f"«\u00a0{texte_de(brut)}\u00a0» n’est pas un montant possible. Écrivez par exemple 1500,50."
        )
    return f"{arrondi:.2f}"


def _parmi(texte: str, libelles: Mapping[Code, str], quoi: str, offerts: Sequence[Code]) -> str:
    if not texte:
        return ""
    cherche = mots_de_recherche(texte)
    trouve = next((valeur.value for valeur, libelle in libelles.items() if mots_de_recherche(libelle) == cherche), None)
    if trouve is None:
        choix = "\u00a0; ".join(libelles[un] for un in offerts)
        raise ValeurIllisible(f"«\u00a0{texte[:80]}\u00a0» n’est pas {quoi} de la liste. Choisissez\u00a0: {choix}.")
    return trouve


def _tableau(onglets: Sequence[Onglet]) -> tuple[Sequence[Sequence[Brut]], dict[str, int], tuple[str, ...]]:
    """The rows under the header that has our titles, the rank of each title, and the titles that are none of ours."""
    tables = {onglet.nom: trouvee for onglet in onglets if (trouvee := _table_of(onglet)) is not None}
    if not tables:
        raise ClasseurRefuse(SANS_TABLEAU)
    if len(tables) > 1:
        noms = ", ".join(f"«\u00a0{nom[:40]}\u00a0»" for nom in tables)
        raise ClasseurRefuse(f"Plusieurs onglets de ce fichier sont des feuilles de travail ({noms}){UN_SEUL}")
    return next(iter(tables.values()))


def _table_of(onglet: Onglet) -> tuple[Sequence[Sequence[Brut]], dict[str, int], tuple[str, ...]] | None:
    """Under its first header, which names references and something that may be changed."""
    for rang, ligne in enumerate(onglet.lignes[:LIGNES_D_ENTETE]):
        colonnes, en_plus = _entete(ligne)
        if COLONNE_REFERENCE in colonnes and len(colonnes) > 1:
            return onglet.lignes[rang + 1 :], colonnes, en_plus
    return None


def _entete(ligne: Sequence[Brut]) -> tuple[dict[str, int], tuple[str, ...]]:
    titres = (COLONNE_REFERENCE, *GRISES, *LIBELLES_CHAMP_FEUILLE.values())
    connus = {mots_de_recherche(titre): titre for titre in titres}
    colonnes: dict[str, int] = {}
    en_plus = []
    for rang, brut in enumerate(ligne):
        texte = texte_de(brut)
        titre = connus.get(mots_de_recherche(texte)) if texte else None
        if titre is not None and titre not in colonnes:
            colonnes[titre] = rang
        elif texte:
            en_plus.append(texte[:80])
    return colonnes, tuple(en_plus)


def _case(ligne: Sequence[Brut], rang: int) -> Brut:
    return ligne[rang] if rang < len(ligne) else None


def _cellules(
    connues: Mapping[str, Sequence[Sequence[Brut]]], champs: Mapping[ChampFeuille, int]
) -> tuple[dict[str, dict[str, str]], dict[tuple[str, str], str], frozenset[str]]:
    valeurs: dict[str, dict[str, str]] = {}
    illisibles: dict[tuple[str, str], str] = {}
    doubles = set()
    for reference, lignes in connues.items():
        siennes = valeurs.setdefault(reference, {})
        for champ, rang in champs.items():
            brut = _case(lignes[0], rang)
            try:
                siennes[champ] = canonique(champ, brut)
            except ValeurIllisible as refus:
                siennes[champ] = texte_de(brut)
                illisibles[reference, champ] = str(refus)
        if any(_autre(lignes[0], autre, champs.values()) for autre in lignes[1:]):
            doubles.add(reference)
    return valeurs, illisibles, frozenset(doubles)


def _autre(une: Sequence[Brut], autre: Sequence[Brut], rangs: Collection[int]) -> bool:
    return any(comparable(texte_de(_case(une, rang))) != comparable(texte_de(_case(autre, rang))) for rang in rangs)


def _grises(
    connues: Mapping[str, Sequence[Sequence[Brut]]],
    colonnes: Mapping[str, int],
    cles: Mapping[str, Mapping[str, str]],
) -> Iterator[tuple[str, list[str]]]:
    """References with the titles of the grey cells that say something else than they did."""
    rangs = {titre: colonnes[titre] for titre in GRISES if titre in colonnes}
    for reference, lignes in connues.items():
        siennes = cles[reference]
        changees = [titre for titre, rang in rangs.items() if _changee(titre, _case(lignes[0], rang), siennes[titre])]
        if changees:
            yield reference, changees


def _changee(titre: str, brut: Brut, attendu: str) -> bool:
    """An emptied cell says nothing else."""
    lu, ecrit = en_une_ligne(texte_de(brut)), en_une_ligne(texte_de(attendu))
    if not lu or lu == ecrit:
        return False
    if titre == COLONNE_SIRET:
        return lu.lstrip("0") != ecrit.lstrip("0")
    if titre != COLONNE_DEMANDE:
        return True
    try:
        return _montant(brut) != ecrit
    except ValeurIllisible:
        return True
