"""Lists (.csv) for people: semicolons, UTF-8 that Excel recognises, decimal commas, ISO dates, and no cell that computes."""

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from io import TextIOWrapper
from typing import IO

from portal.documents.feuilles import Colonne, Feuille, Lien, Valeur, number_of, propre

# What a spreadsheet takes for a formula, full-width signs included; apostrophes before it are ours, or look like ours.
DANGER = re.compile("'*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]")
ADRESSE = "{} (adresse)"


def ecrire(cible: IO[bytes], feuille: Feuille) -> None:
    """Write one sheet. A column of links becomes two: their texts, their addresses. Raises TypeError for a misplaced value."""
    texte = TextIOWrapper(cible, encoding="utf-8-sig", newline="", write_through=False)
    sortie = csv.writer(texte, delimiter=";", lineterminator="\r\n")
    sortie.writerow([garder(titre) for titre in _titres(feuille.colonnes)])
    sortie.writerows(
        [vu for colonne, valeur in zip(feuille.colonnes, ligne, strict=True) for vu in _cellules(colonne, valeur)]
        for ligne in feuille.lignes
    )
    texte.flush()
    texte.detach()


def garder(texte: str) -> str:
    """A text behind one apostrophe when a spreadsheet would compute it: taken away when the portal reads the file again."""
    return f"'{texte}" if DANGER.match(texte) else texte


def _titres(colonnes: tuple[Colonne, ...]) -> Iterator[str]:
    for colonne in colonnes:
        yield colonne.titre
        if colonne.genre == "lien":
            yield ADRESSE.format(colonne.titre)


def _cellules(colonne: Colonne, valeur: Valeur) -> Iterator[str]:
    yield _vu(colonne, valeur)
    if colonne.genre == "lien":
        yield valeur.adresse if isinstance(valeur, Lien) and valeur.mene else ""


def _vu(colonne: Colonne, valeur: Valeur) -> str:
    if valeur is None:
        return ""
    if isinstance(valeur, str | Lien):
        return garder(propre(valeur.texte if isinstance(valeur, Lien) else valeur))
    nombre = number_of(colonne.genre, valeur)
    if isinstance(nombre, datetime):
        return nombre.isoformat(sep=" ", timespec="minutes")
    if isinstance(nombre, date):
        return nombre.isoformat()
    return f"{nombre:f}".replace(".", ",") if isinstance(nombre, Decimal) else str(nombre)
