"""Looks at a file before it is opened: what it is by its content, never by its name, and whether opening it is safe."""

import re
import zipfile
import zlib
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from portal.classeurs.resultats import ClasseurRefuse

XLSX, XLS, ODS, CSV, HTML = "xlsx", "xls", "ods", "csv", "html"
TAILLE = 60 << 20
ENTREES, DEPLIE, RAPPORT, PETIT = 2_000, 800 << 20, 150, 16 << 20
TETE = 1 << 16
MACROS = "Ce classeur contient des macros\u00a0: elles ne sont ni ouvertes ni exécutées, seules les cellules sont lues."
ILLISIBLE = (
    "Ce fichier est abîmé ou incomplet\u00a0: il ne s’ouvre pas. Ouvrez-le dans votre tableur, enregistrez-le de nouveau et "
    "envoyez ce fichier."
)
VIDE = "Ce fichier est vide\u00a0: il ne contient aucun octet. Vérifiez qu’il s’ouvre chez vous, puis renvoyez-le."
TROP_GROS = (
    "Ce fichier dépasse 60\u00a0Mo\u00a0: gardez la seule feuille utile dans un classeur neuf, ou envoyez le tableau en "
    "plusieurs fichiers."
)
PROTEGE = "Ce fichier est protégé par un mot de passe\u00a0: enregistrez-le sans mot de passe, puis renvoyez-le."
BOMBE = (
    "Ce fichier est refusé\u00a0: une fois déplié, il est démesuré par rapport à sa taille. Copiez le tableau dans un classeur "
    "neuf et envoyez celui-ci."
)
ENTITES = (
    "Ce classeur est refusé\u00a0: il déclare des entités XML, ce qu’aucun tableur n’écrit et qui peut servir à une attaque. "
    "Copiez le tableau dans un classeur neuf."
)
AUTRES = (
    (b"%PDF", "un PDF"),
    (b"\x89PNG", "une image"),
    (b"\xff\xd8\xff", "une image"),
    (b"GIF8", "une image"),
    (b"BM", "une image"),
    (b"II*\x00", "une image"),
    (b"MM\x00*", "une image"),
    (b"{\\rtf", "un texte (.rtf)"),
    (b"7z\xbc\xaf", "une archive"),
    (b"Rar!", "une archive"),
    (b"\x1f\x8b", "une archive"),
    (b"BZh", "une archive"),
    (b"\xfd7zXZ", "une archive"),
    (b"MZ", "un programme"),
    (b"\x7fELF", "un programme"),
    (b"SQLite format 3", "une base de données"),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
BALISES = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|table|head|meta|body|style)\b", re.IGNORECASE | re.DOTALL
)
XML_2003 = re.compile(rb"\s*<\?xml.{0,2000}(?:Excel\.Sheet|urn:schemas-microsoft-com:office:spreadsheet)", re.DOTALL)


def pas_un_tableau(quoi: str) -> ClasseurRefuse:
    """The refusal of a file that is something else."""
    return ClasseurRefuse(
        f"Ce fichier n’est pas un tableau, c’est {quoi}. Envoyez un classeur Excel (.xlsx, .xls), LibreOffice (.ods) ou un "
        "fichier CSV."
    )


def reconnaitre(chemin: Path) -> tuple[str, list[str]]:
    """What the file is, and what is to be said of it. Raises ClasseurRefuse for what is no workbook, or is not safe."""
    taille = chemin.stat().st_size
    if not taille:
        raise ClasseurRefuse(VIDE)
    if taille > TAILLE:
        raise ClasseurRefuse(TROP_GROS)
    with chemin.open("rb") as fichier:
        tete = fichier.read(TETE)
    if tete.startswith(OLE):
        return _ole(chemin.read_bytes())
    if tete.startswith(b"PK"):
        return _archive(chemin)
    for debut, quoi in AUTRES:
        if tete.startswith(debut):
            raise pas_un_tableau(quoi)
    texte = tete.replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe")
    if BALISES.match(texte):
        return HTML, []
    if XML_2003.match(texte):
        raise ClasseurRefuse(
            "Ce fichier est un classeur XML de 2003\u00a0: ouvrez-le dans votre tableur, enregistrez-le en .xlsx et renvoyez-le."
        )
    return CSV, []


