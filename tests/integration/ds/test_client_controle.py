"""`portal ds check` says in French what stands between the portal and Démarches Simplifiées, and its exit code follows."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from integrations.demarches_simplifiees.client import ClientDS
from integrations.demarches_simplifiees.simulator.depart.generation import DEMARCHE
from integrations.demarches_simplifiees.simulator.execution.resolution import texte_schema
from integrations.demarches_simplifiees.simulator.serveur import Simulateur
from portal.cli.ds_controle import check as commande
from portal.services.verification_ds import check
from tests.integration.ds.conftest import client


def ecarts(ds: ClientDS, *, demarches: tuple[int, ...] = (DEMARCHE,), sdl: Path | None = None) -> list[str]:
    """What is told to be wrong."""
    return [un.phrase for un in check(ds, demarches=demarches, sdl=sdl) if un.bon is False]


def test_all_is_well_but_for_the_right_to_write_that_nobody_can_know(ds: ClientDS) -> None:
    lus = list(check(ds, demarches=(DEMARCHE,), sdl=None))
    assert [un.bon for un in lus] == [True, True, True, None]
    assert "lecture seule" in lus[-1].phrase


@pytest.mark.parametrize(("suffixe", "dit"), [("-inconnu", "inconnu"), ("-expire", "expiré")])
def test_a_token_that_opens_nothing_is_told_from_a_right_that_lacks(
    simulateur: Simulateur, suffixe: str, dit: str
) -> None:
    with client(simulateur, jeton=simulateur.jeton + suffixe) as ds:
        (ecart,) = ecarts(ds)
    assert dit in ecart
    assert "jeton" in ecart


def test_a_demarche_out_of_reach_is_named_and_the_others_are_tried(ds: ClientDS) -> None:
    (ecart,) = ecarts(ds, demarches=(99, DEMARCHE))
    assert "n’ouvre pas la démarche n°\u00a099" in ecart


def test_an_address_where_nobody_answers_is_told_once() -> None:
    with ClientDS("http://127.0.0.1:9/api/v2/graphql", "jeton", tentatives=1) as ds:
        (ecart,) = ecarts(ds)
    assert "injoignable" in ecart


def test_a_schema_file_that_drifted_is_named_by_operation_type_and_field(ds: ClientDS, tmp_path: Path) -> None:
    sdl = tmp_path / "schema.graphql"
    sdl.write_text(texte_schema().replace("  questionAnswer: Boolean\n", ""), "utf-8")
    (ecart,) = ecarts(ds, sdl=sdl)
    assert "page_dossiers" in ecart
    assert "«\u00a0questionAnswer\u00a0» du type «\u00a0Avis\u00a0»" in ecart


@pytest.mark.parametrize("contenu", [None, "<html>"])
def test_a_schema_file_that_is_none_is_told(ds: ClientDS, tmp_path: Path, contenu: str | None) -> None:
    sdl = tmp_path / "schema.graphql"
    if contenu is not None:
        sdl.write_text(contenu, "utf-8")
    (ecart,) = ecarts(ds, sdl=sdl)
    assert "DS_SCHEMA_PATH" in ecart


@pytest.fixture
def environnement(simulateur: Simulateur, tmp_path: Path) -> dict[str, str]:
    """The settings of a portal that follows the simulated démarche; without a shared rate, its database is never asked."""
    return {
        "PORTAL_MODE": "demo",
        "DATABASE_URL": "postgresql+psycopg://personne@127.0.0.1:9/rien",
        "SECRET_KEY": "secret-des-tests",
        "PORTAL_URL": "http://portail.test",
        "STOCKAGE_DOSSIER": str(tmp_path),
        "COURRIEL_DOSSIER": str(tmp_path),
        "DS_URL": simulateur.url,
        "DS_TOKEN": simulateur.jeton,
        "DS_DEMARCHES": str(DEMARCHE),
        "DS_REQUETES_PAR_MINUTE": "0",
    }


def test_the_command_says_it_and_its_exit_code_follows(environnement: dict[str, str]) -> None:
    bien = CliRunner().invoke(commande, env=environnement)
    assert (bien.exit_code, "Tout est en ordre." in bien.output) == (0, True)
    mal = CliRunner().invoke(commande, env=environnement | {"DS_DEMARCHES": f"{DEMARCHE},99"})
    assert (mal.exit_code, "n°\u00a099" in mal.output) == (1, True)
    assert environnement["DS_TOKEN"] not in bien.output + mal.output
