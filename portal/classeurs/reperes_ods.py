"""What stands in the XML of a LibreOffice workbook and that its reader drops: errors, formulas never computed, formats."""

import re
import zipfile
from typing import TypeVar

from portal.classeurs.reperes import FORMULE_NON_CALCULEE, Marques, Reperes, contient, parcourir
from portal.classeurs.reperes_formats import POURCENT, Ajout
from portal.classeurs.unites import EUROS, est_unite

T = TypeVar("T")
REPETITIONS = 1_000
DEMI = 0.500_001
A_REPERER = re.compile(
    rb"""value-type=["'](?:error|percentage)["']|:formula=["']|:visibility=["'](?:collapse|filter)["']"""
    rb"""|[0-9](?: |\xc2\xa0|\xe2\x80\xaf|<text:s/>)?(?:[kKmM%$F]|XPF|CFP|USD|CHF|GBP|CAD|\xc2\xa3)"""
    rb"""|:currency=["'](?!EUR)|<text:(?:line-break|tab)|:number-rows-spanned=["'](?!1["'])"""
    rb"""|:value-type=["'](?:float|currency)["'][^>]*><text:p>(?:0[0-9]|[^<0-9 -]|[0-9]+[-/_A-Za-z])"""
)
NOMBRES = frozenset({"float", "currency"})
VALEURS = tuple(f"office:{nom}" for nom in ("value", "date-value", "time-value", "boolean-value", "string-value"))
CELLULES = frozenset({"table-cell", "covered-table-cell"})
BLANCS = {"s": " ", "tab": "\t", "line-break": "\n"}
# What a code shows before its number: zeros, or words.
CODE = re.compile(r"(?P<avant>|[^\s\d].*?|\d+[^\s\d.,]+?)(?P<nombre>[0-9]+)")
ECRIT = re.compile(r"(?P<nombre>-?[0-9][0-9., \u00a0\u202f]*)(?P<mots>\D+)")


def reperer_ods(archive: zipfile.ZipFile) -> Reperes:
    """What is to be known of an .ods."""
    lecteur = _LecteurOds()
    if contient(archive, "content.xml", A_REPERER):
        parcourir(archive, "content.xml", lecteur.debut, lecteur.fin, lecteur.texte)
    reperes = Reperes()
    reperes.feuilles.update(lecteur.feuilles)
    return reperes


class _LecteurOds:
    """Follows the cells of a LibreOffice workbook, where rows and cells may be said to repeat."""

    def __init__(self) -> None:
        self.feuilles: dict[str, Marques] = {}
        self.marques = Marques()
        self.ligne, self.colonne, self.lignes, self.colonnes = 0, 0, 0, 0
        self.erreur = self.formule = self.pourcent = self.dans = self.note = self.morcelee = False
        self.lu = self.nombre = self.devise = ""

    def debut(self, nom: str, attributs: dict[str, str]) -> None:
        balise = nom.rpartition(":")[2]
        if balise in CELLULES:
            self._cellule(attributs)
        elif balise == "table-row":
            self.colonne, self.lignes = 0, _repete(attributs, "table:number-rows-repeated")
            masquee = attributs.get("table:visibility") in {"collapse", "filter"}
            self.marques.masquees += self.lignes if masquee and self.lignes <= REPETITIONS else 0
        elif balise == "annotation":
            self.note = True
        elif balise == "p" and not self.note:
            self.lu += "\n" if self.lu else ""
            self.dans, self.formule = True, False
        elif self.dans and balise in BLANCS:
            self.lu += BLANCS[balise] * min(_repete(attributs, "text:c"), REPETITIONS)
            self.morcelee = self.morcelee or balise != "s"
        elif balise == "table":
            self.marques, self.ligne = self.feuilles.setdefault(attributs.get("table:name", ""), Marques()), 0

    def _cellule(self, attributs: dict[str, str]) -> None:
        genre, devise = attributs.get("office:value-type"), attributs.get("office:currency", "")
        self.colonnes = _repete(attributs, "table:number-columns-repeated")
        self.erreur = attributs.get("calcext:value-type") == "error"
        self.formule = "table:formula" in attributs and not any(nom in attributs for nom in VALEURS)
        self.pourcent = genre == "percentage"
        self.nombre = attributs.get("office:value", "") if genre in NOMBRES else ""
        self.devise = "" if EUROS.fullmatch(devise) else devise
        self.lu, self.morcelee = "", False
        self.marques.fusions += _repete(attributs, "table:number-rows-spanned") > 1

    def texte(self, lu: str) -> None:
        if self.dans:
            self.lu += lu

    def fin(self, nom: str) -> None:
        balise = nom.rpartition(":")[2]
        if balise == "p":
            self.dans = False
        elif balise == "annotation":
            self.note = False
        elif balise in CELLULES:
            self._conclure(self.lu.strip())
            self.colonne += self.colonnes
        elif balise == "table-row":
            self.ligne += self.lignes

    def _conclure(self, lu: str) -> None:
        """What is to be put in the place of that cell."""
        if self.erreur or self.formule:
            self._marquer(self.marques.cellules, lu or "#N/A" if self.erreur else FORMULE_NON_CALCULEE)
        elif self.pourcent:
            self._marquer(self.marques.ajouts, POURCENT)
        elif self.nombre and self.devise:
            self._marquer(self.marques.ajouts, Ajout(self.devise))
        elif self.nombre and (montre := ajout_montre(lu, self.nombre)):
            self._marquer(self.marques.ajouts, montre)
        elif code_montre(lu, self.nombre) if self.nombre else self.morcelee:
            self._marquer(self.marques.textes, lu)

    def _marquer(self, marques: list[tuple[int, int, T]], dit: T) -> None:
        for ligne in range(self.ligne, self.ligne + min(self.lignes, REPETITIONS)):
            for colonne in range(self.colonne, self.colonne + min(self.colonnes, REPETITIONS)):
                marques.append((ligne, colonne, dit))


def _repete(attributs: dict[str, str], nom: str) -> int:
    combien = attributs.get(nom, "1")
    return int(combien) if combien.isdecimal() else 1


def ajout_montre(lu: str, nombre: str) -> Ajout | None:
    """What a cell shows after its number and changes its meaning: « 12,5 k€ » for 12.5; None when it shows 12500 so."""
    ecrit = ECRIT.fullmatch(lu)
    if ecrit is None or not est_unite(mots := " ".join(ecrit["mots"].split())):
        return None
    chiffres, valeur = float(re.sub(r"\D", "", ecrit["nombre"])), abs(float(nombre))
    # Where its decimal sign stands is not known, nor how it was rounded.
    montre = any(abs(valeur * 10**decimales - chiffres) < DEMI for decimales in range(7))
    return Ajout(mots) if montre else None


def code_montre(lu: str, nombre: str) -> bool:
    """Whether a cell shows its number as codes are: « 00012 », « 2024-0012 » for 12."""
    ecrit = CODE.fullmatch(lu)
    if ecrit is None or not nombre.isdecimal() or ecrit["nombre"].lstrip("0") != nombre.lstrip("0"):
        return False
    avant = ecrit["avant"].strip("+- \u00a0\u202f")
    return bool(avant and not EUROS.fullmatch(avant)) or len(ecrit["nombre"]) > len(nombre)
