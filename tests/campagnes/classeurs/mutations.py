"""What befalls a file: transfers that cut it, disks that damage it, and people who mean harm. Each mutation follows its seed."""

import re
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from random import Random

from tests.classeurs_anciens import archive_ods

Mutation = Callable[[Random, bytes], bytes]
MILLIARD = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
BALLON = 24 << 20


def bits(hasard: Random, octets: bytes) -> bytes:
    """Some bits are flipped."""
    change = bytearray(octets)
    for _ in range(hasard.choice((1, 1, 4, 16, 64))):
        change[hasard.randrange(len(change))] ^= 1 << hasard.randrange(8)
    return bytes(change)


def coupe(hasard: Random, octets: bytes) -> bytes:
    """The end is lost."""
    return octets[: hasard.randrange(len(octets))]


def tranche(hasard: Random, octets: bytes) -> bytes:
    """A part is lost, doubled, zeroed or made of noise."""
    debut = hasard.randrange(len(octets))
    fin = min(len(octets), debut + hasard.choice((1, 16, 256, 4096)))
    part = octets[debut:fin]
    autre = hasard.choice((b"", part * 2, b"\0" * len(part), hasard.randbytes(len(part)), part[::-1]))
    return octets[:debut] + autre + octets[fin:]


def accole(hasard: Random, octets: bytes) -> bytes:
    """Two files in one, or noise before or after one."""
    bruit = hasard.randbytes(hasard.choice((1, 100, 5_000)))
    return hasard.choice((octets + octets, bruit + octets, octets + bruit, octets + octets[: len(octets) // 2]))


def interieur(hasard: Random, octets: bytes) -> bytes:
    """A part of the archive is damaged, and the archive is made again around it: it opens."""
    parties = _parties(octets)
    if not parties:
        return bits(hasard, octets)
    nom = hasard.choice(sorted(parties))
    parties[nom] = hasard.choice((bits, coupe, tranche))(hasard, parties[nom] or b"x")
    return _archive(parties)


def balises(hasard: Random, octets: bytes) -> bytes:
    """Numbers and attributes of the XML become others, well formed and false."""
    parties = _parties(octets)
    if not parties:
        return tranche(hasard, octets)
    nom = hasard.choice([un for un in sorted(parties) if un.endswith(".xml")])
    autre = hasard.choice(
        (b'"-1"', b'"4294967296"', b'"XFD1048576"', b'""', b'"e"', b'"s"', b'"A1:XFD1048576"', b'"\xc3\xa9"')
    )
    valeurs = list(re.finditer(rb'"[^"<>]{0,40}"', parties[nom]))
    for trouve in hasard.sample(valeurs, min(len(valeurs), hasard.choice((1, 2, 8)))):
        # The same length is not kept: each place is looked for again from its text.
        parties[nom] = parties[nom].replace(trouve[0], autre, 1)
    return _archive(parties)


def sans_partie(hasard: Random, octets: bytes) -> bytes:
    """A part of the archive is lost, renamed, or another's."""
    parties = _parties(octets)
    if not parties:
        return coupe(hasard, octets)
    nom, autre = hasard.choice(sorted(parties)), hasard.choice(sorted(parties))
    contenu = parties.pop(nom)
    if hasard.random() < 0.5:
        parties[hasard.choice((autre, f"../../{nom}", nom.upper(), f"x/{nom}"))] = contenu
    return _archive(parties)


def emboite(hasard: Random, octets: bytes) -> bytes:
    """Archives in archives."""
    profond = octets
    for rang in range(hasard.choice((1, 3, 30))):
        profond = _archive({hasard.choice((f"{rang}.zip", "aides.xlsx", "xl/workbook.xml", "content.xml")): profond})
    return profond


def bombe(hasard: Random, octets: bytes) -> bytes:
    """A small file that unfolds beyond measure, says so or not."""
    genre = hasard.randrange(6)
    if genre == 0:
        repetees = hasard.choice((10_000, 1_048_576, 2**31))
        cellule = f'<table:table-cell office:value-type="string" table:number-columns-repeated="{repetees}"><text:p>x</text:p>'
        return archive_ods(
            f'<table:table table:name="x"><table:table-row table:number-rows-repeated="{repetees}">{cellule}'
            "</table:table-cell></table:table-row></table:table>"
        )
    parties = _parties(octets) or {"xl/workbook.xml": b"<workbook/>"}
    nom = hasard.choice([un for un in sorted(parties) if un.endswith(".xml")])
    if genre == 1:
        return _archive(parties | {nom: parties[nom] + b" " * BALLON})
    if genre == 2:
        return _archive(parties | {nom: MILLIARD + parties[nom]})
    if genre == 3:
        return _archive(parties | {f"x/{rang}.xml": b"" for rang in range(3_000)})
    if genre == 4:
        return _menteuse(_archive(parties | {nom: b"<!--" + b" " * BALLON + b"-->" + parties[nom]}))
    adresse = hasard.choice((b"XFD1048576", b"ZZZ9999999", b"A4000000000", b"A99999"))
    return _archive({un: contenu.replace(b'r="B4"', b'r="' + adresse + b'"') for un, contenu in parties.items()})


def texte(hasard: Random, octets: bytes) -> bytes:
    """What damages a text: quotes, delimiters, ends of lines, NULs, bytes of another encoding."""
    change = bytearray(octets)
    for _ in range(hasard.choice((1, 3, 10))):
        place = hasard.randrange(len(change) + 1)
        change[place:place] = hasard.choice(
            (b'"', b";", b"\x00", b"\r", b"\n\n", b"\xff\xfe", b"\xe9", b"\xc3", b",", b'""', b"\x1a")
        )
    if hasard.random() < 0.1:
        change += b"x" * hasard.choice((40_000, 3 << 20))
    return bytes(change)


def bruit(hasard: Random, octets: bytes) -> bytes:
    """The beginning of the file, then noise: its kind is known, the rest is nothing."""
    return octets[: hasard.choice((2, 4, 8, 64, 600))] + hasard.randbytes(hasard.choice((0, 10, 1_000, 100_000)))


MUTATIONS: dict[str, tuple[int, Mutation]] = {
    "bits inversés": (4, bits),
    "fin perdue": (3, coupe),
    "tranche perdue, doublée ou brouillée": (3, tranche),
    "fichiers accolés": (1, accole),
    "partie d’archive abîmée, archive refaite": (4, interieur),
    "attributs XML faux": (4, balises),
    "partie d’archive perdue ou renommée": (2, sans_partie),
    "archives emboîtées": (1, emboite),
    "bombes": (2, bombe),
    "texte abîmé": (3, texte),
    "début connu, puis du bruit": (1, bruit),
}


def _parties(octets: bytes) -> dict[str, bytes]:
    if not zipfile.is_zipfile(BytesIO(octets)):
        return {}
    with zipfile.ZipFile(BytesIO(octets)) as zippe:
        return {nom: zippe.read(nom) for nom in zippe.namelist()}


def _archive(parties: dict[str, bytes]) -> bytes:
    tampon = BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zippe:
        for nom, contenu in parties.items():
            zippe.writestr(nom, contenu)
    return tampon.getvalue()


def _menteuse(octets: bytes) -> bytes:
    """An archive that says small what is large."""
    change = bytearray(octets)
    place = change.find(b"PK\x01\x02")
    while place != -1:
        if struct.unpack_from("<I", change, place + 24)[0] > 1 << 20:
            struct.pack_into("<I", change, place + 24, 1_000)
        place = change.find(b"PK\x01\x02", place + 4)
    return bytes(change)
