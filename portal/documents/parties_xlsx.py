"""The parts of an .xlsx file besides its rows: which sheets it holds, their styles, what ties them (ECMA-376)."""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

ENTETE = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
PRINCIPAL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PAQUETS = "http://schemas.openxmlformats.org/package/2006"
GENRE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
CONTENU = f'<Relationships xmlns="{PAQUETS}/relationships">{{}}</Relationships>'
LIENS_RELIES = f'Type="{RELATIONS}/hyperlink" TargetMode="External"'
RACINE = ENTETE + CONTENU.format(f'<Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/>')

TETE_DE_FEUILLE = (
    f'{ENTETE}<worksheet xmlns="{PRINCIPAL}" xmlns:r="{RELATIONS}">'
    '<sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    '<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>'
    '<sheetFormatPr defaultRowHeight="15"/><cols>{colonnes}</cols><sheetData>'
)
FIN_DE_LIGNES = (
    '</sheetData><autoFilter ref="{plage}"/>{liens}'
    '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/></worksheet>'
)

# The formats that are not among those that every spreadsheet knows by number.
FORMATS = {164: '#,##0.00\u00a0"€"', 165: "dd/mm/yyyy", 166: 'dd/mm/yyyy\u00a0hh"h"mm'}
# Font and format of each style: default, header, text, amount, date, instant, whole number, link.
_CELLULES = ((0, 0), (1, 0), (0, 49), (0, 164), (0, 165), (0, 166), (0, 1), (2, 49))


def _polices() -> str:
    base = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
    return (
        f'<fonts count="3"><font>{base}</font><font><b/>{base}</font>'
        f'<font><u/><sz val="11"/><color rgb="FF0563C1"/><name val="Calibri"/><family val="2"/></font></fonts>'
    )


def _cellules() -> Iterator[str]:
    for rang, (police, forme) in enumerate(_CELLULES):
        attributs = f'numFmtId="{forme}" fontId="{police}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"'
        if rang == 1:
            yield f'<xf {attributs} applyFont="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
        else:
            yield f'<xf {attributs} applyFont="1"/>'


def _styles() -> str:
    formats = "".join(f'<numFmt numFmtId="{n}" formatCode={quoteattr(forme)}/>' for n, forme in FORMATS.items())
    return (
        f'{ENTETE}<styleSheet xmlns="{PRINCIPAL}"><numFmts count="{len(FORMATS)}">{formats}</numFmts>{_polices()}'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{len(_CELLULES)}">{"".join(_cellules())}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )


STYLES = _styles()


def types(nombre: int) -> str:
    """What each part is."""
    feuilles = "".join(
        f'<Override PartName="/xl/worksheets/sheet{rang}.xml" ContentType="{GENRE}.worksheet+xml"/>'
        for rang in range(1, nombre + 1)
    )
    return (
        f'{ENTETE}<Types xmlns="{PAQUETS}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{GENRE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{GENRE}.styles+xml"/>{feuilles}</Types>'
    )


def livre(plages: Sequence[tuple[str, str]]) -> str:
    """The sheets by their tabs, in order, and the cells that the filter of each covers."""
    feuilles = "".join(
        f'<sheet name={quoteattr(nom)} sheetId="{rang}" r:id="f{rang}"/>'
        for rang, (nom, _) in enumerate(plages, start=1)
    )
    filtres = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{rang}" hidden="1">'
        f"{escape(_cite(nom))}!{plage}</definedName>"
        for rang, (nom, plage) in enumerate(plages)
    )
    return (
        f'{ENTETE}<workbook xmlns="{PRINCIPAL}" xmlns:r="{RELATIONS}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{feuilles}</sheets><definedNames>{filtres}</definedNames></workbook>"
    )


def _cite(nom: str) -> str:
    """A tab's name as a formula says it."""
    return "'" + nom.replace("'", "''") + "'"


def relations(nombre: int) -> str:
    """Where the sheets and the styles are."""
    feuilles = "".join(
        f'<Relationship Id="f{rang}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{rang}.xml"/>'
        for rang in range(1, nombre + 1)
    )
    return ENTETE + CONTENU.format(f'{feuilles}<Relationship Id="s1" Type="{RELATIONS}/styles" Target="styles.xml"/>')
