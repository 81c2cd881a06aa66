"""CSV and its cousins: the delimiter found on the whole shape of the text, quotes held to account."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice

from portal.classeurs.archives import CSV
from portal.classeurs.encodages import decoder
from portal.classeurs.feuilles import Feuille
from portal.classeurs.resultats import ClasseurRefuse
from portal.classeurs.source import Source

SEPARATEURS = (";", "\t", ",", "|")
ECHANTILLON, DEBUT = 400, 1 << 19
CHAMP = 1 << 27
FIN = "\x1ffin\x1f"
ANNONCE = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)


def lire_texte(octets: bytes) -> Source:
    """Its one sheet, whose name is "". Raises ClasseurRefuse for what is no text, or for a quote that nothing closes."""
    csv.field_size_limit(CHAMP)
    texte = decoder(octets)
    annonce = ANNONCE.match(texte.contenu)
    separateur = annonce[1] if annonce else _separateur(texte.contenu)
    rangees, remarques = _rangees(texte.contenu, separateur or ";")
    if annonce:
        rangees[0] = []  # « sep=; » is for Excel; the numbers of the rows stay those that people see
    return Source(
        CSV,
        [Feuille("", False, rangees)],
        encodage=texte.encodage,
        separateur=separateur,
        remarques=[*texte.remarques, *remarques],
    )


def _rangees(contenu: str, separateur: str) -> tuple[list[list[str]], list[str]]:
    """The rows. Quotes that are misplaced without harm are said; those that may have swallowed rows are refused."""
    rangees, ouverte = _lues(contenu, separateur)
    if ouverte:
        raise ClasseurRefuse(
            f"À la ligne {ouverte}, un guillemet ouvre une cellule et rien ne le referme\u00a0: la suite s’y perdrait. "
            "Corrigez cette ligne, ou envoyez le classeur d’origine."
        )
    faute = _faute(contenu, separateur)
    if not faute:
        return rangees, []
    if any("\n" in cellule for rangee in rangees for cellule in rangee):
        raise ClasseurRefuse(
            f"Près de la ligne {faute}, un guillemet est mal placé et des lignes pourraient s’y perdre. Corrigez cette ligne, ou "
            "envoyez le classeur d’origine."
        )
    return rangees, [
        f"Un guillemet est mal placé près de la ligne {faute}\u00a0: vérifiez les cellules de cette ligne."
    ]


def _lues(contenu: str, separateur: str) -> tuple[list[list[str]], int]:
    """The rows, and the line that opens a quote which is open at the end, 0 when none is."""
    fin = "" if contenu.endswith(("\n", "\r")) else "\n"
    lecteur = csv.reader(StringIO(f"{contenu}{fin}{FIN}\n", newline=""), delimiter=separateur)
    rangees: list[list[str]] = []
    avant = debut = 0
    for rangee in lecteur:
        if rangee == [FIN]:
            return rangees, 0
        avant, debut = lecteur.line_num, avant
        rangees.append(rangee)
    return rangees, debut + 1


def _faute(contenu: str, separateur: str) -> int:
    """The line of the first quote that is not where quotes are, 0 when there is none."""
    if '"' not in contenu:
        return 0
    lecteur = csv.reader(StringIO(contenu, newline=""), delimiter=separateur, strict=True)
    try:
        for _ in lecteur:
            pass
    except csv.Error:
        return lecteur.line_num
    return 0


def _separateur(contenu: str) -> str:
    """The delimiter that cuts most rows in as many cells, "" when none cuts."""
    notes = [(note, -rang, un) for rang, un in enumerate(SEPARATEURS) if (note := _note(contenu, un)) > 0]
    return max(notes)[2] if notes else ""


def _note(contenu: str, separateur: str) -> float:
    largeurs = [len(rangee) for rangee in islice(_essai(contenu, separateur), ECHANTILLON) if any(rangee)]
    if not largeurs:
        return 0.0
    # Ties go to the widest: a table under a title of one cell has as many rows of one as of several.
    largeur, combien = max(Counter(largeurs).items(), key=lambda un: (un[1] if un[0] > 1 else 0, un[0]))
    if largeur < 2:
        return 0.0
    entete = 0.2 if largeurs[0] == largeur else 0.0
    return combien / len(largeurs) + entete + min(largeur, 60) / 200


def _essai(contenu: str, separateur: str) -> Iterator[list[str]]:
    lecteur = csv.reader(StringIO(contenu[:DEBUT], newline=""), delimiter=separateur)
    return iter(lecteur)
