"""The workshop survives what pages do to it: too long, too large, too deep, or a child that dies."""

import os
import signal
import subprocess
import sys
from io import BytesIO

import pytest
from pypdf import PdfReader

from portal.documents.atelier import Atelier, DocumentImpossible

TETE = "<!doctype html><html lang=fr><title>Essai</title>"
SAINE = f"{TETE}<h1>Bonjour</h1>"
BOMBE = f"{TETE}<table><td colspan=100000>"  # 50 bytes that ask for 100 000 columns


def test_a_page_that_takes_too_long_is_killed_and_the_next_one_succeeds() -> None:
    with Atelier(delai=2) as atelier:
        assert atelier.pdf(SAINE).startswith(b"%PDF")
        premier = _pid(atelier)
        with pytest.raises(DocumentImpossible, match="2 secondes"):
            atelier.pdf(BOMBE)

        assert atelier.pdf(SAINE).startswith(b"%PDF")
        assert _pid(atelier) != premier
        with pytest.raises(ProcessLookupError):
            os.kill(premier, 0)


def test_a_page_that_takes_too_much_memory_is_stopped_and_the_next_one_succeeds() -> None:
    with Atelier(memoire=256 << 20) as atelier:
        with pytest.raises(DocumentImpossible):
            atelier.pdf(TETE + "<p>" + "mot " * 2_000_000)

        assert atelier.pdf(SAINE).startswith(b"%PDF")


def test_a_page_nested_too_deep_is_refused_by_the_same_child(atelier: Atelier) -> None:
    atelier.pdf(SAINE)
    enfant = _pid(atelier)
    with pytest.raises(DocumentImpossible, match="RecursionError"):
        atelier.pdf(TETE + "<div>" * 900)

    assert atelier.pdf(SAINE).startswith(b"%PDF")
    assert _pid(atelier) == enfant


def test_a_child_killed_from_outside_costs_one_document_at_most() -> None:
    with Atelier() as atelier:
        atelier.pdf(SAINE)
        os.kill(_pid(atelier), signal.SIGKILL)
        with pytest.raises(DocumentImpossible):
            atelier.pdf(SAINE)

        assert atelier.pdf(SAINE).startswith(b"%PDF")


def test_the_child_is_renewed_after_the_given_number_of_documents() -> None:
    with Atelier(renouveler_apres=2) as atelier:
        enfants = []
        for _ in range(3):
            enfants.append(_pid(atelier))
            atelier.pdf(SAINE)

    assert enfants[0] == enfants[1] != enfants[2]


def test_closing_twice_is_safe_and_leaves_no_child() -> None:
    atelier = Atelier()
    atelier.pdf(SAINE)
    enfant = _pid(atelier)
    atelier.fermer()
    atelier.fermer()

    with pytest.raises(ProcessLookupError):
        os.kill(enfant, 0)
    with pytest.raises(RuntimeError):
        atelier.pdf(SAINE)


def test_a_large_page_goes_through_whole(atelier: Atelier) -> None:
    octets = atelier.pdf(SAINE + "".join(f"<p>Ligne {n}</p>" for n in range(1500)))

    assert "Ligne 1499" in PdfReader(BytesIO(octets)).pages[-1].extract_text()


def test_the_child_knows_none_of_the_secrets_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "valeur-secrete")
    with Atelier() as atelier:
        atelier.pdf(SAINE)
        with open(f"/proc/{_pid(atelier)}/environ", "rb") as environnement:
            assert b"valeur-secrete" not in environnement.read()


def test_the_web_process_does_not_pay_for_the_libraries_of_documents() -> None:
    programme = (
        "import sys, portal.documents.rendu, portal.documents.atelier, portal.documents.courriels;"
        "import portal.documents.feuilles;"
        "print([m for m in ('weasyprint', 'openpyxl', 'segno') if m in sys.modules])"
    )
    sortie = subprocess.run([sys.executable, "-c", programme], check=True, capture_output=True, text=True)

    assert sortie.stdout.strip() == "[]"


def _pid(atelier: Atelier) -> int:
    """The pid of the present child, found among our own children."""
    with open(f"/proc/self/task/{os.getpid()}/children") as enfants:
        pids = [int(pid) for pid in enfants.read().split()]
    return pids[-1]
