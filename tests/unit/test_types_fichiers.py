"""A file's type is what its first bytes tell, whatever its name says."""

import io
import zipfile

import pytest

from portal.services.types_fichiers import INCONNU, type_mime


def archive(*noms: str) -> bytes:
    """A zip with members of these names."""
    memoire = io.BytesIO()
    with zipfile.ZipFile(memoire, "w") as ouverte:
        for nom in noms:
            ouverte.writestr(nom, "contenu")
    return memoire.getvalue()


def opendocument(type_annonce: str) -> bytes:
    """A zip that begins, as OpenDocument wants, with its type, uncompressed."""
    memoire = io.BytesIO()
    with zipfile.ZipFile(memoire, "w") as ouverte:
        ouverte.writestr("mimetype", type_annonce)
    return memoire.getvalue()


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS = "application/vnd.oasis.opendocument.spreadsheet"


@pytest.mark.parametrize(
    ("octets", "attendu"),
    [
        (b"%PDF-1.7\n...", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0JFIF", "image/jpeg"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "application/x-ole-storage"),
        (archive("[Content_Types].xml", "word/document.xml"), DOCX),
        (archive("[Content_Types].xml", "xl/workbook.xml"), XLSX),
        (archive("photos/une.jpg"), "application/zip"),
        (opendocument(ODS), ODS),
        ("Compte rendu de l’assemblée\r\n".encode(), "text/plain"),
        (("é" * 5_000).encode(), "text/plain"),
        (b"MZ\x90\x00\x03\x00", INCONNU),
        (b"\x00\x01\x02", INCONNU),
        (b"", INCONNU),
    ],
)
def test_the_content_tells_the_type(octets: bytes, attendu: str) -> None:
    assert type_mime(octets) == attendu
