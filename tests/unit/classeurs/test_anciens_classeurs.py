"""Old workbooks (.xls): formulas never computed and numbers that a format shows as others, by the records of the file."""

import struct

import pytest

from portal.classeurs import reperes_xls
from portal.classeurs.reperes import FORMULE_NON_CALCULEE, Marques

ZERO = b"\0" * 8


def enregistrement(genre: int, donnees: bytes) -> bytes:
    return struct.pack("<HH", genre, len(donnees)) + donnees


def formule(ligne: int, valeur: bytes, options: int, style: int = 0) -> bytes:
    return enregistrement(0x06, struct.pack("<HHH", ligne, 1, style) + valeur + struct.pack("<HI", options, 0))


def marques(page: bytes, *globaux: bytes, calcule: bool = True, version: int = 0x0600) -> Marques:
    tete = enregistrement(0x809, struct.pack("<HH", version, 5)) + b"".join(globaux)
    debut = len(tete) + 12 + 4
    tete += enregistrement(0x85, struct.pack("<IHH", debut, 0, 0)) + enregistrement(0x0A, b"")
    flux = tete + enregistrement(0x809, b"\0" * 4) + page + enregistrement(0x0A, b"")
    return reperes_xls.reperer_flux(flux, calcule=calcule).de("Feuil1", 0)


def test_a_formula_to_be_computed_when_the_file_opens_is_told() -> None:
    page = formule(1, ZERO, 0x03) + formule(2, struct.pack("<d", 12.5), 0x03) + formule(3, ZERO, 0)
    trouvees = marques(page)
    assert trouvees.cellules == [(1, 1, FORMULE_NON_CALCULEE)]
    assert "1\u00a0formule n’a pas été calculée" in trouvees.dites()[0]


def test_a_formula_that_a_program_left_at_zero_is_told() -> None:
    page = formule(1, ZERO, 0) + formule(2, struct.pack("<d", 12.5), 0)
    assert marques(page, calcule=False).cellules == [(1, 1, FORMULE_NON_CALCULEE)]


@pytest.mark.parametrize(
    ("code", "nombre", "vu"),
    [
        ("0%", 0.5, "50 %"),
        ('0.0" k€"', 12.5, "12,5 k€"),
        ('0.0" M€"', 1.5, "1,5 M€"),
        ('0.0,"k€"', 12_500.0, 12_500.0),
        ("# ##0.00", 12.5, 12.5),
    ],
)
def test_a_number_is_read_as_its_format_shows_it(code: str, nombre: float, vu: object) -> None:
    texte = struct.pack("<HHB", 164, len(code), 1) + code.encode("utf-16-le")
    styles = [enregistrement(0xE0, struct.pack("<HH", 0, numero) + b"\0" * 16) for numero in (0, 164)]
    un = enregistrement(0x203, struct.pack("<HHHd", 0, 0, 1, nombre))
    plusieurs = enregistrement(0xBD, struct.pack("<HHHIHIH", 1, 0, 0, 0, 1, 0, 1))
    trouvees = marques(
        un + plusieurs + formule(2, struct.pack("<d", nombre), 0, 1), enregistrement(0x41E, texte), *styles
    )
    rangees: list[list[object]] = [[nombre, ""], [nombre, nombre], ["", nombre]]
    trouvees.poser(rangees)
    assert rangees == [[vu, ""], [nombre, vu], ["", vu]]


def test_the_percentages_that_every_old_workbook_has_are_known_and_those_of_excel_95_too() -> None:
    styles = [enregistrement(0xE0, struct.pack("<HH", 0, numero) + b"\0" * 16) for numero in (0, 9, 164)]
    code = enregistrement(0x41E, struct.pack("<HB", 164, 7) + b'0.0"k\x80"')
    page = b"".join(enregistrement(0x203, struct.pack("<HHHd", 0, rang, rang, 0.5)) for rang in range(3))
    rangees: list[list[object]] = [[0.5, 0.5, 0.5]]
    marques(page, code, *styles, version=0x0500).poser(rangees)
    assert rangees == [[0.5, "50 %", "0,5 k€"]]
