"""A seeded tenth of the campaign of damaged and hostile workbooks, and the files that it starts from."""

from pathlib import Path

import pytest

from portal.classeurs.resultats import ClasseurRefuse
from portal.classeurs.sources import ouvrir
from tests.campagnes.classeurs.campagne import FICHIERS, run
from tests.campagnes.classeurs.semences import semences


def test_every_damaged_file_is_read_or_refused_in_a_sentence(tmp_path: Path) -> None:
    bilan = run(tmp_path, fichiers=FICHIERS // 10)
    assert bilan.fautes == []
    assert bilan.fichiers == FICHIERS // 10
    assert bilan.phrases.total() > 40


def test_the_files_that_they_start_from_are_read(tmp_path: Path) -> None:
    for nom, octets in semences().items():
        chemin = tmp_path / nom
        chemin.write_bytes(octets)
        feuille = ouvrir(chemin, nom).feuilles[-1]
        assert [rangee for rangee in feuille.lignes if rangee and rangee[0] == "Les Amis n° 10"], nom


def test_errors_of_an_old_workbook_and_of_a_libreoffice_one_come_through(tmp_path: Path) -> None:
    for nom in ("ancien.xls", "libre.ods"):
        (tmp_path / nom).write_bytes(semences()[nom])
        assert list(ouvrir(tmp_path / nom, nom).feuilles[0].lignes[-1][:3]) == ["B", "#REF!", "#N/A"]


def test_an_old_workbook_whose_end_is_lost_is_refused_rather_than_read_in_part(tmp_path: Path) -> None:
    octets = semences()["ancien.xls"]
    for perdus in (600, 2_000, 3_000):
        (tmp_path / "coupe.xls").write_bytes(octets[:-perdus])
        with pytest.raises(ClasseurRefuse, match="abîmé ou incomplet"):
            ouvrir(tmp_path / "coupe.xls", "coupe.xls")


def test_a_web_page_whose_end_is_lost_is_said(tmp_path: Path) -> None:
    octets = semences()["page.xls"]
    (tmp_path / "page.xls").write_bytes(octets)
    assert not any("coupée" in remarque for remarque in ouvrir(tmp_path / "page.xls", "page.xls").remarques)
    (tmp_path / "page.xls").write_bytes(octets[:-400])
    assert any("coupée" in remarque for remarque in ouvrir(tmp_path / "page.xls", "page.xls").remarques)
