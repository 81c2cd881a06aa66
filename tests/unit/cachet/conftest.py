"""One key, one sealed page, for all the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from integrations.cachet import trousseau
from integrations.cachet.pyhanko_cachet import CachetPyhanko
from integrations.cachet.trousseau import Trousseau
from portal.documents.atelier import Atelier

MOT_DE_PASSE = "mot-de-passe"
PAGE = '<!doctype html><html lang=fr><title>Reçu</title><h1>Reçu</h1><p>Un <a href="https://a.example">lien</a>.'
JOINTES = {"preuve-cer.json": '{"format":"preuve-cer/1"}', "texte-cer.md": "# Été\n\nÀ lire.\n"}


def nouvelle_cle(dossier: Path, titulaire: str = "Portail des tests") -> Path:
    """A new key in that folder."""
    chemin = dossier / "cachet.p12"
    trousseau.enregistrer(chemin, trousseau.creer(titulaire, MOT_DE_PASSE))
    return chemin


@pytest.fixture(scope="session")
def cles(tmp_path_factory: pytest.TempPathFactory) -> Trousseau:
    return trousseau.ouvrir(nouvelle_cle(tmp_path_factory.mktemp("cle")), MOT_DE_PASSE)


@pytest.fixture(scope="session")
def cachet(cles: Trousseau) -> CachetPyhanko:
    return CachetPyhanko(cles)


@pytest.fixture(scope="session")
def pdf() -> Iterator[bytes]:
    """A page with two texts attached, not sealed."""
    with Atelier() as atelier:
        yield atelier.pdf(PAGE, JOINTES)


@pytest.fixture(scope="session")
def scelle(cachet: CachetPyhanko, pdf: bytes) -> bytes:
    """The same, sealed."""
    return cachet.sceller(pdf, motif="Reçu d’engagement")
