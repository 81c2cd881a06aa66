"""What stands in the XML of a workbook and that its reader drops: errors, formulas never computed, hidden rows.

A cell in error read as an empty one would be a silent loss. Sheets without any of these are only skimmed.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from defusedxml.ElementTree import fromstring

from portal.classeurs.archives import sans_type
from portal.classeurs.reperes_formats import STYLES, Ajout, ajouts, montre, motif
from portal.classeurs.resultats import ClasseurRefuse

FORMULE_NON_CALCULEE = "#FORMULE NON CALCULÉE"
MORCEAU, RECOUVREMENT = 1 << 20, 64
A_REPERER = re.compile(rb"""\bt=["']e["']|<(?:\w+:)?f[\s/>]|\bhidden=["'](?:1|true)["']""")
RANGEE = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br=["']([0-9]{1,7})["']""")
DOUBLE = (
    "La ligne {} est écrite deux fois dans ce fichier\u00a0: l’une des deux se perdrait. Ouvrez-le dans votre tableur, "
    "enregistrez-le de nouveau et envoyez ce fichier."
)
ADRESSE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
RELATION = "/relationships}id"  # of one namespace or the other: Excel has two


@dataclass(slots=True)
class Marques:
    """What was found in a sheet, by row and column from 0: texts to put in cells that were read as empty, what a format adds
    to numbers, texts that replace what was read; how many rows are hidden, how many cells span several rows."""

    cellules: list[tuple[int, int, str]] = field(default_factory=list)
    ajouts: list[tuple[int, int, Ajout]] = field(default_factory=list)
    textes: list[tuple[int, int, str]] = field(default_factory=list)
    masquees: int = 0
    fusions: int = 0

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
        for ligne, colonne, texte in self.textes:
            if ligne < len(rangees) and colonne < len(rangees[ligne]):
                rangees[ligne][colonne] = texte

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


def _xml(archive: zipfile.ZipFile, partie: str) -> Any:
    try:
        return fromstring(archive.read(partie))
    except SyntaxError as faute:  # what ElementTree raises for XML that is not
        raise ValueError(str(faute)) from faute


def _feuille(archive: zipfile.ZipFile, partie: str, dites: dict[str, Ajout]) -> Marques:
    _sans_double(archive, partie)
    lecteur = _LecteurXlsx(dites)
    a_reperer = re.compile(A_REPERER.pattern + b"|" + motif(dites)) if dites else A_REPERER
    if contient(archive, partie, a_reperer):
        parcourir(archive, partie, lecteur.debut, lecteur.fin, lecteur.texte)
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


def contient(archive: zipfile.ZipFile, partie: str, motif: re.Pattern[bytes]) -> bool:
    """Whether a part is worth more than a look; a part in UTF-16 always is."""
    with archive.open(partie) as membre:
        reste = b""
        while morceau := membre.read(MORCEAU):
            if motif.search(reste + morceau) or b"\x00" in morceau[:4]:
                return True
            reste = morceau[-RECOUVREMENT:]
    return False


def parcourir(
    archive: zipfile.ZipFile,
    partie: str,
    debut: Callable[[str, dict[str, str]], None],
    fin: Callable[[str], None],
    texte: Callable[[str], None],
) -> None:
    """Follow the elements of a part. Raises ValueError when it is no XML."""
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
