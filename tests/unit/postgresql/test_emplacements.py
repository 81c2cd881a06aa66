"""Where a server lives: reachable by its account, never mixed with another checkout's, never somebody else's folder."""

import os
from pathlib import Path

import pytest

from integrations.postgresql.compte import Compte, compte_nous
from integrations.postgresql.emplacements import (
    LONGUEUR_SOCKET,
    SOCKET,
    binaires_utilisables,
    dossier_de_grappe,
    dossier_de_socket,
    ouvrir_dossier,
)
from integrations.postgresql.erreurs import ErreurPostgresql
from integrations.postgresql.trouver import Binaires, Origine


def test_two_checkouts_never_share_a_server(tmp_path: Path) -> None:
    assert dossier_de_grappe(tmp_path / "a", 15) != dossier_de_grappe(tmp_path / "b", 15)


def test_data_stay_with_the_major_version_that_made_them(tmp_path: Path) -> None:
    assert dossier_de_grappe(tmp_path, 15) != dossier_de_grappe(tmp_path, 18)


def test_socket_path_stays_short_in_a_deep_checkout(tmp_path: Path) -> None:
    profond = tmp_path.joinpath(*["sous-dossier-bien-nomme"] * 6)
    socket = dossier_de_socket(profond)
    assert len(str(socket / SOCKET)) < LONGUEUR_SOCKET
    assert socket != dossier_de_socket(profond / "autre")


def test_socket_of_an_ordinary_checkout_lies_beside_its_data() -> None:
    assert dossier_de_socket(Path("/srv/portail/var/pg15")) == Path("/srv/portail/var/pg15/s")


def test_link_planted_in_place_of_our_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ailleurs").mkdir()
    (tmp_path / "pg").symlink_to(tmp_path / "ailleurs")
    with pytest.raises(ErreurPostgresql, match="n’est pas à nous"):
        ouvrir_dossier(tmp_path / "pg", compte_nous())


def test_private_folder_is_closed_to_others_even_when_it_already_existed(tmp_path: Path) -> None:
    (tmp_path / "pg").mkdir(mode=0o777)
    assert ouvrir_dossier(tmp_path / "pg", compte_nous()).stat().st_mode & 0o077 == 0


def test_binaries_out_of_reach_of_the_server_account_are_copied_once(tmp_path: Path) -> None:
    binaires = roue_privee(tmp_path)
    autre = Compte("postgres", os.geteuid(), os.getegid())
    copie = binaires_utilisables(binaires, autre, tmp_path / "copies")
    assert (copie.dossier / "postgres").read_text() == "programme"
    assert (copie.dossier.parents[2] / "roue.libs" / "libpq.so").is_file()
    assert binaires_utilisables(binaires, autre, tmp_path / "copies") == copie
    assert len(list((tmp_path / "copies").iterdir())) == 1


def test_binaries_run_by_ourselves_are_used_where_they_are(tmp_path: Path) -> None:
    binaires = roue_privee(tmp_path)
    assert binaires_utilisables(binaires, compte_nous(), tmp_path / "copies") is binaires


def roue_privee(racine: Path) -> Binaires:
    """A wheel's tree below a folder that only its owner may enter."""
    prive = racine / "prive"
    bin_ = prive / "roue" / "pginstall18" / "bin"
    bin_.mkdir(parents=True)
    (bin_ / "postgres").write_text("programme")
    (prive / "roue.libs").mkdir()
    (prive / "roue.libs" / "libpq.so").write_text("bibliothèque")
    prive.chmod(0o700)
    return Binaires(bin_, 18, Origine.ROUE)
