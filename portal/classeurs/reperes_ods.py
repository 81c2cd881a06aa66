"""What stands in the XML of a LibreOffice workbook and that its reader drops: errors, formulas never computed, formats."""

import re
import zipfile
from typing import TypeVar

from portal.classeurs.reperes import FORMULE_NON_CALCULEE, Marques, Reperes, contient, parcourir
from portal.classeurs.reperes_formats import MULTIPLE, POURCENT, Ajout

T = TypeVar("T")
REPETITIONS = 1_000
DEMI = 0.500_001
A_REPERER = re.compile(
    rb"""value-type=["'](?:error|percentage)["']|:formula=["']|:visibility=["'](?:collapse|filter)["']"""
    rb"""|[0-9](?: |\xc2\xa0|\xe2\x80\xaf|<text:s/>)?(?:[kKmM%])"""
)
NOMBRES = frozenset({"float", "currency"})
VALEURS = tuple(f"office:{nom}" for nom in ("value", "date-value", "time-value", "boolean-value", "string-value"))
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
        self.erreur = self.formule = self.pourcent = self.dans = False
        self.lu = self.nombre = ""

    def debut(self, nom: str, attributs: dict[str, str]) -> None:
        balise = nom.rpartition(":")[2]
        if balise in {"table-cell", "covered-table-cell"}:
            self.colonnes = _repete(attributs, "table:number-columns-repeated")
            self.erreur = attributs.get("calcext:value-type") == "error"
            self.formule = "table:formula" in attributs and not any(nom in attributs for nom in VALEURS)
            self.pourcent = attributs.get("office:value-type") == "percentage"
            self.nombre = attributs.get("office:value", "") if attributs.get("office:value-type") in NOMBRES else ""
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
        if self.dans and (self.erreur or self.nombre):
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
            elif self.nombre and (montre := ajout_montre(self.lu.strip(), self.nombre)):
                self._marquer(self.marques.ajouts, montre)
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


def ajout_montre(lu: str, nombre: str) -> Ajout | None:
    """What a cell shows after its number and changes its meaning: « 12,5 k€ » for 12.5; None when it shows 12500 so."""
    ecrit = ECRIT.fullmatch(lu)
    if ecrit is None or not MULTIPLE.fullmatch(mots := " ".join(ecrit["mots"].split())):
        return None
    chiffres, valeur = float(re.sub(r"\D", "", ecrit["nombre"])), abs(float(nombre))
    # Where its decimal sign stands is not known, nor how it was rounded.
    montre = any(abs(valeur * 10**decimales - chiffres) < DEMI for decimales in range(7))
    return Ajout(mots) if montre else None
