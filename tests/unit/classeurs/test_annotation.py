"""A file given back whole: every sheet and row as it was, the cells in question coloured and commented."""

from datetime import date, datetime, time
from io import BytesIO

from openpyxl import load_workbook

from portal.classeurs.annotation import classeur_entier
from portal.classeurs.feuilles import Feuille
from portal.classeurs.resultats import Annotations, LigneAnnotee
from portal.vocabulaire_imports import VerdictLigne

DOUTE = LigneAnnotee(
    5, (), "Rejetée", "Ce n’est pas un montant.", {2: (VerdictLigne.REJETE, "Ce n’est pas un montant.")}
)
SUIVI = (
    ("Suivi 2026", "", "", ""),
    ("", "", "", ""),
    ("Identité", "", "Aide", ""),
    ("Association", "N° SIRET", "Montant", "Dépôt"),
    ("=cmd()", "00572078400015", "douze", date(2026, 1, 31)),
    ("Foyer", 73282932000074.0, 1234.5, datetime(2026, 2, 1, 9, 30)),  # noqa: DTZ001  # a workbook has no time zone
    ("Amis", "", True, time(9, 30)),
    ("Vieux", "", None, date(1850, 5, 4)),
)


def test_every_sheet_and_row_comes_back_and_only_the_cell_in_question_is_marked() -> None:
    feuilles = [Feuille("Synthèse", True, [("Total", 3.0)]), Feuille("Suivi: 2026", False, SUIVI)]
    livre = load_workbook(BytesIO(classeur_entier(feuilles, Annotations("Suivi: 2026", 4, {5: DOUTE}))))
    assert livre.sheetnames == ["Synthèse", "Suivi  2026"]
    assert (livre["Synthèse"].sheet_state, livre["Synthèse"]["B1"].value) == ("hidden", 3)
    page = livre["Suivi  2026"]
    assert [[une.value for une in rangee[:4]] for rangee in page.iter_rows(max_row=4)] == [
        ["Suivi 2026", None, None, None],
        [None] * 4,
        ["Identité", None, "Aide", None],
        ["Association", "N° SIRET", "Montant", "Dépôt"],
    ]
    assert [(une.value, une.data_type) for une in page[5][:3]] == [
        ("=cmd()", "s"),
        ("00572078400015", "s"),
        ("douze", "s"),
    ]
    assert page["D5"].value == datetime(2026, 1, 31)  # noqa: DTZ001  # idem
    assert (page["B6"].value, page["B6"].number_format, page["C6"].value) == (73282932000074, "0", 1234.5)
    assert (page["D6"].value, page["C7"].value, page["D7"].value) == (SUIVI[5][3], True, time(9, 30))
    assert page["D8"].value == "04/05/1850"
    marquees = [une.coordinate for rangee in page.iter_rows() for une in rangee if une.comment]
    assert marquees == ["C5"]
    assert (page["C5"].fill.fgColor.rgb, page["C5"].comment.text) == ("FFF8C9C9", "Ce n’est pas un montant.")
    assert [page.cell(rang, colonne).value for rang in (4, 5, 6) for colonne in (5, 6)] == [
        *("Verdict", "Ce qui ne va pas"),
        *("Rejetée", "Ce n’est pas un montant."),
        *(None, None),
    ]
    assert page.freeze_panes == "A5"
