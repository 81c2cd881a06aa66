"""What stands in an old .xls and that its reader drops: cells in error, a password. Walks its records, by their lengths."""

import struct
from collections.abc import Iterator
from itertools import islice

from portal.classeurs.archives import ILLISIBLE, PROTEGE
from portal.classeurs.reperes import Marques, Reperes
from portal.classeurs.resultats import ClasseurRefuse

LIBRE = 0xFFFFFFFA
ANNEES, FEUILLE, MOT_DE_PASSE, RANGEE, DEBUT = 0x22, 0x85, 0x2F, 0x208, 0x809
FORMULES, ERREURS = frozenset({0x06, 0x206, 0x406}), frozenset({0x205})
CODES = {0: "#NUL!", 7: "#DIV/0!", 15: "#VALEUR!", 23: "#REF!", 29: "#NOM?", 36: "#NOMBRE!", 42: "#N/A"}
HAUTEUR_NULLE = 0x20


def reperer_xls(octets: bytes) -> Reperes:
    """What is to be known of an .xls. A file too damaged to be walked tells nothing: its reader refuses it."""
    return reperer_flux(_flux(octets))


def reperer_flux(flux: bytes) -> Reperes:
    """What the records of a workbook tell. Raises ClasseurRefuse when they are ciphered."""
    feuilles, base_1904 = [], False
    for genre, donnees in _enregistrements(flux, 0):
        if genre == MOT_DE_PASSE:
            raise ClasseurRefuse(PROTEGE)
        if genre == FEUILLE and len(donnees) >= 6:
            feuilles.append(struct.unpack_from("<I", donnees)[0])
        elif genre == ANNEES:
            base_1904 = donnees[:1] == b"\x01"
    return Reperes(base_1904, {place: _marques(flux, debut) for place, debut in enumerate(feuilles)})


def _marques(flux: bytes, debut: int) -> Marques:
    marques = Marques()
    for genre, donnees in _enregistrements(flux, debut):
        if genre in ERREURS and len(donnees) >= 8 and donnees[7] == 1:
            code = donnees[6]
        elif genre in FORMULES and len(donnees) >= 14 and donnees[12:14] == b"\xff\xff" and donnees[6] == 2:
            code = donnees[8]
        elif genre == RANGEE and len(donnees) >= 14:
            marques.masquees += bool(donnees[12] & HAUTEUR_NULLE)
            continue
        else:
            continue
        ligne, colonne = struct.unpack_from("<HH", donnees)
        marques.cellules.append((ligne, colonne, CODES.get(code, "#N/A")))
    return marques


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
