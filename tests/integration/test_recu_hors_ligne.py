"""`portal cer verifier FICHIER.pdf` proves a receipt where there is neither database nor configuration."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from integrations.cachet import trousseau
from integrations.cachet.pyhanko_cachet import CachetPyhanko
from portal.cli import main
from portal.documents.atelier import Atelier
from portal.documents.preuve_cer import PreuveJointe
from tests.unit.test_preuve_cer import TEXTE, jointes

PAGE = "<!doctype html><html lang=fr><title>Reçu</title><h1>Reçu</h1><p>Un reçu.</p>"


@pytest.fixture(scope="module")
def atelier() -> Atelier:
    """One workshop for the module."""
    with Atelier() as atelier:
        yield atelier


@pytest.fixture
def cles(cle_du_cachet: Path) -> trousseau.Trousseau:
    """The key of this portal."""
    return trousseau.ouvrir(cle_du_cachet, "mot-de-passe-des-tests")


@pytest.fixture
def certificat(tmp_path: Path, cles: trousseau.Trousseau) -> Path:
    """Its certificate, as it is published."""
    chemin = tmp_path / "cachet.pem"
    chemin.write_text(cles.pem, encoding="ascii")
    return chemin


@pytest.fixture
def preuve() -> PreuveJointe:
    """That of the third signature of a day of five."""
    return jointes(5)[2]


@pytest.fixture
def recu(tmp_path: Path, atelier: Atelier, cles: trousseau.Trousseau, preuve: PreuveJointe) -> Path:
    """A sealed receipt that bears it."""
    return ecrire(tmp_path, atelier, cles, {"preuve-cer.json": preuve.ecrire(), "texte-cer.md": TEXTE})


def ecrire(dossier: Path, atelier: Atelier, cles: trousseau.Trousseau, jointes: dict[str, str]) -> Path:
    """Seal a page that bears these files."""
    chemin = dossier / "recu.pdf"
    chemin.write_bytes(CachetPyhanko(cles).sceller(atelier.pdf(PAGE, jointes), motif="Reçu"))
    return chemin


def verifier(*arguments: object) -> Result:
    """Run the command; nothing is configured."""
    return CliRunner().invoke(main, ["cer", "verifier", *map(str, arguments)], env={"DATABASE_URL": None})


def test_a_good_receipt_is_told_what_it_proves(recu: Path, certificat: Path, preuve: PreuveJointe) -> None:
    vu = verifier(recu, "--certificat", certificat, "--racine", preuve.racine)
    assert vu.exit_code == 0, vu.output
    assert "signature 3 sur 5" in vu.output
    assert "Le texte joint est celui qui a été signé" in vu.output
    assert "Ce reçu est bon." in vu.output


def test_the_answer_for_a_machine_says_the_same(recu: Path, certificat: Path, preuve: PreuveJointe) -> None:
    vu = json.loads(verifier(recu, "--certificat", certificat, "--json", "--racine", preuve.chaine).output)
    assert vu["bon"] is True
    assert {un["sujet"]: un["bon"] for un in vu["constats"]} == dict.fromkeys(
        ["cachet", "preuve", "texte", "racine"], True
    )
    assert vu["preuve"]["rang"] == 3


def test_without_a_certificate_the_seal_is_not_ours(recu: Path) -> None:
    vu = verifier(recu)
    assert vu.exit_code == 1
    assert "Aucun certificat du portail n’est connu ici" in vu.output


def test_a_root_kept_elsewhere_must_be_the_one(recu: Path, certificat: Path) -> None:
    vu = verifier(recu, "--certificat", certificat, "--racine", "0" * 64)
    assert vu.exit_code == 1
    assert "n’est pas celle de cette preuve" in vu.output


def test_a_file_that_is_no_certificate_is_refused_in_words(recu: Path) -> None:
    vu = verifier(recu, "--certificat", recu)
    assert vu.exit_code == 1
    assert "n’est pas un certificat" in vu.output


def test_the_seal_of_somebody_else_proves_nothing(
    tmp_path: Path, atelier: Atelier, certificat: Path, preuve: PreuveJointe
) -> None:
    chemin = tmp_path / "autre.p12"
    trousseau.enregistrer(chemin, trousseau.creer("Un autre", "mot-de-passe"))
    cles = trousseau.ouvrir(chemin, "mot-de-passe")
    recu = ecrire(tmp_path, atelier, cles, {"preuve-cer.json": preuve.ecrire(), "texte-cer.md": TEXTE})
    vu = verifier(recu, "--certificat", certificat)
    assert vu.exit_code == 1
    assert "mais pas par ce portail" in vu.output


def test_something_added_after_the_seal_is_seen(recu: Path, certificat: Path) -> None:
    recu.write_bytes(recu.read_bytes() + b"\n% ajout\n")
    assert verifier(recu, "--certificat", certificat).exit_code == 1


@pytest.mark.parametrize(
    ("texte", "constat"), [("Un autre texte", "n’est pas celui qui a été signé"), (None, "n’est pas joint")]
)
def test_a_text_that_is_not_the_one_signed_is_seen(
    texte: str | None,
    constat: str,
    tmp_path: Path,
    atelier: Atelier,
    cles: trousseau.Trousseau,
    certificat: Path,
    preuve: PreuveJointe,
) -> None:
    fichiers = {"preuve-cer.json": preuve.ecrire()} | ({} if texte is None else {"texte-cer.md": texte})
    vu = verifier(ecrire(tmp_path, atelier, cles, fichiers), "--certificat", certificat)
    assert vu.exit_code == 1
    assert constat in vu.output


def test_a_first_receipt_is_checked_by_its_seal_alone_and_says_so(
    tmp_path: Path, atelier: Atelier, cles: trousseau.Trousseau, certificat: Path
) -> None:
    recu = ecrire(tmp_path, atelier, cles, {})
    vu = verifier(recu, "--certificat", certificat)
    assert vu.exit_code == 0
    assert "son cachet seul a été vérifié" in vu.output
    assert verifier(recu, "--certificat", certificat, "--racine", "0" * 64).exit_code == 1


@pytest.mark.parametrize("octets", [b"", b"%PDF-1.7 rien", b"PK\x03\x04"])
def test_whatever_is_no_receipt_is_told_in_words(octets: bytes, tmp_path: Path, certificat: Path) -> None:
    chemin = tmp_path / "fichier.pdf"
    chemin.write_bytes(octets)
    vu = verifier(chemin, "--certificat", certificat)
    assert vu.exit_code == 1
    assert "Ce reçu ne prouve rien en l’état." in vu.output
