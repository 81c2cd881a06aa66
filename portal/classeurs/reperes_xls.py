"""What stands in an old .xls and that its reader drops: cells in error, formulas never computed, formats of numbers, a password.

Walks its records, by their lengths.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from portal.classeurs.archives import ILLISIBLE, PROTEGE
from portal.classeurs.reperes import FORMULE_NON_CALCULEE, Marques, Reperes
from portal.classeurs.reperes_formats import CONNUS, Ajout, ajout
from portal.classeurs.resultats import ClasseurRefuse

LIBRE = 0xFFFFFFFA
ANNEES, FEUILLE, MOT_DE_PASSE, RANGEE, DEBUT = 0x22, 0x85, 0x2F, 0x208, 0x809
FORMULES, ERREURS = frozenset({0x06, 0x206, 0x406}), frozenset({0x205})
FORMAT, STYLE, NOMBRES, MULTIPLES = 0x41E, 0xE0, frozenset({0x203, 0x27E}), 0xBD
# The bit of a formula that is to be computed when the file opens, and a part that programs that compute always write.
A_CALCULER, RESUME = 0x02, "\x05SummaryInformation".encode("utf-16-le")
CODES = {0: "#NUL!", 7: "#DIV/0!", 15: "#VALEUR!", 23: "#REF!", 29: "#NOM?", 36: "#NOMBRE!", 42: "#N/A"}
HAUTEUR_NULLE = 0x20


@dataclass(slots=True)
class _Globaux:
    """What stands before the sheets. `dits`: by number of style, what its format adds to numbers."""

    base_1904: bool = False
    etroit: bool = False
    feuilles: list[int] = field(default_factory=list)
    formats: dict[int, str] = field(default_factory=dict)
    dits: dict[int, Ajout] = field(default_factory=dict)


def reperer_xls(octets: bytes) -> Reperes:
    """What is to be known of an .xls. A file too damaged to be walked tells nothing: its reader refuses it."""
    return reperer_flux(_flux(octets), calcule=RESUME in octets)


def reperer_flux(flux: bytes, *, calcule: bool = True) -> Reperes:
    """What the records of a workbook tell. Raises ClasseurRefuse when they are ciphered.

    `calcule`: whether a spreadsheet wrote it; else it is a program, that leaves a zero for each formula.
    """
    globaux = _globaux(flux)
    marques: dict[str | int, Marques] = {
        place: _marques(flux, debut, globaux, calcule) for place, debut in enumerate(globaux.feuilles)
    }
    return Reperes(globaux.base_1904, marques)


def _globaux(flux: bytes) -> _Globaux:
    globaux, styles = _Globaux(formats={int(numero): code for numero, code in CONNUS.items()}), []
    for genre, donnees in _enregistrements(flux, 0):
        if genre == MOT_DE_PASSE:
            raise ClasseurRefuse(PROTEGE)
        if genre == FEUILLE and len(donnees) >= 6:
            globaux.feuilles.append(struct.unpack_from("<I", donnees)[0])
        elif genre == ANNEES:
            globaux.base_1904 = donnees[:1] == b"\x01"
        elif genre == DEBUT:
            globaux.etroit = donnees[:2] == b"\x00\x05"
        elif genre == FORMAT and len(donnees) >= 5:
            globaux.formats[struct.unpack_from("<H", donnees)[0]] = _code(donnees, etroit=globaux.etroit)
        elif genre == STYLE and len(donnees) >= 4:
            styles.append(struct.unpack_from("<H", donnees, 2)[0])
    trouves = {rang: ajout(globaux.formats.get(numero, "")) for rang, numero in enumerate(styles)}
    globaux.dits = {rang: dit for rang, dit in trouves.items() if dit}
    return globaux


def _code(donnees: bytes, *, etroit: bool) -> str:
    """The text of a format: in one byte a letter before Excel 97."""
    if etroit:
        return donnees[3 : 3 + donnees[2]].decode("cp1252", "replace")
    longueur, large = struct.unpack_from("<HB", donnees, 2)
    return donnees[5 : 5 + longueur * 2].decode("utf-16-le", "replace") if large & 1 else donnees[5:].decode("latin-1")


def _marques(flux: bytes, debut: int, globaux: _Globaux, calcule: bool) -> Marques:
    marques = Marques()
    for genre, donnees in _enregistrements(flux, debut):
        if genre == RANGEE and len(donnees) >= 14:
            marques.masquees += bool(donnees[12] & HAUTEUR_NULLE)
            continue
        texte = _texte(genre, donnees, calcule)
        if texte:
            marques.cellules.append((*struct.unpack_from("<HH", donnees), texte))
        elif globaux.dits:
            marques.ajouts.extend(_ajouts(genre, donnees, globaux.dits))
    return marques


def _texte(genre: int, donnees: bytes, calcule: bool) -> str:
    """What to show of a cell in error, or of a formula never computed; "" for any other."""
    if genre in ERREURS and len(donnees) >= 8 and donnees[7] == 1:
        return CODES.get(donnees[6], "#N/A")
    if genre not in FORMULES or len(donnees) < 16:
        return ""
    if donnees[12:14] == b"\xff\xff" and donnees[6] == 2:
        return CODES.get(donnees[8], "#N/A")
    vide = not any(donnees[6:14]) and (donnees[14] & A_CALCULER or not calcule)
    return FORMULE_NON_CALCULEE if vide else ""


def _ajouts(genre: int, donnees: bytes, dits: dict[int, Ajout]) -> Iterator[tuple[int, int, Ajout]]:
    """What formats add to the numbers of a record: one, or several in a row."""
    if genre in NOMBRES | FORMULES and len(donnees) >= 6:
        styles: Sequence[int] = struct.unpack_from("<H", donnees, 4)
    elif genre == MULTIPLES and len(donnees) >= 12:
        styles = [struct.unpack_from("<H", donnees, place)[0] for place in range(4, len(donnees) - 7, 6)]
    else:
        return
    ligne, premiere = struct.unpack_from("<HH", donnees)
    for colonne, style in enumerate(styles, start=premiere):
        if style in dits:
            yield ligne, colonne, dits[style]


def _enregistrements(flux: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    """The records of one part, up to its end. Raises ClasseurRefuse when the end is lost: its reader would say nothing."""
    while place + 4 <= len(flux):
        genre, taille = struct.unpack_from("<HH", flux, place)
        if genre == 0x0A:
            return
        yield genre, flux[place + 4 : place + 4 + taille]
        place += 4 + taille
    if flux:
        raise ClasseurRefuse(ILLISIBLE)


def _flux(octets: bytes) -> bytes:
    """The stream of the workbook, out of the file system that an OLE2 file is. Empty when it cannot be followed."""
    if len(octets) < 512:
        return b""
    secteur = 1 << (struct.unpack_from("<H", octets, 30)[0] & 0xF)
    table = _table(octets, secteur)
    dossier = _chaine(octets, table, secteur, struct.unpack_from("<I", octets, 48)[0])
    racine = dossier[:128]
    for debut in range(0, len(dossier) - 127, 128):
        entree = dossier[debut : debut + 128]
        nom = entree[: max(0, struct.unpack_from("<H", entree, 64)[0] - 2)].decode("utf-16-le", "replace")
        if nom in {"Workbook", "Book"}:
            premier, taille = struct.unpack_from("<II", entree, 116)
            if taille >= struct.unpack_from("<I", octets, 56)[0]:
                return _chaine(octets, table, secteur, premier)[:taille]
            return _petit(octets, table, secteur, racine, premier)[:taille]
    return b""


def _table(octets: bytes, secteur: int) -> list[int]:
    """Which sector follows each."""
    secteurs = list(struct.unpack_from("<109I", octets, 76))
    suite = struct.unpack_from("<I", octets, 68)[0]
    for _ in range(len(octets) // secteur):
        bloc = _secteur(octets, secteur, suite)
        if suite >= LIBRE or len(bloc) < secteur:
            break
        *autres, suite = struct.unpack(f"<{secteur // 4}I", bloc)
        secteurs.extend(autres)
    blocs = (_secteur(octets, secteur, un) for un in secteurs if un < LIBRE)
    return [un for bloc in blocs for un in struct.unpack(f"<{len(bloc) // 4}I", bloc[: len(bloc) // 4 * 4])]


def _secteur(octets: bytes, secteur: int, numero: int) -> bytes:
    return octets[(numero + 1) * secteur : (numero + 2) * secteur]


def _suite(table: list[int], premier: int) -> Iterator[int]:
    """The sectors of a chain: never more than there are, whatever loop it makes."""
    for _ in range(len(table)):
        if premier >= len(table):
            return
        yield premier
        premier = table[premier]


def _chaine(octets: bytes, table: list[int], secteur: int, premier: int) -> bytes:
    return b"".join(_secteur(octets, secteur, un) for un in islice(_suite(table, premier), len(octets) // secteur + 1))


def _petit(octets: bytes, table: list[int], secteur: int, racine: bytes, premier: int) -> bytes:
    """A small stream, kept in sectors of 64 bytes inside another."""
    fond = _chaine(octets, table, secteur, struct.unpack_from("<I", racine, 116)[0])
    brute = _chaine(octets, table, secteur, struct.unpack_from("<I", octets, 60)[0])
    petite = list(struct.unpack(f"<{len(brute) // 4}I", brute[: len(brute) // 4 * 4]))
    return b"".join(fond[un * 64 : un * 64 + 64] for un in _suite(petite, premier))
