"""Opens documents as an agent's computer does: LibreOffice, without a window."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

DELAI_SECONDES = 180


def convertir(octets: bytes, *, de: str, vers: str, dossier: Path) -> bytes:
    """The same document in another format, both named by their extension. `dossier` is empty, and ours."""
    return convertir_tous({f"document.{de}": octets}, vers=vers, dossier=dossier)[f"document.{vers}"]


def convertir_tous(documents: Mapping[str, bytes], *, vers: str, dossier: Path) -> dict[str, bytes]:
    """The same of several documents by the name of their files, opened one after the other by one LibreOffice.

    LibreOffice is among the packages of the tests (.ci/paquets): without it they fail rather than say nothing.
    """
    profil, sortie = dossier / "profil", dossier / "sortie"
    for nom, octets in documents.items():
        (dossier / nom).write_bytes(octets)
    options = [f"-env:UserInstallation={profil.as_uri()}", "--headless", "--norestore", "--convert-to", vers]
    faite = subprocess.run(
        ["soffice", *options, "--outdir", sortie, *(dossier / nom for nom in documents)],
        capture_output=True,
        timeout=DELAI_SECONDES,
        check=True,
        text=True,
    )
    produits = [(sortie / nom).with_suffix(f".{vers}") for nom in documents]
    assert all(produit.is_file() for produit in produits), faite.stdout + faite.stderr
    return {produit.name: produit.read_bytes() for produit in produits}
