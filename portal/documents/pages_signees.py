"""Reads scans that come back: which letter each page is of. The only door to pypdfium2 and zxing-cpp, run in a child alone.

Started as `python -m portal.documents.pages_signees MEMOIRE`: a PDF comes by the standard input, what was read leaves by the
standard output as JSON ({"copies": [{numero, pages, pdf: base64}]} or {"refus": code}).
"""

import base64
import ctypes
import math
import re
import resource
import sys
from io import BytesIO
from itertools import groupby
from typing import Any

import pypdfium2
import zxingcpp

from portal.texte_json import canonique

PAGES_MAXIMALES = 1_000
PIXELS_MAXIMAUX = 6_000_000
# 150 dots per inch read a clean scan; 260 a pale or skewed one.
ECHELLES = (150 / 72, 260 / 72)
NUMERO = re.compile(r"D(-[0-9A-Z]{4})+")
# A sheet whose darkest marks cover less than one pixel in two thousand is the back of another.
GRIS, PART_MINIMALE = 160, 2_000


class TropDePages(ValueError):
    """The file has more pages than a batch."""


def lire(pdf: bytes) -> list[dict[str, Any]]:
    """The copies of a file, in its order: pages that follow one another with the same number make one; blank pages are left out.

    A page that shows no number, or two, is a copy of its own with the number "". Raises PdfiumError, TropDePages.
    """
    document = pypdfium2.PdfDocument(pdf)
    if len(document) > PAGES_MAXIMALES:
        raise TropDePages
    lues = [(rang, _numero(document, rang)) for rang in range(len(document))]
    copies = []
    for numero, groupe in groupby((une for une in lues if une[1] is not None), key=lambda une: une[1]):
        rangs = [rang for rang, _ in groupe]
        for pages in [rangs] if numero else [[rang] for rang in rangs]:
            copies.append({"numero": numero, "pages": [rang + 1 for rang in pages], "pdf": _extraire(document, pages)})
    return copies


def _numero(document: pypdfium2.PdfDocument, rang: int) -> str | None:
    """The number that a page shows, "" without one alone, None for a blank page."""
    page = document[rang]
    largeur, hauteur = page.get_size()
    plafond = math.sqrt(PIXELS_MAXIMAUX / max(1.0, largeur * hauteur))
    for echelle in ECHELLES:
        image = page.render(scale=min(echelle, plafond), grayscale=True)
        # Copied: the library takes a buffer of bytes of two dimensions.
        octets = ctypes.string_at(image.buffer, image.stride * image.height)
        if _blanche(octets):
            return None
        pixels = memoryview(octets).cast("B", shape=(image.height, image.stride))
        codes = zxingcpp.read_barcodes(pixels, formats=zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode]))
        numeros = {code.text for code in codes if NUMERO.fullmatch(code.text)}
        if numeros:
            return numeros.pop() if len(numeros) == 1 else ""
    return ""


def _blanche(pixels: bytes) -> bool:
    sombres = len(pixels) - len(pixels.translate(None, bytes(range(GRIS))))
    return sombres * PART_MINIMALE < len(pixels)


def _extraire(document: pypdfium2.PdfDocument, rangs: list[int]) -> str:
    nouveau = pypdfium2.PdfDocument.new()
    nouveau.import_pages(document, rangs)
    tampon = BytesIO()
    nouveau.save(tampon)
    return base64.b64encode(tampon.getvalue()).decode()


def main(memoire: int) -> None:
    """Read one file within `memoire` bytes of address space; the parent keeps the time."""
    resource.setrlimit(resource.RLIMIT_AS, (memoire, memoire))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        resultat: dict[str, Any] = {"copies": lire(sys.stdin.buffer.read())}
    except TropDePages:
        resultat = {"refus": "trop_de_pages"}
    except pypdfium2.PdfiumError:
        resultat = {"refus": "illisible"}
    sys.stdout.buffer.write(canonique(resultat))


if __name__ == "__main__":
    main(int(sys.argv[1]))
