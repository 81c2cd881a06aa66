"""Files of the open data of grants (SCDL): written by its rules, and held against its schema.

CSV rules of the format: UTF-8, comma, fields with a comma between double quotes, dot for decimals, as many fields on every
line. No guard before `=`: these files are for machines.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from portal.formats import ValeurIllisible, parse_siret
from portal.vocabulaire_scdl import COLONNES, COLONNES_EN_PLUS, PERIODE, SIRET, ColonneScdl, GenreColonne

ENCODAGE = "utf-8"
VRAI, FAUX = "oui", "non"
BENEFICIAIRES = ("idBeneficiaire", "rnaBeneficiaire")
SIRETS = ("idAttribuant", "idBeneficiaire")
GUILLEMETS = (
    "Près de cette ligne, un guillemet est mal placé ou n’est pas refermé\u00a0: le fichier ne peut pas être lu."
)
Ligne = Mapping[str, str]


class Lecteur(Protocol):
    """A reader of the csv module, which counts the lines of the file that it has taken."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...


@dataclass(frozen=True, slots=True)
class Ecart:
    """What breaks the schema: the line of the file (from 1, the header's; 0 for the file), the column, the value, and why.

    `conseil`: the schema lets it pass, but it cannot be right.
    """

    ligne: int
    colonne: str
    valeur: str
    raison: str
    conseil: bool = False


def ecrire(lignes: Iterable[Ligne], *, en_plus: bool = False) -> bytes:
    """The file of some lines, by name of column; a missing value is empty. `en_plus`: with those that the 40 add."""
    noms = [colonne.nom for colonne in (*COLONNES, *(COLONNES_EN_PLUS if en_plus else ()))]
    texte = io.StringIO()
    ecrivain = csv.DictWriter(texte, noms, restval="", extrasaction="ignore", lineterminator="\n")
    ecrivain.writeheader()
    ecrivain.writerows(lignes)
    return texte.getvalue().encode(ENCODAGE)


def valider(octets: bytes) -> list[Ecart]:
    """Everything in a file that the 16-column schema refuses, in the order of the file; [] when it is valid.

    Columns may come in another order and others may be added, as the schema lets; each header is exact.
    """
    try:
        texte = octets.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [Ecart(0, "", "", "Le fichier n’est pas en UTF-8\u00a0: enregistrez-le de nouveau dans cet encodage.")]
    # A text that a quote swallows is as long as the file: only then is the quote what is wrong.
    csv.field_size_limit(max(csv.field_size_limit(), len(texte)))
    lecteur = csv.reader(io.StringIO(texte, newline=""), strict=True)
    try:
        lignes = list(_numerotees(lecteur))
    except csv.Error:
        return [Ecart(lecteur.line_num, "", "", GUILLEMETS)]
    if not lignes:
        return [Ecart(0, "", "", "Le fichier est vide.")]
    (premiere, entete), *suite = lignes
    if len(entete) == 1 and ";" in entete[0]:
        points = "Les champs sont séparés par des points-virgules\u00a0: le format demande des virgules."
        return [Ecart(premiere, "", "", points)]
    ecarts = [ecart for numero, ligne in suite for ecart in _ligne(numero, entete, ligne)]
    return [*_entete(premiere, entete), *ecarts]


