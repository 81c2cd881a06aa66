"""Attachments: small real files made from their key, served at addresses that die after an hour as those of DS."""

import base64
import hashlib
import hmac
import struct
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from integrations.demarches_simplifiees.noeuds import Json

DUREE = timedelta(hours=1)
TYPES = {".pdf": "application/pdf", ".png": "image/png", ".txt": "text/plain"}


def contenu(cle: str) -> bytes:
    """The bytes of the file whose key is `cle`; the key ends with the file's name."""
    return _FABRIQUES.get(PurePosixPath(cle).suffix, _texte)(cle)


def decrire(cle: str, date: str, nom: str | None = None) -> Json:
    """A DS File, with the real size and MD5 of what is served under `cle`."""
    chemin = PurePosixPath(cle)
    return fichier(cle, contenu(cle), date, type_mime=TYPES.get(chemin.suffix, "text/plain"), nom=nom)


def fichier(cle: str, octets: bytes, date: str, *, type_mime: str, nom: str | None = None) -> Json:
    """A DS File of these bytes, which will be served under `cle`."""
    return {
        "__typename": "File",
        "filename": nom or PurePosixPath(cle).name,
        "contentType": type_mime,
        "checksum": somme(octets),
        "byteSizeBigInt": str(len(octets)),
        "createdAt": date,
        "virusScanResult": "safe",
        "_cle": cle,
    }


def somme(octets: bytes) -> str:
    """The checksum of DS: base64 of the MD5 digest."""
    return base64.b64encode(hashlib.md5(octets, usedforsecurity=False).digest()).decode()


def places(dossier: Json) -> Iterator[tuple[Json, str]]:
    """Where files stand in a dossier: what holds them, and under which key (a list, or one file, or nothing)."""
    for champ in (*dossier["champs"], *dossier["annotations"]):
        for un in (champ, *(sous for ligne in champ.get("rows", ()) for sous in ligne["champs"])):
            yield un, "files"
    yield from ((porteur, "attachments") for porteur in (*dossier["messages"], *dossier["avis"]))
    yield from ((dossier, cle) for cle in ("motivationAttachment", "attestation"))


def signer(cle: str, secret: str, maintenant: datetime) -> str:
    """A path segment that opens the file until an hour from `maintenant`."""
    clair = f"{int((maintenant + DUREE).timestamp())}:{cle}"
    return f"{base64.urlsafe_b64encode(clair.encode()).decode()}.{_sceau(clair, secret)}"


def ouvrir(signature: str, secret: str, maintenant: datetime) -> str | None:
    """The key that `signature` opens; None when it is forged or too old."""
    code, _, sceau = signature.partition(".")
    try:
        clair = base64.urlsafe_b64decode(code).decode()
    except ValueError:
        return None
    if not hmac.compare_digest(sceau, _sceau(clair, secret)):
        return None
    fin, _, cle = clair.partition(":")
    return cle if int(fin) >= maintenant.timestamp() else None


def _sceau(clair: str, secret: str) -> str:
    return hmac.new(secret.encode(), clair.encode(), "sha256").hexdigest()


def _texte(cle: str) -> bytes:
    return f"Pièce fictive de démonstration\n{cle}\n".encode()


def _pdf(cle: str) -> bytes:
    """One page, one line of text, with a right cross-reference table."""
    ligne = cle.encode("ascii", "replace").decode().replace("\\", "").replace("(", "").replace(")", "")
    dessin = f"BT /F1 12 Tf 72 770 Td (Piece fictive de demonstration : {ligne}) Tj ET"
    ressources = "<< /Font << /F1 5 0 R >> >>"
    objets = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources {ressources} >>",
        f"<< /Length {len(dessin)} >>\nstream\n{dessin}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    corps, positions = "%PDF-1.4\n", []
    for rang, objet in enumerate(objets, 1):
        positions.append(len(corps))
        corps += f"{rang} 0 obj\n{objet}\nendobj\n"
    table = "".join(f"{position:010} 00000 n \n" for position in positions)
    fin = f"xref\n0 6\n0000000000 65535 f \n{table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n{len(corps)}\n%%EOF\n"
    return (corps + fin).encode("ascii")


def _png(cle: str) -> bytes:
    """Sixteen pixels by sixteen of a colour drawn from the key."""
    couleur = hashlib.sha256(cle.encode()).digest()[:3]
    lignes = (b"\x00" + couleur * 16) * 16
    blocs = (
        (b"IHDR", struct.pack(">IIBBBBB", 16, 16, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(lignes)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_bloc_png(nom, octets) for nom, octets in blocs)


def _bloc_png(nom: bytes, octets: bytes) -> bytes:
    return struct.pack(">I", len(octets)) + nom + octets + struct.pack(">I", zlib.crc32(nom + octets))


_FABRIQUES: dict[str, Callable[[str], bytes]] = {".pdf": _pdf, ".png": _png}