def _ole(octets: bytes) -> tuple[str, list[str]]:
    """What an OLE2 file is, by the names of its streams."""
    if _flux("EncryptedPackage") in octets:
        raise ClasseurRefuse(PROTEGE)
    if _flux("Workbook") in octets or _flux("Book") in octets:
        return XLS, [MACROS] if _flux("_VBA_PROJECT_CUR") in octets else []
    for nom, quoi in (("WordDocument", "un texte Word"), ("PowerPoint Document", "une présentation")):
        if _flux(nom) in octets:
            raise pas_un_tableau(quoi)
    raise ClasseurRefuse(ILLISIBLE)


def _flux(nom: str) -> bytes:
    """The name of a stream as the directory of an OLE2 file keeps it."""
    return nom.encode("utf-16-le") + b"\x00\x00"


def _archive(chemin: Path) -> tuple[str, list[str]]:
    try:
        with zipfile.ZipFile(chemin) as archive:
            _mesurer(archive)
            return _genre(archive)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError, RuntimeError) as faute:
        if isinstance(faute, ClasseurRefuse):
            raise
        raise ClasseurRefuse(ILLISIBLE) from faute


def _mesurer(archive: zipfile.ZipFile) -> None:
    """Refuse what would unfold beyond measure, by the list that stands at the end of the archive."""
    entrees = archive.infolist()
    deplie = sum(entree.file_size for entree in entrees)
    demesure = any(entree.file_size > PETIT and entree.file_size > RAPPORT * entree.compress_size for entree in entrees)
    if len(entrees) > ENTREES or deplie > DEPLIE or demesure:
        raise ClasseurRefuse(BOMBE)
    if any(entree.flag_bits & 1 for entree in entrees):
        raise ClasseurRefuse(PROTEGE)


def _genre(archive: zipfile.ZipFile) -> tuple[str, list[str]]:
    noms = set(archive.namelist())
    if "xl/workbook.bin" in noms:
        raise ClasseurRefuse(
            "Ce classeur est au format binaire .xlsb\u00a0: enregistrez-le en .xlsx dans votre tableur, puis renvoyez-le."
        )
    if "xl/workbook.xml" in noms:
        _sans_entites(archive, noms)
        return XLSX, [MACROS] if any(nom.endswith("vbaProject.bin") for nom in noms) else []
    if "content.xml" in noms and "mimetype" in noms:
        return _document_ouvert(archive, noms)
    raise pas_un_tableau(_autre(noms))


def _document_ouvert(archive: zipfile.ZipFile, noms: set[str]) -> tuple[str, list[str]]:
    with archive.open("mimetype") as membre:
        mime = membre.read(200).decode("latin-1")
    if "spreadsheet" not in mime:
        raise pas_un_tableau("un texte ou une présentation LibreOffice")
    if "META-INF/manifest.xml" in noms and b"encryption-data" in archive.read("META-INF/manifest.xml"):
        raise ClasseurRefuse(PROTEGE)
    _sans_entites(archive, noms - {"META-INF/manifest.xml"})
    return ODS, [MACROS] if any(nom.startswith(("Basic/", "Scripts/")) for nom in noms) else []


def _sans_entites(archive: zipfile.ZipFile, noms: set[str]) -> None:
    """Whatever reads the parts later, none of them may declare a document type."""
    for nom in noms:
        if nom.endswith((".xml", ".rels")):
            with archive.open(nom) as membre:
                _lire_le_debut(membre)


def _lire_le_debut(membre: IO[bytes]) -> None:
    """What stands before the first element, however long. A part that is no XML is left to who reads it, but for its head."""
    lecteur = expat.ParserCreate()
    elements: list[str] = []
    lecteur.StartDoctypeDeclHandler = sans_type
    lecteur.StartElementHandler = lambda nom, _: elements.append(nom)
    while not elements and (morceau := membre.read(TETE)):
        if DECLARATION.search(morceau.replace(b"\x00", b"")):
            raise ClasseurRefuse(ENTITES)
        try:
            lecteur.Parse(morceau)
        except expat.ExpatError:
            return


def sans_type(*_: Any) -> None:
    """What a parser calls where a document type is declared. Raises ClasseurRefuse."""
    raise ClasseurRefuse(ENTITES)


def _autre(noms: set[str]) -> str:
    if any(nom.startswith("word/") for nom in noms):
        return "un texte Word (.docx)"
    if any(nom.startswith("ppt/") for nom in noms):
        return "une présentation (.pptx)"
    if any(nom.endswith(".iwa") or nom == "Index.zip" for nom in noms):
        return "un tableau Numbers, que le portail ne sait pas lire\u00a0: exportez-le au format Excel"
    if any(nom.lower().endswith((".xlsx", ".xls", ".ods", ".csv")) for nom in noms):
        return "une archive qui contient un tableau\u00a0: sortez-le de l’archive"
    return "une archive"
