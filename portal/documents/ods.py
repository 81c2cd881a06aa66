"""Workbooks (.ods): a door to odfdo, which makes the file that surrounds the rows; these are written one by one.

Importing this module loads odfdo: import it where a workbook is made. Text stays text, as in `tableur`.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from io import BytesIO
from typing import IO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from odfdo import Document

from portal.documents.feuilles import Colonne, Feuille, Genre, Lien, Valeur, number_of, propre
from portal.documents.parties_ods import FIN_DE_LIGNES, fin, reglages, tete
from portal.documents.tableur import NIVEAU, PAR_LOT, lettres

ESPACES = re.compile("  +|^ | $")
VIDE = "<table:table-cell/>"


def ecrire(cible: IO[bytes], feuilles: Sequence[Feuille]) -> None:
    """Write some sheets, with frozen headers and filters. Raises TypeError for a misplaced value."""
    with ZipFile(BytesIO(_enveloppe())) as modele, ZipFile(cible, "w", ZIP_DEFLATED, compresslevel=NIVEAU) as archive:
        for partie in modele.infolist():
            if partie.filename not in ("content.xml", "settings.xml"):
                archive.writestr(_copie(partie), modele.read(partie))
        archive.writestr("settings.xml", reglages([feuille.nom for feuille in feuilles]))
        with archive.open("content.xml", "w") as contenu:
            contenu.write(tete(colonne.largeur for feuille in feuilles for colonne in feuille.colonnes).encode())
            plages = [_feuille(contenu, feuille) for feuille in feuilles]
            contenu.write(fin(plages).encode())


def _enveloppe() -> bytes:
    """An empty workbook."""
    document = Document("spreadsheet")
    document.body.clear()
    document.set_language("fr-FR")
    tampon = BytesIO()
    document.save(tampon)
    return tampon.getvalue()


def _copie(partie: ZipInfo) -> ZipInfo:
    """The first part, which says what the file is, is kept as it is for whoever looks at its first bytes."""
    copie = ZipInfo(partie.filename, partie.date_time)
    copie.compress_type = ZIP_STORED if partie.filename == "mimetype" else ZIP_DEFLATED
    return copie


def _feuille(contenu: IO[bytes], feuille: Feuille) -> str:
    """Write a sheet; returns the cells that its filter covers, as a formula names them."""
    largeurs = "".join(f'<table:table-column table:style-name="co{colonne.largeur}"/>' for colonne in feuille.colonnes)
    titres = "".join(_chaine(colonne.titre, "titre") for colonne in feuille.colonnes)
    contenu.write(
        f"<table:table table:name={quoteattr(feuille.nom)}>{largeurs}"
        f"<table:table-row>{titres}</table:table-row>".encode()
    )
    lot: list[str] = []
    numero = 1
    for numero, ligne in enumerate(feuille.lignes, start=2):  # noqa: B007  # that of the last row is what we keep
        cellules = [_cellule(colonne, valeur) for colonne, valeur in zip(feuille.colonnes, ligne, strict=True)]
        lot.append(f"<table:table-row>{''.join(cellules)}</table:table-row>")
        if len(lot) == PAR_LOT:
            contenu.write("".join(lot).encode())
            lot = []
    contenu.write(("".join(lot) + FIN_DE_LIGNES).encode())
    nom = "'" + feuille.nom.replace("'", "''") + "'"
    return f"{nom}.A1:{nom}.{lettres(len(feuille.colonnes))}{numero}"


def _cellule(colonne: Colonne, valeur: Valeur) -> str:
    if valeur is None or valeur == "":
        return VIDE
    if isinstance(valeur, Lien):
        return _lien(valeur)
    if isinstance(valeur, str):
        return _chaine(valeur, "texte" if colonne.genre == "lien" else colonne.genre)
    return _nombre(colonne.genre, number_of(colonne.genre, valeur))


def _nombre(genre: Genre, nombre: Decimal | int | date | datetime) -> str:
    if isinstance(nombre, datetime):
        return _typee("instant", "date", "date-value", nombre.isoformat(), f"{nombre:%d/%m/%Y\u00a0%Hh%M}")
    if isinstance(nombre, date):
        return _typee("date", "date", "date-value", nombre.isoformat(), f"{nombre:%d/%m/%Y}")
    if genre == "montant":
        lu = f"{nombre:,.2f}\u00a0€".replace(",", "\u00a0").replace(".", ",")
        return _typee("montant", 'currency" office:currency="EUR', "value", str(nombre), lu)
    return _typee(genre, "float", "value", str(nombre), str(nombre))


def _typee(style: Genre, genre: str, attribut: str, valeur: str, lue: str) -> str:
    return (
        f'<table:table-cell table:style-name="c-{style}" office:value-type="{genre}" office:{attribut}="{valeur}">'
        f"<text:p>{lue}</text:p></table:table-cell>"
    )


@lru_cache(maxsize=4_096)
def _chaine(texte: str, style: str) -> str:
    paragraphes = "".join(f"<text:p>{_p(ligne)}</text:p>" for ligne in propre(texte).split("\n"))
    return f'<table:table-cell table:style-name="c-{style}" office:value-type="string">{paragraphes}</table:table-cell>'


def _lien(lien: Lien) -> str:
    if not lien.mene:
        return _chaine(lien.texte, "texte")
    return (
        '<table:table-cell table:style-name="c-texte" office:value-type="string"><text:p>'
        f'<text:a xlink:type="simple" xlink:href={quoteattr(lien.adresse)}>{_p(propre(lien.texte))}</text:a>'
        "</text:p></table:table-cell>"
    )


def _p(ligne: str) -> str:
    """A line of text: this format takes several spaces for one, unless they are counted."""
    sure = escape(ligne).replace("\t", "<text:tab/>")
    return ESPACES.sub(lambda suite: f'<text:s text:c="{len(suite[0])}"/>', sure)
