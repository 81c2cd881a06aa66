"""Opens a document as an agent's computer does: LibreOffice, without a window."""

import subprocess
from pathlib import Path

DELAI_SECONDES = 180


def convertir(octets: bytes, *, de: str, vers: str, dossier: Path) -> bytes:
    """The same document in another format, both named by their extension. `dossier` is empty, and ours.

    LibreOffice is among the packages of the tests (.ci/paquets): without it they fail rather than say nothing.
    """
    source, profil = dossier / f"document.{de}", dossier / "profil"
    source.write_bytes(octets)
    options = [f"-env:UserInstallation={profil.as_uri()}", "--headless", "--norestore", "--convert-to", vers]
    faite = subprocess.run(
        ["soffice", *options, "--outdir", dossier / "sortie", source],
        capture_output=True,
        timeout=DELAI_SECONDES,
        check=True,
        text=True,
    )
    produit = dossier / "sortie" / f"document.{vers}"
    assert produit.is_file(), faite.stdout + faite.stderr
    return produit.read_bytes()
