"""A seal tells who issued a file and that not a bit of it has changed; other tools agree."""

import random
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

from integrations.cachet import isole, trousseau
from integrations.cachet.api import CleAbsente, OrigineCachet
from integrations.cachet.pyhanko_cachet import CachetPyhanko, extraire_jointe
from integrations.cachet.trousseau import Trousseau
from tests.unit.cachet.conftest import JOINTES, MOT_DE_PASSE, nouvelle_cle

MUTATIONS = 60


def test_a_sealed_file_is_ours_whole_and_dated(cachet: CachetPyhanko, cles: Trousseau, scelle: bytes) -> None:
    etat = cachet.controler(scelle)
    assert etat.bon
    assert etat.origine == OrigineCachet.COURANT
    assert cles.courant is not None
    assert etat.certificat == cles.courant.empreinte
    assert etat.scelle_at is not None
    assert etat.scelle_at.tzinfo is not None


def test_pyhanko_itself_validates_the_seal_and_its_ban_on_changes(scelle: bytes) -> None:
    (signature,) = PdfFileReader(BytesIO(scelle)).embedded_signatures
    statut = validate_pdf_signature(signature, ValidationContext(trust_roots=[signature.signer_cert]))
    assert statut.bottom_line
    assert statut.docmdp_ok
    assert signature.docmdp_level.name == "NO_CHANGES"
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


def test_pdfsig_validates_the_seal(scelle: bytes, tmp_path: Path) -> None:
    fichier = tmp_path / "recu.pdf"
    fichier.write_bytes(scelle)
    dit = subprocess.run(["pdfsig", fichier], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in dit
    assert "Total document signed" in dit
    assert "ETSI.CAdES.detached" in dit


def test_the_seal_leaves_the_file_tagged_and_its_field_hidden(scelle: bytes, pdf: bytes) -> None:
    avant, apres = (PdfReader(BytesIO(octets)).root_object for octets in (pdf, scelle))
    assert apres["/MarkInfo"] == avant["/MarkInfo"]
    assert apres["/StructTreeRoot"] is not None
    assert str(apres["/Lang"]) == "fr"
    champ = apres["/AcroForm"]["/Fields"][0].get_object()  # type: ignore[index]  # pypdf's own objects
    assert isinstance(champ, DictionaryObject)
    assert int(champ["/F"]) & 2, "PDF/UA wants a field that nobody sees to be hidden"
    assert str(champ["/TU"]) == "Cachet électronique du portail"


@pytest.mark.parametrize("ou", ["contenu", "cachet"])
def test_one_bit_changed_anywhere_breaks_the_seal(ou: str, cachet: CachetPyhanko, scelle: bytes) -> None:
    hasard = random.Random(2021)
    debut = scelle.index(b"/Contents <") + len(b"/Contents <")
    fin = scelle.index(b">", debut)
    places = range(debut, fin) if ou == "cachet" else [*range(debut), *range(fin, len(scelle))]
    for place in hasard.sample(places, MUTATIONS):
        altere = bytearray(scelle)
        altere[place] ^= 1 << hasard.randrange(8)
        assert not cachet.controler(bytes(altere)).bon, place


def test_the_letters_of_the_issuer_cannot_change_case(cachet: CachetPyhanko, scelle: bytes) -> None:
    nom = b"Portail des tests".hex().upper().encode()
    places = [place for place in range(len(scelle)) if scelle.startswith(nom, place)]
    assert len(places) >= 3
    for place in places:
        altere = scelle[: place + 2] + b"4F" + scelle[place + 4 :]
        assert altere != scelle
        assert not cachet.controler(altere).bon


@pytest.mark.parametrize("suite", [b"\n", b" ", b"%%EOF\n"])
def test_what_is_added_after_the_seal_is_seen(suite: bytes, cachet: CachetPyhanko, scelle: bytes) -> None:
    etat = cachet.controler(scelle + suite)
    assert not etat.fichier_entier
    assert not etat.bon


def test_an_incremental_change_is_seen(cachet: CachetPyhanko, scelle: bytes) -> None:
    ecriture = IncrementalPdfFileWriter(BytesIO(scelle))
    ecriture.update_root()
    sortie = BytesIO()
    ecriture.write(sortie)
    assert not cachet.controler(sortie.getvalue()).bon


def test_the_seal_of_another_key_is_not_ours_until_it_is_known_as_an_old_one(
    cles: Trousseau, scelle: bytes, tmp_path: Path
) -> None:
    nouvelle = nouvelle_cle(tmp_path)
    assert CachetPyhanko(trousseau.ouvrir(nouvelle, MOT_DE_PASSE)).controler(scelle).origine == OrigineCachet.AUTRE
    ancien = tmp_path / "ancien.pem"
    ancien.write_text(cles.pem)
    apres = CachetPyhanko(trousseau.ouvrir(nouvelle, MOT_DE_PASSE, (ancien,)))
    assert apres.controler(scelle).origine == OrigineCachet.ANCIEN
    assert apres.controler(scelle).bon


@pytest.mark.parametrize("octets", [b"", b"rien", b"%PDF-1.7\n", b"%PDF-1.7\n/ByteRange [0 1 2 3]"])
def test_a_file_that_cannot_be_read_bears_no_seal_of_ours(octets: bytes, cachet: CachetPyhanko) -> None:
    assert not cachet.controler(octets).bon


def test_without_a_key_nothing_is_sealed(pdf: bytes) -> None:
    with pytest.raises(CleAbsente):
        CachetPyhanko(Trousseau()).sceller(pdf, motif="Reçu")


def test_attached_texts_are_found_as_they_were_given(pdf: bytes, scelle: bytes) -> None:
    for nom, texte in JOINTES.items():
        assert extraire_jointe(pdf, nom) == extraire_jointe(scelle, nom) == texte.encode()
    assert extraire_jointe(scelle, "autre.txt") is None
    assert extraire_jointe(b"rien", "texte-cer.md") is None


def test_a_check_in_a_process_apart_says_the_same(cles: Trousseau, cachet: CachetPyhanko, scelle: bytes) -> None:
    assert isole.controler(scelle, cles) == cachet.controler(scelle)


def test_a_check_that_lasts_or_swells_is_given_up(cles: Trousseau, scelle: bytes) -> None:
    assert isole.controler(scelle, cles, delai=0) is None
    assert isole.controler(scelle, cles, memoire=16 << 20) is None
