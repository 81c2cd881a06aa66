"""Every command tells a faulty configuration in the same way."""

import pytest
from click.testing import CliRunner

from portal.cli import main

COMMANDES = (
    ["base", "migrer"],
    ["worker"],
    ["journal", "verifier"],
    ["journal", "sceller"],
    ["cer", "publier"],
    ["ds", "status"],
    ["services", "creer", "DDETS 69", "--nom", "Direction", "--type", "ddets"],
)


@pytest.mark.parametrize("commande", COMMANDES, ids=" ".join)
def test_a_faulty_configuration_is_one_message_without_a_trace(commande: list[str]) -> None:
    sans_rien = dict.fromkeys(("DATABASE_URL", "SECRET_KEY", "PORTAL_URL", "STOCKAGE_DOSSIER"))
    resultat = CliRunner().invoke(main, commande, env={"PORTAL_MODE": "production", **sans_rien})
    assert resultat.exit_code == 1
    assert isinstance(resultat.exception, SystemExit)
    assert resultat.output.startswith("Configuration incomplète ou dangereuse")
    assert "DATABASE_URL manque" in resultat.output
