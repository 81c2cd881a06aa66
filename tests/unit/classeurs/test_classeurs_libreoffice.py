"""LibreOffice workbooks (.ods): formulas never computed and numbers that a format shows as others."""

import zipfile
from pathlib import Path

import pytest

from portal.classeurs.source import Source
from portal.classeurs.sources import ouvrir

ESPACES = " ".join(
    f'xmlns:{nom}="urn:oasis:names:tc:opendocument:xmlns:{nom}:1.0"' for nom in ("office", "table", "text")
)


def lire(dossier: Path, *cellules: str) -> Source:
    """A workbook whose second row holds these cells."""
    titres = "".join(
        f'<table:table-cell office:value-type="string"><text:p>T{rang}</text:p></table:table-cell>'
        for rang in range(len(cellules))
    )
    contenu = (
        f'<office:document-content {ESPACES}><office:body><office:spreadsheet><table:table table:name="Aides">'
        f"<table:table-row>{titres}</table:table-row><table:table-row>{''.join(cellules)}</table:table-row>"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    chemin = dossier / "a.ods"
    with zipfile.ZipFile(chemin, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", contenu)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return ouvrir(chemin, "a.ods")


def nombre(valeur: str, vu: str, genre: str = "float") -> str:
    return f'<table:table-cell office:value-type="{genre}" office:value="{valeur}"><text:p>{vu}</text:p></table:table-cell>'


@pytest.mark.parametrize(
    "cellule",
    [
        '<table:table-cell table:formula="of:=1+1"/>',
        '<table:table-cell table:formula="of:=1+1" office:value-type="float"/>',
        '<table:table-cell table:formula="of:=TODAY()" office:value-type="date"/>',
    ],
)
def test_a_formula_never_computed_is_told(tmp_path: Path, cellule: str) -> None:
    source = lire(tmp_path, cellule, nombre("3", "3"))
    assert source.feuilles[0].lignes[1][0] == "#FORMULE NON CALCULÉE"
    assert "1\u00a0formule n’a pas été calculée" in source.remarques_de("Aides")[0]


def test_a_formula_that_gives_nothing_is_an_empty_cell(tmp_path: Path) -> None:
    vide = '<table:table-cell table:formula="of:=IF(1;&quot;&quot;)"><text:p/></table:table-cell>'
    assert list(lire(tmp_path, vide, nombre("3", "3")).feuilles[0].lignes[1]) == ["", 3.0]


@pytest.mark.parametrize(
    ("valeur", "vu", "lu"),
    [
        ("12.5", "12,5 k€", "12,5 k€"),
        ("12.5", "12.5 k€", "12,5 k€"),
        ("12.46", "12,5\u00a0k€", "12,46 k€"),
        ("12.45", "12,5 k€", "12,45 k€"),
        ("1234.5", "1 234,5 k€", "1234,5 k€"),
        ("1.5", "1,5 M€", "1,5 M€"),
        ("12", "12%", "12 %"),
        ("-3", "-3 k€", "-3 k€"),
        ("12500", "12,5k€", 12500.0),
        ("1250000", "1,3 M€", 1250000.0),
        ("12.5", "12,50 €", 12.5),
        ("2026", "2026", 2026.0),
        ("1200", "1 200 XPF", "1200 XPF"),
        ("12", "00012", "00012"),
        ("12", "2024-0012", "2024-0012"),
        ("12", "€12", 12.0),
        ("12", "+12", 12.0),
    ],
)
@pytest.mark.parametrize("genre", ["float", "currency"])
def test_a_number_is_read_as_its_format_shows_it(tmp_path: Path, valeur: str, vu: str, lu: object, genre: str) -> None:
    assert lire(tmp_path, nombre(valeur, vu, genre)).feuilles[0].lignes[1][0] == lu


def test_another_currency_than_the_euro_is_told_whatever_the_cell_shows(tmp_path: Path) -> None:
    dollars, euros = (
        f'<table:table-cell office:value-type="currency" office:currency="{devise}" office:value="12"><text:p>12</text:p>'
        "</table:table-cell>"
        for devise in ("USD", "EUR")
    )
    assert list(lire(tmp_path, dollars, euros).feuilles[0].lignes[1]) == ["12 USD", 12.0]


def test_the_lines_and_tabulations_of_a_cell_are_kept_and_its_note_is_none_of_its_text(tmp_path: Path) -> None:
    note = "<office:annotation><text:p>vu</text:p></office:annotation>"
    lignes = '<text:p>un<text:line-break/>deux<text:tab/>trois</text:p><text:p>quatre<text:s text:c="2"/>cinq</text:p>'
    cellule = f'<table:table-cell office:value-type="string">{note}{lignes}</table:table-cell>'
    assert lire(tmp_path, cellule).feuilles[0].lignes[1][0] == "un\ndeux\ttrois\nquatre  cinq"


def test_cells_that_span_several_rows_are_told(tmp_path: Path) -> None:
    cellule = '<table:table-cell table:number-rows-spanned="2" office:value-type="string"><text:p>A</text:p></table:table-cell>'
    assert "un groupe de cellules fusionnées sur plusieurs lignes" in lire(tmp_path, cellule).remarques_de("Aides")[0]
