"""A file given back annotated, from each format, saved again by LibreOffice: each cell is still what it was."""

from datetime import date, datetime
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

from portal.classeurs.feuilles import Feuille, pleine, texte_vu
from portal.classeurs.lecture import annoter, lire_feuilles
from portal.classeurs.resultats import Annotations, LigneAnnotee
from portal.vocabulaire_imports import VerdictLigne
from tests.bureautique import convertir_tous
from tests.classeurs_ecrits import xlsx

SUIVI = [
    ["Suivi 2026"],
    [],
    ["Identité", None, "Aide", None, None],
    ["Association", "N° SIRET", "Montant", "Dépôt", "Remarque"],
    ["=cmd()", "00572078400015", "douze", date(2026, 1, 31), "+33 1"],
    ["Foyer", 73282932000074, 1234.5, datetime(2026, 2, 1, 9, 30), "1,50"],  # noqa: DTZ001  # a workbook has no time zone
    ["Amis", "", None, "31/02/2026", "0001"],
]
MARQUE = LigneAnnotee(
    5, (), "Rejetée", "Ce n’est pas un montant.", {2: (VerdictLigne.REJETE, "Ce n’est pas un montant.")}
)


def _lues(dossier: Path, octets: bytes, nom: str) -> list[Feuille]:
    chemin = dossier / f"lu-{nom}"
    chemin.write_bytes(octets)
    return lire_feuilles(chemin, nom)


def _vues(feuilles: list[Feuille], colonnes: int) -> list[tuple[str, list[list[str]]]]:
    """What a person sees of each sheet, in its first columns; rows that end it empty are not seen."""
    vues = []
    for une in feuilles:
        rangees = [[texte_vu(brut) for brut in rangee[:colonnes]] for rangee in une.lignes]
        while rangees and not pleine(rangees[-1]):
            rangees.pop()
        vues.append((une.nom or "Feuille", [[*rangee, *([""] * (colonnes - len(rangee)))] for rangee in rangees]))
    return vues


def test_it_comes_back_the_same_from_each_format_and_through_libreoffice(tmp_path: Path) -> None:
    livre = xlsx(
        {"Suivi": SUIVI, "Notes": [["à lire"], ["007"]]}, cachees=["Notes"], fusions={"Suivi": ["A3:B3"]}
    ).octets
    partis = {"a.xlsx": livre}
    for forme in ("xls", "ods"):
        (tmp_path / forme).mkdir()
        partis |= convertir_tous({"a.xlsx": livre}, vers=forme, dossier=tmp_path / forme)
    partis["a.csv"] = (
        "Association;N° SIRET;Montant\n=cmd();00572078400015;x\n\nFoyer;73282932000074;0012,50\n'-a;1;2\n".encode()
    )
    rendus = {}
    for nom, octets in partis.items():
        feuille = _lues(tmp_path, octets, nom)[0].nom
        rendus[f"{nom[2:]}.xlsx"] = annoter(tmp_path / f"lu-{nom}", nom, Annotations(feuille, 4, {5: MARQUE}))
    (tmp_path / "retour").mkdir()
    revenus = convertir_tous(rendus, vers="ods", dossier=tmp_path / "retour")
    for nom, octets in partis.items():
        largeur = 3 if nom.endswith("csv") else 5
        attendues = _vues(_lues(tmp_path, octets, nom), largeur)
        for forme, rendu in (("xlsx", rendus[f"{nom[2:]}.xlsx"]), ("ods", revenus[f"{nom[2:]}.ods"])):
            assert _vues(_lues(tmp_path, rendu, f"r.{forme}"), largeur) == attendues, (nom, forme)
        page = load_workbook(BytesIO(rendus[f"{nom[2:]}.xlsx"])).worksheets[0]
        assert page["C5"].comment is not None, nom
        assert [str(une) for une in page.merged_cells.ranges] == (["A3:B3"] if nom == "a.xlsx" else []), nom
        assert not any(une.data_type == "f" for rangee in page.iter_rows() for une in rangee), nom
