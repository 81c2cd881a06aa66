"""Every command tells a faulty configuration in the same way."""

from pathlib import Path

import click
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


FAUTES = {
    "agents inviter": "Il manque l’argument EMAIL.",
    "agents inviter a@b.fr --prenom A": "Il manque l’option --nom.",
    "agents inviter a@b.fr --role chef": "pour l’option --role ne convient pas : choisissez parmi lecteur, instructeur",
    "agents inviter a@b.fr --bof": "L’option --bof n’existe pas.",
    "agents inviter a@b.fr --nom": "L’option --nom est mal employée",
    "agents inviter a@b.fr c@d.fr": "Il manque l’option --prenom.",
    "journal verifier a": "trop d’arguments",
    "ds sync --demarche abc": "pour l’option --demarche ne convient pas : donnez un nombre entier",
    "ds simulate --port 99999": "donnez un nombre entier à partir de 1 jusqu’à 65535",
    "ds simulate --port 8000 --charger /absent": "aucun fichier ne se lit à cet endroit",
    "partir": "La commande « partir » n’existe pas.",
    "ds partir": "La commande « partir » n’existe pas.",
    "--bof": "L’option --bof n’existe pas.",
}


@pytest.mark.parametrize("commande", FAUTES)
def test_a_command_that_cannot_be_read_is_refused_in_french(commande: str) -> None:
    resultat = CliRunner().invoke(main, commande.split())
    assert resultat.exit_code == 2
    texte = resultat.output.replace("\u00a0", " ")
    assert FAUTES[commande] in texte
    assert "Rien n’a été fait." in texte
    assert "Error" not in texte


@pytest.mark.parametrize("commande", ["base migrer", "journal verifier"])
def test_a_database_that_cannot_be_reached_is_one_message(
    commande: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PORTAL_MODE", "demo")
    monkeypatch.setenv("SECRET_KEY", "x" * 40)
    monkeypatch.setenv("PORTAL_URL", "http://portail.test")
    monkeypatch.setenv("STOCKAGE_DOSSIER", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://personne@127.0.0.1:1/rien?connect_timeout=2")
    resultat = CliRunner().invoke(main, commande.split())
    assert resultat.exit_code == 1
    assert "La base de données ne répond pas" in resultat.output


def test_every_page_of_help_is_in_french() -> None:
    pages = 0
    restant: list[list[str]] = [[]]
    while restant:
        chemin = restant.pop()
        commande: click.Command | None = main
        for nom in chemin:
            assert isinstance(commande, click.Group)
            commande = commande.get_command(click.Context(commande), nom)
        if isinstance(commande, click.Group):
            restant += [[*chemin, nom] for nom in commande.list_commands(click.Context(commande))]
        aide = CliRunner().invoke(main, [*chemin, "--help"]).output
        assert aide.startswith("Utilisation\u00a0: ")
        assert "Montre cette aide." in aide
        for anglais in ("Usage", "Commands", "required", "default", "INTEGER", "TEXT ", "Show"):
            assert anglais not in aide, chemin
        pages += 1
    assert pages > 20
