"""Old .xls workbooks and .ods ones, written by hand: no library of ours writes the first, and the second must stay small."""

import struct
import zipfile
from collections.abc import Sequence
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

SECTEUR = 512
LIBRE, FIN, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
ERREURS = {"#N/A": 42, "#REF!": 23, "#DIV/0!": 7}
ESPACES = " ".join(
    f'xmlns:{court}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
    for court, long in (("office", "office"), ("table", "table"), ("text", "text"))
)
CALCEXT = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
Rangees = Sequence[Sequence[str | float | None]]


def xls(rangees: Rangees, *, base_1904: bool = False) -> bytes:
    """A BIFF8 workbook of one sheet, « Aides », in its OLE2 file; texts such as « #N/A » are errors."""
    entete = _enregistrement(0x809, struct.pack("<HHHHII", 0x600, 5, 0x0DBB, 0x07CC, 0, 6))
    entete += _enregistrement(0x22, struct.pack("<H", base_1904))
    titre = b"Aides"
    place = len(entete) + 4 + 8 + len(titre) + 4
    globaux = entete + _enregistrement(0x85, struct.pack("<IBBBB", place, 0, 0, len(titre), 0) + titre)
    page = _enregistrement(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0x0DBB, 0x07CC, 0, 6))
    for ligne, rangee in enumerate(rangees):
        for colonne, valeur in enumerate(rangee):
            page += b"" if valeur is None else _cellule(ligne, colonne, valeur)
    fin = _enregistrement(0x0A, b"")
    return _ole(globaux + fin + page + fin)


def _cellule(ligne: int, colonne: int, valeur: str | float) -> bytes:
    ou = struct.pack("<HHH", ligne, colonne, 0)
    if isinstance(valeur, str) and valeur in ERREURS:
        return _enregistrement(0x205, ou + struct.pack("<BB", ERREURS[valeur], 1))
    if isinstance(valeur, str):
        return _enregistrement(0x204, ou + struct.pack("<HB", len(valeur), 1) + valeur.encode("utf-16-le"))
    return _enregistrement(0x203, ou + struct.pack("<d", valeur))


def _enregistrement(genre: int, donnees: bytes) -> bytes:
    return struct.pack("<HH", genre, len(donnees)) + donnees


def _ole(flux: bytes) -> bytes:
    """An OLE2 file of one stream: its header, its table, its directory, then the stream."""
    flux = flux.ljust(max(4096, -(-len(flux) // SECTEUR) * SECTEUR), b"\0")
    secteurs = len(flux) // SECTEUR
    if secteurs + 2 > SECTEUR // 4:
        raise ValueError("This writer makes small files only.")
    suite = [TABLE, FIN, *range(3, secteurs + 2), FIN]
    table = struct.pack(f"<{SECTEUR // 4}I", *suite, *[LIBRE] * (SECTEUR // 4 - len(suite)))
    dossier = _entree("Root Entry", 5, 1, FIN, 0) + _entree("Workbook", 2, LIBRE, 2, len(flux)) + b"\0" * 256
    entete = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    entete += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, FIN, 0, FIN, 0)
    entete += struct.pack("<109I", 0, *[LIBRE] * 108)
    return entete + table + dossier + flux


def _entree(nom: str, genre: int, enfant: int, debut: int, taille: int) -> bytes:
    large = nom.encode("utf-16-le")
    place = large.ljust(64, b"\0") + struct.pack("<HBBIII", len(large) + 2, genre, 1, LIBRE, LIBRE, enfant)
    return place + b"\0" * 36 + struct.pack("<IQ", debut, taille)


def ods(rangees: Rangees, *, nom: str = "Aides") -> bytes:
    """A LibreOffice workbook of one sheet; texts such as « #N/A » are errors."""
    corps = "".join(f"<table:table-row>{''.join(map(_cellule_ods, rangee))}</table:table-row>" for rangee in rangees)
    return archive_ods(f"<table:table table:name={quoteattr(nom)}>{corps}</table:table>")


def archive_ods(tableau: str) -> bytes:
    """A LibreOffice workbook around the XML of its tables."""
    contenu = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {ESPACES} {CALCEXT}><office:body>'
        f"<office:spreadsheet>{tableau}</office:spreadsheet></office:body></office:document-content>"
    )
    tampon = BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as zippe:
        zippe.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        zippe.writestr("content.xml", contenu)
        zippe.writestr("META-INF/manifest.xml", "<manifest/>")
    return tampon.getvalue()


def _cellule_ods(valeur: str | float | None) -> str:
    if valeur is None:
        return "<table:table-cell/>"
    if isinstance(valeur, str):
        erreur = ' calcext:value-type="error" office:string-value=""' if valeur in ERREURS else ""
        return (
            f'<table:table-cell office:value-type="string"{erreur}><text:p>{escape(valeur)}</text:p></table:table-cell>'
        )
    return f'<table:table-cell office:value-type="float" office:value="{valeur}"><text:p>{valeur}</text:p></table:table-cell>'
