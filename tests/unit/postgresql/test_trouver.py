"""The finder prefers Debian's highest version, and says what to do when there is nothing."""

from pathlib import Path

import pytest

from integrations.postgresql.erreurs import PostgresqlIntrouvable
from integrations.postgresql.trouver import PROGRAMMES, Origine, trouver


def installer(racine: Path, majeure: int, programmes: tuple[str, ...] = PROGRAMMES) -> Path:
    """An installation as Debian lays it out, whose programs only know their version."""
    dossier = racine / str(majeure) / "bin"
    dossier.mkdir(parents=True)
    for nom in programmes:
        programme = dossier / nom
        programme.write_text(f"#!/bin/sh\necho '{nom} (PostgreSQL) {majeure}.3 (Debian {majeure}.3-1)'\n")
        programme.chmod(0o755)
    return dossier


def test_highest_debian_version_wins_by_number_not_by_spelling(tmp_path: Path) -> None:
    installer(tmp_path, 9)
    attendu = installer(tmp_path, 17)
    trouve = trouver(racine_debian=tmp_path)
    assert (trouve.dossier, trouve.majeure, trouve.origine) == (attendu, 17, Origine.DEBIAN)


def test_client_only_installation_is_not_a_server(tmp_path: Path) -> None:
    installer(tmp_path, 17, ("psql", "createdb"))
    assert trouver(racine_debian=tmp_path).origine is Origine.ROUE


def test_wheel_can_be_forced_although_debian_has_a_server(tmp_path: Path) -> None:
    installer(tmp_path, 99)
    trouve = trouver(Origine.ROUE, racine_debian=tmp_path)
    assert trouve.origine is Origine.ROUE
    assert trouve.majeure < 99


def test_nothing_found_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(PostgresqlIntrouvable, match="DATABASE_URL"):
        trouver(Origine.DEBIAN, racine_debian=tmp_path)
