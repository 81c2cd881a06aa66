"""How the bytes of a text are to be read as characters: what French tools write. The door to charset-normalizer."""

import codecs
import re
from dataclasses import dataclass

from portal.classeurs.resultats import ClasseurRefuse

MARQUES = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Tried in this order for bytes that are no UTF-8; each is judged by the letters that it gives.
CANDIDATS = ("cp1252", "mac_roman", "cp850")
FRANCAIS = frozenset("éèêëàâäçîïôöùûüœæÉÈÊËÀÂÄÇÎÏÔÖÙÛÜŒÆ€°’‘«»“”–—…·•²³½±§µ\u00a0©®ñÑíóúáãõß")
ECHANTILLON = 1 << 18
# A text whose lines come from two files.
MELE = "mele"
NOMS = {"utf-8-sig": "UTF-8", "utf-8": "UTF-8", "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16",
        "utf-32": "UTF-32", "cp1252": "Windows-1252", "mac_roman": "MacRoman", "cp850": "DOS (850)",
        "iso8859_15": "ISO-8859-15", MELE: "UTF-8 et Windows-1252"}  # fmt: skip
PERDU = "\ufffd"
ABIMES = re.compile("Ã[\u0080-\u00bf©¨ªé«®´»¼¢§\u00a0‰€ˆ]|â€[™œ“”¦\u009d\u0099]|Â[°«»\u00a0€]|ï¿½")
NUL = "\x00"
BINAIRE = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
PAS_DU_TEXTE = (
    "Ce fichier n’est ni un classeur ni un texte\u00a0: son contenu ne se lit pas. Envoyez un classeur Excel (.xlsx, .xls), "
    "LibreOffice (.ods) ou un fichier CSV."
)


@dataclass(frozen=True, slots=True)
class Texte:
    """The characters of a file, the name of its encoding, and what is to be said of them."""

    contenu: str
    encodage: str
    remarques: tuple[str, ...]


def decoder(octets: bytes) -> Texte:
    """The characters of a file. None is repaired: what was damaged before is said. Raises ClasseurRefuse for bytes that are no
    text."""
    contenu, encodage, sur = _lire(octets)
    controles = len(BINAIRE.findall(contenu[:ECHANTILLON]))
    if controles * 50 > min(len(contenu), ECHANTILLON):
        raise ClasseurRefuse(PAS_DU_TEXTE)
    remarques = []
    if not sur:
        nom = NOMS.get(encodage, encodage)
        remarques.append(f"L’encodage de ce fichier est incertain\u00a0: il est lu en {nom}. Vérifiez les accents.")
    signe = f"«\u00a0{PERDU}\u00a0»"
    if NUL in contenu:
        remarques.append(f"{contenu.count(NUL)}\u00a0octets nuls sont montrés par le signe {signe}.")
        contenu = contenu.replace(NUL, PERDU)
    elif PERDU in contenu:
        remarques.append(
            f"{contenu.count(PERDU)}\u00a0caractères sont perdus dans ce fichier\u00a0: ils s’affichent {signe}."
        )
    abimes = ABIMES.findall(contenu)
    if abimes:
        exemple = f"{len(abimes)}\u00a0fois, par exemple «\u00a0{abimes[0]}\u00a0»"
        remarques.append(
            f"Des accents ont été abîmés avant l’envoi ({exemple})\u00a0: ils sont gardés tels quels. Exportez le fichier de "
            "nouveau, en UTF-8, si vous le pouvez."
        )
    return Texte(contenu.removeprefix("\ufeff"), NOMS.get(encodage, encodage), tuple(remarques))


def _lire(octets: bytes) -> tuple[str, str, bool]:
    for marque, encodage in MARQUES:
        if octets.startswith(marque):
            return octets.decode(encodage, "replace"), encodage, True
    large = _utf_16(octets)
    if large:
        return octets.decode(large, "replace"), large, True
    contenu = octets.decode("utf-8", "replace")
    perdus = contenu.count(PERDU) - octets.count(PERDU.encode())
    if not perdus:
        return contenu, "utf-8", True
    etendus = sum(1 for lettre in contenu[: 1 << 22] if lettre > "\x7f" and lettre != PERDU)
    if etendus > 10 * perdus:  # one damaged letter in a text that is otherwise UTF-8
        return contenu, "utf-8", True
    if 10 * sum(1 for lettre in contenu[: 1 << 22] if lettre in FRANCAIS) > perdus:
        return octets.decode("utf-8", MELE), MELE, False
    return _ancien(octets)


def _octet_ancien(faute: UnicodeError) -> tuple[str, int]:
    """One byte that is no UTF-8, in a text that is, read as Windows-1252."""
    if not isinstance(faute, UnicodeDecodeError):
        raise faute
    return faute.object[faute.start : faute.start + 1].decode("cp1252", "replace"), faute.start + 1


codecs.register_error(MELE, _octet_ancien)


def _utf_16(octets: bytes) -> str:
    """UTF-16 without its mark: every other byte is zero in what the West writes."""
    tete = octets[:4096]
    pairs, impairs = tete[0::2].count(0), tete[1::2].count(0)
    moitie = len(tete) // 2
    if moitie and impairs > 0.6 * moitie > pairs * 10:
        return "utf-16-le"
    return "utf-16-be" if moitie and pairs > 0.6 * moitie > impairs * 10 else ""


def _ancien(octets: bytes) -> tuple[str, str, bool]:
    """An encoding of one byte a letter: the one that gives French letters."""
    hauts = [(encodage, _part(octets, encodage)) for encodage in CANDIDATS]
    encodage, part = max(hauts, key=lambda un: un[1])
    if part >= 0.7:
        return octets.decode(encodage, "replace"), encodage, True
    from charset_normalizer import from_bytes  # noqa: PLC0415  # as long to import as most files are to read

    devine = from_bytes(octets[:ECHANTILLON], cp_isolation=["iso8859_15", *CANDIDATS]).best()
    if devine is not None:
        return octets.decode(devine.encoding, "replace"), devine.encoding, False
    return octets.decode("cp1252", "replace"), "cp1252", False


def _part(octets: bytes, encodage: str) -> float:
    """How many of the letters beyond ASCII are letters of French, by that encoding."""
    hauts = bytes(octet for octet in octets[: 1 << 22] if octet > 0x7F)[:ECHANTILLON]
    lettres = hauts.decode(encodage, "replace")
    return sum(1 for lettre in lettres if lettre in FRANCAIS) / max(1, len(lettres))
