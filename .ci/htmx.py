"""Puts htmx under portal/static/tiers with the manifest that the application reads: file name and integrity.

The file comes from a wheel that carries it unchanged; its digest is the one that htmx publishes.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path

DEPOT = Path(__file__).resolve().parents[1]
TIERS = DEPOT / "portal" / "static" / "tiers"
ORIGINE = Path("django_htmx", "static", "django_htmx", "htmx-2.min.js")
FICHIER = "htmx-2.0.10.min.js"
INTEGRITE = "sha384-H5SrcfygHmAuTDZphMHqBJLc3FhssKjG7w/CeCpFReSfwBWDTKpkzPP8c+cLsK+V"
MANIFESTE = {"htmx.min.js": {"fichier": FICHIER, "integrite": INTEGRITE}}


def main() -> None:
    """Installs the file unless it is there already, whole; writes the manifest."""
    TIERS.mkdir(parents=True, exist_ok=True)
    cible = TIERS / FICHIER
    if not cible.is_file() or integrite(cible.read_bytes()) != INTEGRITE:
        cible.write_bytes(telecharger())
    (TIERS / "manifeste.json").write_text(json.dumps(MANIFESTE, indent=2) + "\n", encoding="utf-8")


def telecharger() -> bytes:
    """The bytes of htmx, out of the wheel whose hash is in htmx.txt; stops the set-up when they are not htmx's own."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    options = ["--no-deps", "--require-hashes", "--requirement", str(Path(__file__).with_name("htmx.txt"))]
    with tempfile.TemporaryDirectory() as dossier:
        subprocess.run([*pip, *options, "--target", dossier], check=True)
        octets = (Path(dossier) / ORIGINE).read_bytes()
    if integrite(octets) != INTEGRITE:
        sys.exit(
            f"htmx n’a pas l’empreinte attendue : {integrite(octets)} au lieu de {INTEGRITE}. Rien n’a été installé."
        )
    return octets


def integrite(octets: bytes) -> str:
    """The digest as the `integrity` attribute of a script spells it."""
    return "sha384-" + base64.b64encode(hashlib.sha384(octets).digest()).decode()


if __name__ == "__main__":
    main()
