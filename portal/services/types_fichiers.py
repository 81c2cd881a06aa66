"""The type of a file by its first bytes: what others say of their files is their word, not a fact."""

import codecs

INCONNU = "application/octet-stream"
ZIP = "application/zip"
TEXTE = "text/plain"
# Where a signature stands, what it is, what it tells; the first match wins.
SIGNATURES = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (38, b"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (38, b"application/vnd.oasis.opendocument.spreadsheet", "application/vnd.oasis.opendocument.spreadsheet"),
    (0, b"PK\x03\x04", ZIP),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"{\\rtf", "application/rtf"),
)
# Names of the parts that an Office file holds: its directory, which tells them, closes the archive.
OFFICE = (
    (b"word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
# What a paper becomes: scanned, or photographed.
PAPIERS = frozenset({"application/pdf", "image/jpeg", "image/png"})
# How a file's name ends, by its type: those that associations may join, and the ending that they are given back with.
EXTENSIONS = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
}
DOCUMENTS = frozenset(EXTENSIONS)
# What a spreadsheet writes.
CLASSEURS = frozenset(genre for genre in EXTENSIONS if genre.endswith((".sheet", ".spreadsheet")))
# The part of an Office file that holds its macros; OpenDocument keeps its own under that folder.
MACROS = (b"vbaProject.bin", b"Basic/script-lc.xml")
REPERTOIRE = 65_536
DEBUT = 4_096


def type_mime(octets: bytes) -> str:
    """The media type that the content itself tells; application/octet-stream when it tells nothing."""
    connu = next((nom for ou, signature, nom in SIGNATURES if octets[ou : ou + len(signature)] == signature), None)
    if connu == ZIP:
        fin = octets[-REPERTOIRE:]
        return next((nom for partie, nom in OFFICE if partie in fin), ZIP)
    return connu or (TEXTE if _est_du_texte(octets[:DEBUT]) else INCONNU)


def has_macros(octets: bytes) -> bool:
    """Whether an office document holds programs: the directory that closes its archive names them."""
    return any(partie in octets[-REPERTOIRE:] for partie in MACROS)


def safe_name(nom: str, genre: str) -> str:
    """The name a file is given back with: it ends as its content does, whatever it was called when it came."""
    fins = EXTENSIONS.get(genre, ())
    return nom if not fins or nom.lower().endswith(fins) else f"{nom}{fins[0]}"


def _est_du_texte(debut: bytes) -> bool:
    """True for UTF-8 without control characters; the last character may be cut."""
    try:
        texte = codecs.getincrementaldecoder("utf-8")().decode(debut)
    except UnicodeDecodeError:
        return False
    return bool(texte) and all(un.isprintable() or un in "\t\r\n\f" for un in texte)
