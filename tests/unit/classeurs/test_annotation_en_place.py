"""An Excel workbook given back with its own formats, the cells in question marked: and its cells are what they were."""

import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from portal.classeurs.annotation_en_place import annoter
from portal.classeurs.feuilles import Feuille
from portal.classeurs.resultats import Annotations, LigneAnnotee
from portal.classeurs.sources import ouvrir
from portal.vocabulaire_imports import VerdictLigne
from tests.unit.classeurs.test_vilains import VILAINS
from tests.unit.classeurs.vilains import Vilain

RAISON = "Ce n’est pas un montant."
REJETEE = LigneAnnotee(4, (), "Rejetée", RAISON, {1: (VerdictLigne.REJETE, RAISON)})
EXCEL = [un for un in VILAINS if un.ecrit().genre_de_fichier == "xlsx"]


def _annote(dossier: Path, octets: bytes, annotations: Annotations) -> bytes | None:
    chemin = dossier / "suivi"
    chemin.write_bytes(octets)
    return annoter(chemin, ouvrir(chemin, "suivi.xlsx"), annotations)


def _feuilles(dossier: Path, octets: bytes) -> dict[str, Feuille]:
    chemin = dossier / "relu"
    chemin.write_bytes(octets)
    return {une.nom: une for une in ouvrir(chemin, "relu.xlsx").feuilles}


def _suivi() -> bytes:
    """A workbook as people lay them out, whose total is a formula that was computed."""
    livre = Workbook()
    page = livre.active
    assert page is not None
    page.title = "Suivi"
    for rangee in (
        ["Suivi des subventions 2026"],
        ["Association", "Montant", "Part"],
        ["Foyer", 1234.5, 0.5],
        ["Amis", "douze", date(2026, 1, 31)],
        ["Total", 1234.5],
    ):
        page.append(rangee)
    page.merge_cells("A1:E1")
    page.column_dimensions["A"].width = 41
    page.row_dimensions[3].hidden = True
    page["A2"].font = Font(bold=True, color="FF0000FF")
    page["C3"].number_format = "0 %"
    page["A4"].fill = PatternFill("solid", fgColor="FFC6EFCE")
    page["B4"].comment = Comment("À revoir avec la trésorière", "Nadia")
    page["A3"].value, page["A3"].data_type = "=cmd()", "s"
    livre.create_sheet("Notes").append(["007"])
    tampon = BytesIO()
    livre.save(tampon)
    return _avec_formule(tampon.getvalue())


def _avec_formule(octets: bytes) -> bytes:
    rendu = BytesIO()
    with zipfile.ZipFile(BytesIO(octets)) as avant, zipfile.ZipFile(rendu, "w") as apres:
        for nom in avant.namelist():
            partie = avant.read(nom)
            if nom.endswith("sheet1.xml"):
                somme = partie.replace(b'<c r="B5" t="n"><v>', b'<c r="B5"><f>SUM(B3:B4)</f><v>')
                assert somme != partie
                partie = somme
            apres.writestr(nom, partie)
    return rendu.getvalue()


def test_it_keeps_how_the_file_looks_and_marks_the_cell_in_question(tmp_path: Path) -> None:
    octets = _annote(tmp_path, _suivi(), Annotations("Suivi", 2, {4: REJETEE}))
    assert octets is not None
    livre = load_workbook(BytesIO(octets))
    page = livre["Suivi"]
    assert (page.column_dimensions["A"].width, page.row_dimensions[3].hidden) == (41, True)
    assert [str(une) for une in page.merged_cells.ranges] == ["A1:E1"]
    assert (page["A2"].font.b, page["A2"].font.color.rgb, page["C3"].number_format) == (True, "FF0000FF", "0 %")
    assert (page["A4"].fill.fgColor.rgb, page["B4"].fill.fgColor.rgb) == ("FFC6EFCE", "FFF8C9C9")
    assert page["B4"].comment.text == f"À revoir avec la trésorière\n\n{RAISON}"
    assert [page[f"{lettre}{rang}"].value for rang in (2, 3, 4) for lettre in "FG"] == [
        *("Verdict", "Ce qui ne va pas"),
        *(None, None),
        *("Rejetée", RAISON),
    ]
    assert (livre.active.title, page.freeze_panes, livre["Notes"]["A1"].value) == ("Suivi", "A3", "007")


def test_a_formula_leaves_as_its_value_and_a_text_never_becomes_one(tmp_path: Path) -> None:
    octets = _annote(tmp_path, _suivi(), Annotations("Suivi", 2, {4: REJETEE}))
    assert octets is not None
    page = load_workbook(BytesIO(octets))["Suivi"]
    assert [(page[une].value, page[une].data_type) for une in ("A3", "B5")] == [("=cmd()", "s"), (1234.5, "n")]


@pytest.mark.parametrize("vilain", EXCEL, ids=lambda un: un.nom)
def test_each_cell_of_an_ugly_workbook_is_what_it_was(vilain: Vilain, tmp_path: Path) -> None:
    ecrit = vilain.ecrit()
    rang = max(vilain.entete, default=0)
    dite = LigneAnnotee(rang + 1, (), "Rejetée", RAISON, {0: (VerdictLigne.REJETE, RAISON)})
    octets = _annote(tmp_path, ecrit.octets, Annotations(vilain.feuille, rang, {rang + 1: dite}))
    assert octets is not None
    rendues, avant = _feuilles(tmp_path, octets), _feuilles(tmp_path, ecrit.octets)
    assert list(rendues) == list(avant)
    for nom, feuille in avant.items():
        for rangee, rendue in zip(feuille.lignes, rendues[nom].lignes, strict=False):
            assert list(rendue[: len(rangee)]) == list(rangee)


def test_a_workbook_that_would_not_come_back_the_same_is_left_to_be_written_anew(tmp_path: Path) -> None:
    livre = Workbook()
    page = livre.active
    assert page is not None
    page.title = "Suivi"
    page.append(["Montant"])
    page.append([1e10])
    page["A2"].number_format = "dd/mm/yyyy"  # beyond the last day that a spreadsheet counts
    tampon = BytesIO()
    livre.save(tampon)
    assert _annote(tmp_path, tampon.getvalue(), Annotations("Suivi", 1, {})) is None
