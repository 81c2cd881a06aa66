"""What the reports of campaigns share: where they go, when and on which code they were made, tables in Markdown."""

import subprocess
from pathlib import Path

from portal.formats import aujourdhui

DEPOT = Path(__file__).resolve().parents[2]


def tableau(titres: tuple[str, ...], lignes: list[tuple[object, ...]]) -> list[str]:
    """The lines of a table."""
    return [
        f"| {' | '.join(titres)} |",
        f"|{'---|' * len(titres)}",
        *(f"| {' | '.join(str(un) for un in ligne)} |" for ligne in lignes),
    ]


def jour() -> str:
    """Today in Paris."""
    return aujourdhui().isoformat()


def commit() -> str:
    """The short name of the commit that is checked out."""
    return subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=DEPOT, capture_output=True, text=True, check=True
    ).stdout.strip()
