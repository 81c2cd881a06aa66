"""What stands in the XML of a workbook and that its reader drops: errors, formulas never computed, hidden rows.

A cell in error read as an empty one would be a silent loss. Sheets without any of these are only skimmed.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from xml.parsers import expat

from defusedxml.ElementTree import fromstring

from portal.classeurs.archives import sans_type
from portal.classeurs.reperes_formats import POURCENT, STYLES, Ajout, ajouts, montre, motif
from portal.classeurs.resultats import ClasseurRefuse

T = TypeVar("T")
FORMULE_NON_CALCULEE = "#FORMULE NON CALCULÉE"
MORCEAU, RECOUVREMENT = 1 << 20, 64
A_REPERER = re.compile(rb"""\bt=["']e["']|<(?:\w+:)?f[\s/>]|\bhidden=["'](?:1|true)["']""")
A_REPERER_ODS = re.compile(
    rb"""value-type=["'](?:error|percentage)["']|:formula=["']|:visibility=["'](?:collapse|filter)["']"""
)
RANGEE = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br=["']([0-9]{1,7})["']""")
DOUBLE = (
    "La ligne {} est écrite deux fois dans ce fichier\u00a0: l’une des deux se perdrait. Ouvrez-le dans votre tableur, "
    "enregistrez-le de nouveau et envoyez ce fichier."
)
ADRESSE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
REPETITIONS = 1_000
RELATION = "/relationships}id"  # of one namespace or the other: Excel has two


@dataclass(slots=True)
class Marques:
    """What was found in a sheet: texts to put in cells that were read as empty, by row and column from 0, and what a format
    adds to numbers."""

    cellules: list[tuple[int, int, str]] = field(default_factory=list)
    ajouts: list[tuple[int, int, Ajout]] = field(default_factory=list)
    masquees: int = 0

    def poser(self, rangees: list[list[Any]]) -> None:
        """Put in the rows what was dropped from them."""
        for ligne, colonne, texte in self.cellules:
            while len(rangees) <= ligne:
                rangees.append([])
            rangee = rangees[ligne]
            rangee.extend([""] * (colonne + 1 - len(rangee)))
            if rangee[colonne] in {"", None}:
                rangee[colonne] = texte
        for ligne, colonne, ajout in self.ajouts:
            if ligne < len(rangees) and colonne < len(rangees[ligne]):
                rangees[ligne][colonne] = montre(rangees[ligne][colonne], ajout)

    def dites(self) -> list[str]:
        """What is to be said of them."""
        dites = []
        if self.masquees:
            accord = "lignes masquées sont lues" if self.masquees > 1 else "ligne masquée est lue"
            dites.append(f"{self.masquees}\u00a0{accord} comme les autres.")
        formules = sum(1 for _, _, texte in self.cellules if texte == FORMULE_NON_CALCULEE)
        if formules:
            accord = "formules n’ont pas été calculées" if formules > 1 else "formule n’a pas été calculée"
            dites.append(
                f"{formules}\u00a0{accord} par le tableur qui a écrit ce fichier\u00a0: ouvrez-le dans Excel ou LibreOffice, "
                "enregistrez-le, et renvoyez-le."
            )
        return dites


@dataclass(slots=True)
class Reperes:
    """What was found in a workbook, by the name of the sheet, or by its place where names are not known."""

    base_1904: bool = False
    feuilles: dict[str | int, Marques] = field(default_factory=dict)

    def de(self, nom: str, place: int) -> Marques:
        """What was found in that sheet."""
        return self.feuilles.get(nom) or self.feuilles.get(place) or Marques()


def reperer_xlsx(archive: zipfile.ZipFile) -> Reperes:
    """What is to be known of an .xlsx. Raises what its parts raise when they are damaged."""
    livre = _xml(archive, "xl/workbook.xml")
    adresses = {}
    if "xl/_rels/workbook.xml.rels" in archive.namelist():
        liens = _xml(archive, "xl/_rels/workbook.xml.rels")
        adresses = {
            lien.get("Id"): posixpath.normpath(posixpath.join("/xl", lien.get("Target", "")))[1:] for lien in liens
        }
    dites = ajouts(_xml(archive, STYLES)) if STYLES in archive.namelist() else {}
    reperes = Reperes()
    for element in livre.iter():
        balise = element.tag.rpartition("}")[2]
        if balise == "workbookPr":
            reperes.base_1904 = element.get("date1904") in {"1", "true"}
        elif balise == "sheet":
            lien = next((valeur for nom, valeur in element.items() if nom.endswith(RELATION)), "")
            partie = adresses.get(lien, "")
            if partie in archive.namelist():
                reperes.feuilles[element.get("name", "")] = _feuille(archive, partie, dites)
    return reperes


def reperer_ods(archive: zipfile.ZipFile) -> Reperes:
    """What is to be known of an .ods."""
    lecteur = _LecteurOds()
    if _contient(archive, "content.xml", A_REPERER_ODS):
        _parcourir(archive, "content.xml", lecteur.debut, lecteur.fin, lecteur.texte)
    reperes = Reperes()
    reperes.feuilles.update(lecteur.feuilles)
    return reperes


def _xml(archive: zipfile.ZipFile, partie: str) -> Any:
    try:
        return fromstring(archive.read(partie))
    except SyntaxError as faute:  # what ElementTree raises for XML that is not
        raise ValueError(str(faute)) from faute


def _feuille(archive: zipfile.ZipFile, partie: str, dites: dict[str, Ajout]) -> Marques:
    _sans_double(archive, partie)
    lecteur = _LecteurXlsx(dites)
    a_reperer = re.compile(A_REPERER.pattern + b"|" + motif(dites)) if dites else A_REPERER
    if _contient(archive, partie, a_reperer):
        _parcourir(archive, partie, lecteur.debut, lecteur.fin, lecteur.texte)
    return lecteur.marques


def _sans_double(archive: zipfile.ZipFile, partie: str) -> None:
    """Of two rows of one number, one would be lost. Raises ClasseurRefuse."""
    dernier, reste = 0, b""
    with archive.open(partie) as membre:
        while morceau := membre.read(MORCEAU):
            texte, fin = reste + morceau, 0
            for trouvee in RANGEE.finditer(texte):
                numero, fin = int(trouvee[1]), trouvee.end()
                if numero == dernier:
                    raise ClasseurRefuse(DOUBLE.format(numero))
                dernier = numero
            reste = texte[max(fin, len(texte) - RECOUVREMENT) :]


def _contient(archive: zipfile.ZipFile, partie: str, motif: re.Pattern[bytes]) -> bool:
    """Whether a part is worth more than a look; a part in UTF-16 always is."""
    with archive.open(partie) as membre:
        reste = b""
        while morceau := membre.read(MORCEAU):
            if motif.search(reste + morceau) or b"\x00" in morceau[:4]:
                return True
            reste = morceau[-RECOUVREMENT:]
    return False


def _parcourir(
    archive: zipfile.ZipFile,
    partie: str,
    debut: Callable[[str, dict[str, str]], None],
    fin: Callable[[str], None],
    texte: Callable[[str], None],
) -> None:
    lecteur = expat.ParserCreate()
    lecteur.StartElementHandler, lecteur.EndElementHandler, lecteur.CharacterDataHandler = debut, fin, texte
    lecteur.StartDoctypeDeclHandler = sans_type
    try:
        with archive.open(partie) as membre:
            lecteur.ParseFile(membre)
    except expat.ExpatError as faute:
        raise ValueError(str(faute)) from faute


class _LecteurXlsx:
    """Follows the cells of a sheet. Addresses may be left out: then a cell follows the one before."""

    def __init__(self, dites: dict[str, Ajout]) -> None:
        self.marques, self.dites = Marques(), dites
        self.ligne, self.colonne = -1, -1
        self.erreur = self.formule = self.valeur = self.dans = False
        self.lu = ""

    def debut(self, nom: str, attributs: dict[str, str]) -> None:
        balise = nom.rpartition(":")[2]
        if balise == "c":
            self._placer(attributs.get("r", ""))
            ajout = self.dites.get(attributs.get("s", ""))
            if ajout:
                self.marques.ajouts.append((self.ligne, self.colonne, ajout))
            genre = attributs.get("t")  # « str »: a formula that gives a text, empty or not
            self.erreur, self.formule, self.valeur, self.lu = genre == "e", False, genre == "str", ""
        elif balise == "row":
            numero = attributs.get("r", "")
            self.ligne, self.colonne = int(numero) - 1 if numero.isdecimal() else self.ligne + 1, -1
            self.marques.masquees += attributs.get("hidden") in {"1", "true"}
        elif balise == "f":
            self.formule = True
        elif balise == "v":
            self.dans = True

    def _placer(self, adresse: str) -> None:
        trouvee = ADRESSE.fullmatch(adresse)
        if trouvee is None:
            self.colonne += 1
            return
        self.ligne, self.colonne = int(trouvee[2]) - 1, -1
        for lettre in trouvee[1]:
            self.colonne = (self.colonne + 1) * 26 + ord(lettre) - ord("A")

    def texte(self, lu: str) -> None:
        if self.dans:
            self.valeur = True
            self.lu += lu if self.erreur else ""

    def fin(self, nom: str) -> None:
        balise = nom.rpartition(":")[2]
        if balise == "v":
            self.dans = False
        elif balise == "c" and self.erreur:
            self.marques.cellules.append((self.ligne, self.colonne, self.lu.strip() or "#N/A"))
        elif balise == "c" and self.formule and not self.valeur:
            self.marques.cellules.append((self.ligne, self.colonne, FORMULE_NON_CALCULEE))


class _LecteurOds:
    """Follows the cells of a LibreOffice workbook, where rows and cells may be said to repeat."""

    def __init__(self) -> None:
        self.feuilles: dict[str, Marques] = {}
        self.marques = Marques()
        self.ligne, self.colonne, self.lignes, self.colonnes = 0, 0, 0, 0
        self.erreur = self.formule = self.pourcent = self.dans = False
        self.lu = ""

    def debut(self, nom: str, attributs: dict[str, str]) -> None:
        balise = nom.rpartition(":")[2]
        if balise in {"table-cell", "covered-table-cell"}:
            self.colonnes = _repete(attributs, "table:number-columns-repeated")
            self.erreur = attributs.get("calcext:value-type") == "error"
            self.formule = "table:formula" in attributs and "office:value-type" not in attributs
            self.pourcent = attributs.get("office:value-type") == "percentage"
            self.lu = ""
        elif balise == "table-row":
            self.colonne, self.lignes = 0, _repete(attributs, "table:number-rows-repeated")
            masquee = attributs.get("table:visibility") in {"collapse", "filter"}
            self.marques.masquees += self.lignes if masquee and self.lignes <= REPETITIONS else 0
        elif balise == "p":
            self.dans, self.formule = True, False
        elif balise == "table":
            self.marques, self.ligne = self.feuilles.setdefault(attributs.get("table:name", ""), Marques()), 0

    def texte(self, lu: str) -> None:
        if self.dans and self.erreur:
            self.lu += lu

    def fin(self, nom: str) -> None:
        balise = nom.rpartition(":")[2]
        if balise == "p":
            self.dans = False
        elif balise in {"table-cell", "covered-table-cell"}:
            if self.erreur or self.formule:
                self._marquer(self.marques.cellules, self.lu.strip() or "#N/A" if self.erreur else FORMULE_NON_CALCULEE)
            elif self.pourcent:
                self._marquer(self.marques.ajouts, POURCENT)
            self.colonne += self.colonnes
        elif balise == "table-row":
            self.ligne += self.lignes

    def _marquer(self, marques: list[tuple[int, int, T]], dit: T) -> None:
        for ligne in range(self.ligne, self.ligne + min(self.lignes, REPETITIONS)):
            for colonne in range(self.colonne, self.colonne + min(self.colonnes, REPETITIONS)):
                marques.append((ligne, colonne, dit))


def _repete(attributs: dict[str, str], nom: str) -> int:
    combien = attributs.get(nom, "1")
    return int(combien) if combien.isdecimal() else 1