def _numerotees(lecteur: Lecteur) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, each with the line of the file where it begins: a cell may hold several."""
    avant = 0
    for ligne in lecteur:
        if ligne:
            yield avant + 1, ligne
        avant = lecteur.line_num


def _ligne(numero: int, entete: Sequence[str], ligne: Sequence[str]) -> list[Ecart]:
    if len(ligne) != len(entete):
        return [Ecart(numero, "", "", f"La ligne a {len(ligne)} champs, et l’en-tête {len(entete)}.")]
    return verifier(dict(zip(entete, ligne, strict=True)), numero)


def _entete(numero: int, entete: Sequence[str]) -> list[Ecart]:
    """Each required column stands once, under its exact name."""
    absentes = [
        Ecart(numero, colonne.nom, "", f"La colonne « {colonne.nom} » est obligatoire, et manque.")
        for colonne in COLONNES
        if colonne.obligatoire and colonne.nom not in entete
    ]
    doubles = sorted({nom for nom in entete if nom and entete.count(nom) > 1})
    return absentes + [Ecart(numero, nom, "", f"La colonne « {nom} » est là plusieurs fois.") for nom in doubles]


def verifier(ligne: Ligne, numero: int = 0) -> list[Ecart]:
    """What is wrong in one line of the 16 columns. A column that is not there is not judged."""
    ecarts = [
        Ecart(numero, colonne.nom, valeur, raison)
        for colonne in COLONNES
        if (valeur := ligne.get(colonne.nom)) is not None
        for raison in [_faute(colonne, valeur)]
        if raison
    ]
    if not any(ligne.get(nom) for nom in BENEFICIAIRES):
        raison = "Le bénéficiaire n’a ni SIRET ni RNA\u00a0: l’un des deux est obligatoire."
        ecarts.append(Ecart(numero, BENEFICIAIRES[0], "", raison))
    periode = ligne.get("datesPeriodeVersement", "")
    if re.fullmatch(PERIODE, periode) and (raison := _periode_douteuse(periode)):
        ecarts.append(Ecart(numero, "datesPeriodeVersement", periode, raison, conseil=True))
    return ecarts


def _faute(colonne: ColonneScdl, valeur: str) -> str:
    """Why a value may not stand in that column, "" when it may."""
    if not valeur:
        return f"« {colonne.libelle} » est obligatoire." if colonne.obligatoire else ""
    return JUGES[colonne.genre](colonne, valeur)


def _texte(colonne: ColonneScdl, valeur: str) -> str:
    if colonne.longueur is not None and len(valeur) > colonne.longueur:
        return f"Ce texte a {len(valeur)} caractères, et le format en admet {colonne.longueur}."
    if colonne.valeurs and valeur not in colonne.valeurs:
        return f"Les valeurs admises sont\u00a0: {', '.join(colonne.valeurs)}."
    if colonne.nom in SIRETS:
        return _siret(valeur)
    return FORMES[colonne.nom] if colonne.motif and not re.fullmatch(colonne.motif, valeur) else ""


def _siret(valeur: str) -> str:
    if not re.fullmatch(SIRET, valeur):
        return "Un SIRET a quatorze chiffres, sans espace."
    try:
        parse_siret(valeur)
    except ValeurIllisible:
        return "Ce SIRET n’existe pas\u00a0: sa clé est fausse."
    return ""


def _booleen(_colonne: ColonneScdl, valeur: str) -> str:
    return "" if valeur in (VRAI, FAUX) else "Écrivez «\u00a0oui\u00a0» ou «\u00a0non\u00a0»."


def _date(_colonne: ColonneScdl, valeur: str) -> str:
    return "" if _existe(valeur) else "Cette date n’est pas écrite AAAA-MM-JJ, ou n’existe pas."


def _existe(jour: str) -> bool:
    try:
        return date.fromisoformat(jour).isoformat() == jour
    except ValueError:
        return False


def _periode_douteuse(periode: str) -> str:
    jours = periode.split("/")
    if not all(_existe(jour) for jour in jours):
        return "Un jour de cette période n’existe pas."
    return "" if jours == sorted(jours) else "La période finit avant de commencer."


def _nombre(colonne: ColonneScdl, valeur: str) -> str:
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", valeur):
        return "Écrivez un nombre avec un point, sans espace ni symbole\u00a0: 1250.50."
    nombre = Decimal(valeur)
    trop_bas = colonne.minimum is not None and nombre < colonne.minimum
    if trop_bas or (colonne.maximum is not None and nombre > colonne.maximum):
        return f"Ce nombre doit être entre {colonne.minimum} et {colonne.maximum}."
    return ""


FORMES = {
    "rnaBeneficiaire": "Le format n’admet que W suivi de neuf chiffres\u00a0: les numéros de Corse et d’outre-mer n’y "
    "entrent pas.",
    "datesPeriodeVersement": "Écrivez une date (2026-01-31) ou une période (2026-01-31/2026-12-31).",
}
JUGES: dict[GenreColonne, Callable[[ColonneScdl, str], str]] = {
    "texte": _texte,
    "date": _date,
    "montant": _nombre,
    "entier": _nombre,
    "booleen": _booleen,
}
