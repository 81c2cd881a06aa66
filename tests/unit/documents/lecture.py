"""Reading what we made, as its reader would: words of a page, words and structure of a PDF."""

import re
from collections.abc import Iterator
from io import BytesIO

import html5lib
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, IndirectObject


def mots(html: str) -> str:
    """The visible text of a page, on one line, with ordinary spaces."""
    arbre = html5lib.HTMLParser(strict=True).parse(html)
    return _une_ligne(" ".join(arbre.itertext()))


def mots_pdf(octets: bytes) -> list[str]:
    """The text of each page, on one line, with ordinary spaces."""
    return [_une_ligne(page.extract_text()) for page in PdfReader(BytesIO(octets)).pages]


def etiquettes(octets: bytes) -> list[DictionaryObject]:
    """Every element of the structure tree of a tagged PDF, in reading order."""
    racine = PdfReader(BytesIO(octets)).trailer["/Root"]["/StructTreeRoot"]  # type: ignore[index]  # pypdf's own objects
    return list(_descendre(racine))


def _descendre(noeud: object) -> Iterator[DictionaryObject]:
    if isinstance(noeud, IndirectObject):
        noeud = noeud.get_object()
    if isinstance(noeud, list):
        for enfant in noeud:
            yield from _descendre(enfant)
    elif isinstance(noeud, DictionaryObject) and noeud.get("/Type") != "/OBJR":
        yield noeud
        yield from _descendre(noeud.get("/K"))


def _une_ligne(texte: str) -> str:
    return re.sub(r"\s+", " ", texte)
