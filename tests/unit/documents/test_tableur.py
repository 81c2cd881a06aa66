"""The workbook as a spreadsheet program finds it: real dates and numbers, text that never computes."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from portal.documents.feuilles import Colonne, Feuille, Lien, Valeur
from portal.documents.tableur import classeur
from tests.classeurs_ecrits import lues

COLONNES = (
    Colonne("Dossier", "lien", 18),
    Colonne("Projet"),
    Colonne("Montant demandé", "montant"),
    Colonne("Limite", "date"),
    Colonne("Déposé le", "instant"),
    Colonne("Avis", "entier"),
)
LIGNE: tuple[Valeur, ...] = (
    Lien("P-2026-1", "https://portail.example/dossiers/P-2026-1"),
    "Berges",
    Decimal("1234.50"),
    date(2027, 1, 22),
    datetime(2026, 11, 22, 13, 5, tzinfo=UTC),
    2,
)


def ouvrir(octets: bytes) -> Workbook:
    return load_workbook(BytesIO(octets))


def une_colonne(*valeurs: Valeur, colonne: Colonne = COLONNES[1]) -> bytes:
    return classeur([Feuille("Essai", (colonne,), [(valeur,) for valeur in valeurs])])


def test_values_are_real_numbers_and_dates_with_french_formats() -> None:
    page = ouvrir(classeur([Feuille("Dossiers", COLONNES, [LIGNE])]))["Dossiers"]

    assert [cellule.value for cellule in page[1]] == [colonne.titre for colonne in COLONNES]
    assert page["C2"].value == 1234.5
    assert page["C2"].number_format == '#,##0.00\u00a0"€"'
    assert page["D2"].value == datetime(2027, 1, 22)  # noqa: DTZ001  # Excel has no time zone
    assert page["D2"].number_format == "dd/mm/yyyy"
    assert page["E2"].value == datetime(2026, 11, 22, 14, 5)  # noqa: DTZ001  # shown in Europe/Paris
    assert page["F2"].value == 2


def test_the_header_stays_in_sight_and_every_column_can_be_filtered() -> None:
    page = ouvrir(classeur([Feuille("Dossiers", COLONNES, [LIGNE, LIGNE])]))["Dossiers"]

    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:F3"
    assert page.column_dimensions["A"].width == 18


def test_a_reference_leads_to_its_page() -> None:
    page = ouvrir(classeur([Feuille("Dossiers", COLONNES, [LIGNE])]))["Dossiers"]

    assert page["A2"].value == "P-2026-1"
    assert page["A2"].hyperlink.target == "https://portail.example/dossiers/P-2026-1"


def test_only_web_addresses_become_links() -> None:
    page = ouvrir(une_colonne(Lien("piège", "file:///etc/passwd"), colonne=COLONNES[0]))["Essai"]

    assert page["A2"].value == "piège"
    assert page["A2"].hyperlink is None


@pytest.mark.parametrize(
    "texte", ["=1+1", '=HYPERLINK("http://x.example")', "+1", "-1", "@SUM(A1)", "\t=1+1", "=", "0123"]
)
def test_text_is_never_a_formula_nor_a_number(texte: str) -> None:
    octets = une_colonne(texte)

    cellule = ouvrir(octets)["Essai"]["A2"]
    assert (cellule.value, cellule.data_type) == (texte, "s")
    with ZipFile(BytesIO(octets)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_characters_that_xml_refuses_are_removed() -> None:
    assert ouvrir(une_colonne("avant\x00\x0b\x1faprès"))["Essai"]["A2"].value == "avantaprès"


def test_a_text_longer_than_a_cell_says_that_it_was_cut() -> None:
    valeur = ouvrir(une_colonne("é" * 40_000))["Essai"]["A2"].value

    assert len(valeur) == 32_767
    assert valeur.endswith("… (texte coupé)")


def test_an_unknown_value_is_an_empty_cell() -> None:
    assert ouvrir(une_colonne(None, "après"))["Essai"]["A2"].value is None


@pytest.mark.parametrize("valeur", [12, Decimal(3), date(2026, 1, 1)])
def test_a_number_in_a_column_of_text_is_an_error_of_ours(valeur: Valeur) -> None:
    with pytest.raises(TypeError):
        une_colonne(valeur)


def test_a_row_of_the_wrong_length_is_an_error_of_ours() -> None:
    with pytest.raises(ValueError, match="zip"):
        classeur([Feuille("Essai", COLONNES, [("seul",)])])


def test_a_sheet_may_have_any_title_and_no_row() -> None:
    livre = ouvrir(classeur([Feuille("Dossiers : 2026/2027 [DDETS] du Rhône et de la Loire", COLONNES, [])]))

    (titre,) = livre.sheetnames
    assert titre == "Dossiers   2026 2027  DDETS  du"
    assert livre[titre].auto_filter.ref == "A1:F1"


def test_rows_are_read_one_by_one() -> None:
    def lignes() -> Iterator[tuple[Valeur, ...]]:
        for rang in range(1000):
            yield (f"Projet {rang}",)

    page = ouvrir(classeur([Feuille("Essai", (COLONNES[1],), lignes())]))["Essai"]
    assert page.max_row == 1001


@pytest.mark.parametrize("texte", ["code _x0041_ fin", "a_x000D_b", "_x005F_", "_xZZZZ_", "__x0042__"])
def test_a_text_that_excel_would_read_as_an_escaped_character_stays_as_it_is(texte: str) -> None:
    (feuille,) = lues(une_colonne(texte))
    assert feuille.lignes[1] == [texte]
