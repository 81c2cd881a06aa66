"""The parts of an .ods file besides its rows: how numbers and days are shown, widths, headers that stay in sight.

ODF 1.4, as odfdo says in the manifest: LibreOffice refuses a file whose parts are not of one version.
"""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_ESPACES = " ".join(
    (
        f'xmlns:office="{_ODF}:office:1.0"',
        f'xmlns:table="{_ODF}:table:1.0"',
        f'xmlns:text="{_ODF}:text:1.0"',
        f'xmlns:style="{_ODF}:style:1.0"',
        f'xmlns:number="{_ODF}:datastyle:1.0"',
        f'xmlns:fo="{_ODF}:xsl-fo-compatible:1.0"',
        f'xmlns:config="{_ODF}:config:1.0"',
        'xmlns:xlink="http://www.w3.org/1999/xlink"',
        'xmlns:ooo="http://openoffice.org/2004/office"',
    )
)
ENTETE = '<?xml version="1.0" encoding="UTF-8"?>\n'
_DEUX = 'number:decimal-places="2" number:min-decimal-places="2" number:min-integer-digits="1" number:grouping="true"'
_PAYS = 'number:language="fr" number:country="FR"'
_JOUR = (
    '<number:day number:style="long"/><number:text>/</number:text><number:month number:style="long"/>'
    '<number:text>/</number:text><number:year number:style="long"/>'
)
_HEURE = (
    '<number:text>\u00a0</number:text><number:hours number:style="long"/><number:text>h</number:text>'
    '<number:minutes number:style="long"/>'
)
_FORMES = (
    '<number:text-style style:name="n-texte"><number:text-content/></number:text-style>'
    f'<number:currency-style style:name="n-montant" {_PAYS}><number:number {_DEUX}/><number:text>\u00a0</number:text>'
    f"<number:currency-symbol {_PAYS}>€</number:currency-symbol></number:currency-style>"
    f'<number:date-style style:name="n-date">{_JOUR}</number:date-style>'
    f'<number:date-style style:name="n-instant">{_JOUR}{_HEURE}</number:date-style>'
    '<number:number-style style:name="n-entier">'
    '<number:number number:decimal-places="0" number:min-integer-digits="1"/></number:number-style>'
)
_CELLULES = "".join(
    f'<style:style style:name="c-{genre}" style:family="table-cell" style:parent-style-name="Default" '
    f'style:data-style-name="n-{genre}"/>'
    for genre in ("texte", "montant", "date", "instant", "entier")
)
_TITRE = (
    '<style:style style:name="c-titre" style:family="table-cell" style:parent-style-name="Default">'
    '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/>'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
)
_TETE = f'{ENTETE}<office:document-content {_ESPACES} office:version="1.4"><office:automatic-styles>{_FORMES}{_CELLULES}{_TITRE}'
FIN_DE_LIGNES = "</table:table>"
CENTIMETRES_PAR_CARACTERE = 0.19


def tete(largeurs: Iterable[int]) -> str:
    """All that comes before the first sheet, for columns of these widths."""
    colonnes = "".join(
        f'<style:style style:name="co{largeur}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{largeur * CENTIMETRES_PAR_CARACTERE:.2f}cm"/></style:style>'
        for largeur in sorted(set(largeurs))
    )
    return f"{_TETE}{colonnes}</office:automatic-styles><office:body><office:spreadsheet>"


def fin(plages: Sequence[str]) -> str:
    """All that comes after the last one. `plages`: the cells that the filter of each covers."""
    filtres = "".join(
        f'<table:database-range table:name="__Anonymous_Sheet_DB__{rang}" table:target-range-address={quoteattr(plage)} '
        'table:display-filter-buttons="true"/>'
        for rang, plage in enumerate(plages)
    )
    return (
        f"<table:database-ranges>{filtres}</table:database-ranges></office:spreadsheet></office:body>"
        "</office:document-content>"
    )


def reglages(noms: Sequence[str]) -> str:
    """Settings: the first row of each sheet stays in sight."""
    choix = (
        ("HorizontalSplitMode", "short", 0),
        ("VerticalSplitMode", "short", 2),
        ("VerticalSplitPosition", "int", 1),
        ("ActiveSplitRange", "short", 2),
        ("PositionBottom", "int", 1),
    )
    reglees = "".join(
        f'<config:config-item config:name="{nom}" config:type="{genre}">{valeur}</config:config-item>'
        for nom, genre, valeur in choix
    )
    pages = "".join(
        f"<config:config-item-map-entry config:name={quoteattr(nom)}>{reglees}</config:config-item-map-entry>"
        for nom in noms
    )
    return (
        f'{ENTETE}<office:document-settings {_ESPACES} office:version="1.4"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views">'
        '<config:config-item-map-entry><config:config-item config:name="ViewId" config:type="string">view1'
        f'</config:config-item><config:config-item-map-named config:name="Tables">{pages}</config:config-item-map-named>'
        f'<config:config-item config:name="ActiveTable" config:type="string">{escape(noms[0])}</config:config-item>'
        "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set>"
        "</office:settings></office:document-settings>"
    )
