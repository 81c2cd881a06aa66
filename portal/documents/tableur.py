"""Workbooks (.xlsx), written row by row straight into the file: nothing is kept but the row at hand.

Text stays text: no cell that we write is ever a formula. A library that models each cell took three times as long.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from typing import IO
from xml.sax.saxutils import escape, quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

from portal.documents.feuilles import LIENS_MAXIMAUX, Colonne, Feuille, Lien, Valeur, number_of, propre
from portal.documents.parties_xlsx import (
    CONTENU,
    ENTETE,
    FIN_DE_LIGNES,
    LIENS_RELIES,
    RACINE,
    STYLES,
    TETE_DE_FEUILLE,
    livre,
    relations,
    types,
)
from portal.excel import litteral

TEXTE_MAXIMAL = 32_767  # characters in a cell, a limit of Excel
COUPURE = "… (texte coupé)"
ORIGINE = datetime(1899, 12, 30)  # noqa: DTZ001  # the day 0 of a workbook, which has no time zone
PREMIER_JOUR = date(1901, 1, 1)  # before, Excel counts a day that never was: such a date stays a text
PAR_LOT = 200
NIVEAU = 3  # of compression: twice as fast as the usual one for a tenth more bytes


def classeur(feuilles: Sequence[Feuille]) -> bytes:
    """The .xlsx file of some sheets, whole. Raises as `ecrire`."""
    tampon = BytesIO()
    ecrire(tampon, feuilles)
    return tampon.getvalue()


def ecrire(cible: IO[bytes], feuilles: Sequence[Feuille]) -> None:
    """Write some sheets, with frozen headers and filters. Raises TypeError for a misplaced value."""
    plages: list[tuple[str, str]] = []
    with ZipFile(cible, "w", ZIP_DEFLATED, compresslevel=NIVEAU) as archive:
        archive.writestr("[Content_Types].xml", types(len(feuilles)))
        archive.writestr("_rels/.rels", RACINE)
        archive.writestr("xl/styles.xml", STYLES)
        for rang, feuille in enumerate(feuilles, start=1):
            plages.append((feuille.nom, _feuille(archive, rang, feuille)))
        archive.writestr("xl/workbook.xml", livre(plages))
        archive.writestr("xl/_rels/workbook.xml.rels", relations(len(feuilles)))


def _feuille(archive: ZipFile, rang: int, feuille: Feuille) -> str:
    """Write a sheet and its links; returns the cells that its filter covers, as a formula names them."""
    lignes = _Lignes(feuille.colonnes)
    derniere = lettres(len(feuille.colonnes))
    with archive.open(f"xl/worksheets/sheet{rang}.xml", "w") as page:
        page.write(TETE_DE_FEUILLE.format(colonnes=_largeurs(feuille.colonnes)).encode())
        page.write(lignes.entetes().encode())
        lot: list[str] = []
        for ligne in feuille.lignes:
            lot.append(lignes.ligne(ligne))
            if len(lot) == PAR_LOT:
                page.write("".join(lot).encode())
                lot = []
        page.write("".join(lot).encode())
        page.write(FIN_DE_LIGNES.format(plage=f"A1:{derniere}{lignes.numero}", liens=_liens(lignes)).encode())
    if lignes.liens:
        cibles = (f'<Relationship Id="l{i}" {LIENS_RELIES} Target={quoteattr(a)}/>' for i, (_, a) in _numeros(lignes))
        archive.writestr(f"xl/worksheets/_rels/sheet{rang}.xml.rels", f"{ENTETE}{CONTENU.format(''.join(cibles))}")
    return f"$A$1:${derniere}${lignes.numero}"


def lettres(rang: int) -> str:
    """The letters of a column, the first being 1."""
    nom = ""
    while rang:
        rang, reste = divmod(rang - 1, 26)
        nom = chr(65 + reste) + nom
    return nom


def _largeurs(colonnes: Sequence[Colonne]) -> str:
    return "".join(
        f'<col min="{rang}" max="{rang}" width="{colonne.largeur}" customWidth="1"/>'
        for rang, colonne in enumerate(colonnes, start=1)
    )


class _Lignes:
    """Makes the rows of a sheet, one after another. `numero`: of the last one; `liens`: (cell, address)."""

    def __init__(self, colonnes: Sequence[Colonne]) -> None:
        self._colonnes = colonnes
        self._ecrivains = tuple(self._ecrivain(rang, colonne) for rang, colonne in enumerate(colonnes, start=1))
        self.numero = 1
        self.liens: list[tuple[str, str]] = []

    def entetes(self) -> str:
        """The first row."""
        cellules = (
            f'<c r="{lettres(rang)}1" s="1" t="inlineStr"><is>{_t(colonne.titre)}</is></c>'
            for rang, colonne in enumerate(self._colonnes, start=1)
        )
        return f'<row r="1">{"".join(cellules)}</row>'

    def ligne(self, valeurs: tuple[Valeur, ...]) -> str:
        """The next row."""
        self.numero += 1
        numero = self.numero
        cellules = [
            ecrire_cellule(numero, valeur)
            for ecrire_cellule, valeur in zip(self._ecrivains, valeurs, strict=True)
            if valeur is not None and valeur != ""
        ]
        return f'<row r="{numero}">{"".join(cellules)}</row>'

    def _ecrivain(self, rang: int, colonne: Colonne) -> Callable[[int, Valeur], str]:
        """Writes the cells of one column."""
        place, genre, style = f'<c r="{lettres(rang)}', colonne.genre, f'" s="{STYLES_PAR_GENRE[colonne.genre]}"'

        def une(numero: int, valeur: Valeur) -> str:
            if isinstance(valeur, Lien):
                return self._lien(place, style, numero, valeur)
            if isinstance(valeur, str):
                return f'{place}{numero}{style} t="inlineStr"><is>{_t(valeur)}</is></c>'
            if valeur is None:
                return ""
            nombre = number_of(genre, valeur)
            if isinstance(nombre, date):
                return f"{place}{numero}{style}{_jour(nombre)}"
            return f"{place}{numero}{style}><v>{nombre}</v></c>"

        return une

    def _lien(self, place: str, style: str, numero: int, lien: Lien) -> str:
        mene = lien.mene and len(self.liens) < LIENS_MAXIMAUX
        if mene:
            self.liens.append((f"{place[6:]}{numero}", lien.adresse))
        souligne = f'" s="{SOULIGNE}"' if mene else style
        return f'{place}{numero}{souligne} t="inlineStr"><is>{_t(lien.texte)}</is></c>'


STYLES_PAR_GENRE = {"texte": 2, "montant": 3, "date": 4, "instant": 5, "entier": 6, "lien": 2}
SOULIGNE = 7


def _jour(jour: date) -> str:
    """The number of a day, or its text when a workbook cannot count it."""
    if isinstance(jour, datetime):
        if jour.date() >= PREMIER_JOUR:
            return f"><v>{round((jour - ORIGINE) / timedelta(days=1), 9)}</v></c>"
    elif jour >= PREMIER_JOUR:
        return f"><v>{jour.toordinal() - ORIGINE.toordinal()}</v></c>"
    return f' t="inlineStr"><is><t>{jour.isoformat()}</t></is></c>'


# Most cells of a column hold one of a few words.
@lru_cache(maxsize=4_096)
def _t(texte: str) -> str:
    net = propre(texte)
    if len(net) > TEXTE_MAXIMAL:
        net = net[: TEXTE_MAXIMAL - len(COUPURE)] + COUPURE
    return f'<t xml:space="preserve">{escape(litteral(net))}</t>'


def _numeros(lignes: _Lignes) -> Iterator[tuple[int, tuple[str, str]]]:
    yield from enumerate(lignes.liens, start=1)


def _liens(lignes: _Lignes) -> str:
    liens = "".join(f'<hyperlink ref="{cellule}" r:id="l{rang}"/>' for rang, (cellule, _) in _numeros(lignes))
    return f"<hyperlinks>{liens}</hyperlinks>" if liens else ""
