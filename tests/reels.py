"""Where the real documents of Démarches Simplifiées are: named by the environment, else beside the checkout."""

import os
from pathlib import Path

import pytest

A_COTE = Path(__file__).resolve().parents[2] / "shared"
PAR_DEFAUT = {
    "DS_DOSSIER_REEL": A_COTE / "fixtures" / "turgot" / "dossier_data.json",
    "DS_SCHEMA_PATH": A_COTE / "ds" / "schema.graphql",
}


def chemin(variable: str) -> Path:
    """The file that this variable names, or its usual place; the test is skipped, saying so, when it is absent."""
    trouve = Path(os.environ.get(variable) or PAR_DEFAUT[variable])
    if not trouve.is_file():
        pytest.skip(f"{variable}: no file at {trouve}, nothing real is checked here")
    return trouve
