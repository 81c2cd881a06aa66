"""The folder storage: bytes survive, keys never become paths, failures have names."""

import os
from pathlib import Path

import pytest

from integrations.stockage.api import CleInvalide, FichierIntrouvable, StockageIndisponible
from integrations.stockage.dossier import StockageDossier

CLE = "0123456789abcdef0123456789abcdef"
AUTRE_CLE = "0123" + "f" * 28


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    StockageDossier(tmp_path / "fichiers").ecrire(CLE, b"contenu\x00binaire")

    assert StockageDossier(tmp_path / "fichiers").lire(CLE) == b"contenu\x00binaire"


def test_files_are_spread_over_two_levels_and_leave_no_partial_file(tmp_path: Path) -> None:
    stockage = StockageDossier(tmp_path)
    stockage.ecrire(CLE, b"a")
    stockage.ecrire(AUTRE_CLE, b"b")

    fichiers = sorted(str(f.relative_to(tmp_path)) for f in tmp_path.rglob("*") if f.is_file())
    assert fichiers == [f"01/23/{CLE}", f"01/23/{AUTRE_CLE}"]


def test_writing_again_replaces_the_bytes(tmp_path: Path) -> None:
    stockage = StockageDossier(tmp_path)
    stockage.ecrire(CLE, b"avant")
    stockage.ecrire(CLE, b"apres")

    assert stockage.lire(CLE) == b"apres"


def test_a_write_that_fails_keeps_the_old_bytes_and_no_partial_file(tmp_path: Path) -> None:
    stockage = StockageDossier(tmp_path)
    stockage.ecrire(CLE, b"avant")

    with pytest.raises(TypeError):
        stockage.ecrire(CLE, "pas des octets")  # type: ignore[arg-type]  # the failure in mid-write that we want

    assert stockage.lire(CLE) == b"avant"
    assert [f.name for f in tmp_path.rglob("*") if f.is_file()] == [CLE]


def test_file_and_folders_reach_the_disk_before_the_call_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synchronises: list[str] = []
    fsync = os.fsync

    def temoin(descripteur: int) -> None:
        synchronises.append(os.readlink(f"/proc/self/fd/{descripteur}"))
        fsync(descripteur)

    monkeypatch.setattr(os, "fsync", temoin)
    StockageDossier(tmp_path).ecrire(CLE, b"a")

    assert synchronises[:2] == [str(tmp_path), str(tmp_path / "01")]
    assert synchronises[2].startswith(str(tmp_path / "01/23/"))
    assert synchronises[3] == str(tmp_path / "01/23")


def test_an_unknown_key_is_not_found(tmp_path: Path) -> None:
    stockage = StockageDossier(tmp_path)

    assert not stockage.existe(CLE)
    with pytest.raises(FichierIntrouvable):
        stockage.lire(CLE)


def test_a_deleted_file_is_gone_and_deleting_twice_is_no_error(tmp_path: Path) -> None:
    stockage = StockageDossier(tmp_path)
    stockage.ecrire(CLE, b"a")
    assert stockage.existe(CLE)

    stockage.supprimer(CLE)
    stockage.supprimer(CLE)

    assert not stockage.existe(CLE)


@pytest.mark.parametrize("cle", ["", "../../etc/passwd", "A" * 32, "a" * 31, "a" * 33, "a" * 32 + "\n", "a/" * 16])
def test_a_key_that_the_portal_did_not_draw_is_refused_by_every_method(tmp_path: Path, cle: str) -> None:
    stockage = StockageDossier(tmp_path)

    for appel in (stockage.lire, stockage.existe, stockage.supprimer):
        with pytest.raises(CleInvalide):
            appel(cle)
    with pytest.raises(CleInvalide):
        stockage.ecrire(cle, b"a")


def test_a_folder_that_cannot_be_used_is_a_temporary_failure(tmp_path: Path) -> None:
    racine = tmp_path / "fichier-ordinaire"
    racine.write_bytes(b"")
    stockage = StockageDossier(racine)

    with pytest.raises(StockageIndisponible):
        stockage.ecrire(CLE, b"a")
    with pytest.raises(StockageIndisponible):
        stockage.lire(CLE)
