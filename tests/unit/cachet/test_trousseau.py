"""The keys of the seal: made for it alone, readable by their owner alone, told plainly when they do not open."""

import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from integrations.cachet import trousseau
from integrations.cachet.api import CleIllisible
from integrations.cachet.trousseau import Trousseau
from portal.cli import main
from tests.unit.cachet.conftest import MOT_DE_PASSE, nouvelle_cle


def test_the_certificate_is_for_signing_documents_and_nothing_else(cles: Trousseau) -> None:
    certificat = x509.load_pem_x509_certificate(cles.pem.encode())
    usage = certificat.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.digital_signature
    assert usage.content_commitment
    assert not usage.key_cert_sign
    cle = certificat.public_key()
    assert isinstance(cle, ec.EllipticCurvePublicKey)
    assert cle.curve.name == "secp256r1"


def test_no_secret_shows_when_keys_are_printed(cles: Trousseau) -> None:
    assert MOT_DE_PASSE not in repr(cles)
    assert "p12" not in repr(cles)


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    chemin = nouvelle_cle(tmp_path)
    with pytest.raises(FileExistsError):
        trousseau.enregistrer(chemin, b"autre")
    assert stat.S_IMODE(chemin.stat().st_mode) == 0o600


@pytest.mark.parametrize(("nom", "contenu"), [("mauvais.p12", b"rien"), ("absent.p12", None)])
def test_a_key_that_does_not_open_is_one_sentence(nom: str, contenu: bytes | None, tmp_path: Path) -> None:
    if contenu is not None:
        (tmp_path / nom).write_bytes(contenu)
    with pytest.raises(CleIllisible, match=r"ne s’ouvre pas|ne se lit pas"):
        trousseau.ouvrir(tmp_path / nom, MOT_DE_PASSE)


def test_a_wrong_password_is_refused_without_being_shown(tmp_path: Path) -> None:
    with pytest.raises(CleIllisible) as refus:
        trousseau.ouvrir(nouvelle_cle(tmp_path), "un-autre-secret")
    assert "un-autre-secret" not in str(refus.value)


def test_an_operator_makes_a_key_and_its_public_certificate(tmp_path: Path) -> None:
    fichier = tmp_path / "cle.p12"
    commande = ["cachet", "creer", str(fichier), "--titulaire", "Ville de Test"]
    fait = CliRunner().invoke(main, commande, env={"CACHET_P12_MOT_DE_PASSE": MOT_DE_PASSE})
    assert fait.exit_code == 0, fait.output
    cles = trousseau.ouvrir(fichier, MOT_DE_PASSE, (tmp_path / "cle.pem",))
    assert cles.courant is not None
    assert cles.courant.sujet == "CN=Ville de Test"
    assert cles.courant.empreinte in fait.output
    assert cles.anciens[0].empreinte == cles.courant.empreinte
    encore = CliRunner().invoke(main, commande, env={"CACHET_P12_MOT_DE_PASSE": MOT_DE_PASSE})
    assert encore.exit_code == 1
    assert "il existe déjà" in encore.output
